package dev.tarry.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.events.Event;
import dev.tarry.events.Fired;
import dev.tarry.events.FiredEvents;
import dev.tarry.events.Order;
import dev.tarry.scheduler.TestEvents.Box;
import dev.tarry.scheduler.TestEvents.Counted;
import dev.tarry.scheduler.TestEvents.Flag;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Random events made of events, in random waits, against what they should do: of each choice one
 * leaf fires, one claim is taken by each wait, a function is called for what fired and an abort for
 * what did not.
 */
class AlgebraModelTest {
    /** What a leaf tells, and what the functions on the way up have seen of it. */
    private record Told(Object leaf, List<Integer> path) {
        Told through(int node) {
            List<Integer> longer = new ArrayList<>(path);
            longer.add(node);
            return new Told(leaf, longer);
        }
    }

    /** An event that is made of others, and what is known of it. */
    private record Made(Event<Told> event, Set<Object> leaves, List<Abort> aborts, String text) {}

    private record Abort(int node, Set<Object> leaves) {}

    private final List<Flag> flags = new ArrayList<>();
    private final List<Box> boxes = new ArrayList<>();
    private final Set<Box> filled = new HashSet<>();
    private final List<Integer> called = new ArrayList<>();
    private final List<Integer> aborted = new ArrayList<>();
    private int nodes;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void randomEvents_doWhatTheyShould(long seed) throws Exception {
        Random random = new Random(seed * 0x9E3779B97F4A7C15L);
        Tasks.run(
                () -> {
                    for (int i = 0; i < 400; i++) {
                        round(random, "seed " + seed + ", round " + i);
                    }
                });
    }

    private void round(Random random, String where) throws Exception {
        flags.clear();
        boxes.clear();
        filled.clear();
        called.clear();
        aborted.clear();
        nodes = 0;
        List<Made> all = new ArrayList<>();
        for (int n = 1 + random.nextInt(3); n > 0; n--) {
            all.add(make(random, 3));
        }
        Duration limit = random.nextInt(3) == 0 ? Duration.ZERO : Duration.ofSeconds(1);
        Order order = random.nextBoolean() ? Order.FAIR : Order.LISTED;
        if (random.nextInt(3) == 0) {
            disturb(random);
        }
        Set<Object> things = things();
        boolean alone = all.size() == 1 && random.nextBoolean();
        Task<List<Told>> task =
                Tasks.spawn(
                        "waiting",
                        () -> alone ? one(all.getFirst(), limit) : several(all, limit, order));
        Tasks.yield();
        boolean cancelled = false;
        for (int n = random.nextInt(4); n > 0; n--) {
            if (random.nextInt(6) == 0) {
                task.cancel();
                cancelled = true;
            } else {
                things.addAll(disturb(random));
            }
            if (random.nextBoolean()) {
                Tasks.yield();
            }
        }
        List<Told> told = cancelled ? end(task) : task.join();
        things.removeAll(things());
        String what = where + ": " + all.stream().map(Made::text).toList() + " told " + told;
        check(all, told, things, what);
    }

    /** Makes something ready; answers the things that are to be taken. */
    private Set<Object> disturb(Random random) {
        Set<Object> things = new HashSet<>();
        if (!flags.isEmpty() && random.nextBoolean()) {
            flags.get(random.nextInt(flags.size())).raise();
        } else if (!boxes.isEmpty()) {
            Box box = boxes.get(random.nextInt(boxes.size()));
            String thing = box + "'s";
            if (filled.add(box)) { // once, so that what is taken is known by its name
                box.put(thing);
                things.add(thing);
            }
        }
        return things;
    }

    /** What lies in the boxes. */
    private Set<Object> things() {
        return boxes.stream().flatMap(box -> box.things.stream()).collect(Collectors.toSet());
    }

    private static @Nullable List<Told> end(Task<List<Told>> task) {
        while (task.state() != TaskState.DONE) {
            Tasks.yield();
        }
        return task.outcome() instanceof dev.tarry.events.Outcome.Value<List<Told>>(var told)
                ? told
                : List.of();
    }

    private static List<Told> one(Made made, Duration limit) {
        return Task.current().await(made.event(), limit).stream().toList();
    }

    private static List<Told> several(List<Made> all, Duration limit, Order order) {
        FiredEvents<Told> fired =
                Task.current().await(all.stream().map(Made::event).toList(), limit, order);
        return fired.stream().map(Fired::get).toList();
    }

    private void check(List<Made> all, List<Told> told, Set<Object> taken, String what) {
        List<Counted> leaves = new ArrayList<>(flags);
        leaves.addAll(boxes);
        leaves.forEach(Counted::assertNobodyArmed);
        assertThat(taken.size()).as("things taken in %s", what).isLessThanOrEqualTo(1);
        Set<Object> toldThings =
                told.stream().map(Told::leaf).filter(l -> !isFlag(l)).collect(Collectors.toSet());
        assertThat(toldThings).as("what was taken is told in %s", what).isEqualTo(taken);
        for (Made made : all) {
            long n = told.stream().filter(t -> made.leaves().contains(t.leaf())).count();
            assertThat(n).as("fires once in %s", what).isLessThanOrEqualTo(1);
            for (Abort abort : made.aborts()) {
                boolean chosen = told.stream().anyMatch(t -> abort.leaves().contains(t.leaf()));
                long times = aborted.stream().filter(a -> a == abort.node()).count();
                assertThat(times)
                        .as("aborts of %s in %s", abort.node(), what)
                        .isEqualTo(chosen ? 0 : 1);
            }
        }
        List<Integer> seen = told.stream().flatMap(t -> t.path().stream()).sorted().toList();
        assertThat(called.stream().sorted().toList())
                .as("functions called once, for what fired, in %s", what)
                .isEqualTo(seen);
    }

    private boolean isFlag(Object leaf) {
        return leaf.toString().startsWith("flag");
    }

    // ---- making them

    private Made make(Random random, int depth) {
        int kind = depth == 0 ? random.nextInt(2) : random.nextInt(7);
        return switch (kind) {
            case 0 -> leaf(flag());
            case 1 -> leaf(box());
            case 2 -> mapped(make(random, depth - 1));
            case 3 -> abortable(make(random, depth - 1));
            case 4 -> guarded(make(random, depth - 1));
            case 5 -> outcome(make(random, depth - 1));
            default -> choice(random, depth);
        };
    }

    private Flag flag() {
        Flag flag = new Flag("flag" + flags.size());
        flags.add(flag);
        return flag;
    }

    private Box box() {
        Box box = new Box("box" + boxes.size());
        boxes.add(box);
        return box;
    }

    private Made leaf(Counted leaf) {
        Object tells = leaf instanceof Flag ? leaf + " is up" : leaf + "'s";
        return new Made(
                leaf.map(value -> new Told(value, List.of())),
                Set.of(tells),
                List.of(),
                leaf.toString());
    }

    private Made mapped(Made inner) {
        int node = nodes++;
        Event<Told> event =
                inner.event()
                        .map(
                                told -> {
                                    called.add(node);
                                    return told.through(node);
                                });
        return new Made(event, inner.leaves(), inner.aborts(), "map(" + inner.text() + ")");
    }

    private Made abortable(Made inner) {
        int node = nodes++;
        List<Abort> aborts = new ArrayList<>(inner.aborts());
        aborts.add(new Abort(node, inner.leaves()));
        return new Made(
                inner.event().withAbort(() -> aborted.add(node)),
                inner.leaves(),
                aborts,
                "abort" + node + "(" + inner.text() + ")");
    }

    private static Made guarded(Made inner) {
        return new Made(
                Event.guard(inner::event),
                inner.leaves(),
                inner.aborts(),
                "guard(" + inner.text() + ")");
    }

    private static Made outcome(Made inner) {
        return new Made(
                inner.event().outcome().map(how -> how.get()),
                inner.leaves(),
                inner.aborts(),
                "outcome(" + inner.text() + ")");
    }

    private Made choice(Random random, int depth) {
        List<Made> branches = new ArrayList<>();
        for (int n = random.nextInt(4); n >= 0; n--) {
            branches.add(make(random, depth - 1));
        }
        Order order = random.nextBoolean() ? Order.FAIR : Order.LISTED;
        Set<Object> leaves = new HashSet<>();
        List<Abort> aborts = new ArrayList<>();
        branches.forEach(
                branch -> {
                    leaves.addAll(branch.leaves());
                    aborts.addAll(branch.aborts());
                });
        List<Event<Told>> events = branches.stream().map(Made::event).toList();
        return new Made(
                Event.anyOf(order, events),
                leaves,
                aborts,
                order + branches.stream().map(Made::text).toList().toString());
    }
}
