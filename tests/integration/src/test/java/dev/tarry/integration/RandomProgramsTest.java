package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.events.Event;
import dev.tarry.events.ExitStatus;
import dev.tarry.events.FiredEvents;
import dev.tarry.events.Trigger;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Child;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.ScopeTimeoutException;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.CancelledException;
import dev.tarry.scheduler.Scheduler;
import dev.tarry.scheduler.Task;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Random programs against a simple model: what was sent is received once or is still there, and
 * nobody has what a cancelled sender kept; what was fired is taken once; who was cancelled ends;
 * and nothing is left behind. {@code -Dtarry.programs.seconds=3600} lets it run for longer than the
 * half minute of each carrier, and {@code -Dtarry.programs.seed=N} makes one program again.
 */
class RandomProgramsTest {
    private static final long SECONDS = Long.getLong("tarry.programs.seconds", 30);
    private static final Long ONE_SEED = Long.getLong("tarry.programs.seed");
    private static final int TASKS = 6;
    private static final int STEPS = 25;

    private record Message(int sender, long number) {}

    /** One program, and what the model knows of it. */
    private static final class Program {
        private final SplittableRandom random;
        private final List<Channel<Message>> channels =
                List.of(
                        Channel.rendezvous(),
                        Channel.buffered(1),
                        Channel.buffered(4),
                        Channel.shared(0),
                        Channel.shared(2));
        private final Trigger<Message> trigger = Events.trigger();
        private final List<Task<?>> tasks = new ArrayList<>();

        private final List<Set<Message>> sent = new ArrayList<>(); // by channel
        private final List<Set<Message>> begun = new ArrayList<>();
        private final List<Set<Message>> got = new ArrayList<>();
        private final Set<Message> fired = new HashSet<>();
        private final Set<Message> taken = new HashSet<>();
        private long numbers;
        private int operations;

        Program(long seed) {
            random = new SplittableRandom(seed);
            for (int i = 0; i < channels.size(); i++) {
                sent.add(new HashSet<>());
                begun.add(new HashSet<>());
                got.add(new HashSet<>());
            }
        }

        void run() throws Exception {
            Scope.supervise(
                    (task, failure) -> {
                        throw new AssertionError(task + " has failed", failure);
                    },
                    scope -> {
                        for (int i = 0; i < TASKS; i++) {
                            int me = i;
                            tasks.add(scope.spawn(() -> steps(me, scope, STEPS)));
                        }
                        // Some wait for what does not come any more.
                        Tarry.sleep(Duration.ofMillis(3));
                        scope.cancel();
                    });
            check();
        }

        private void steps(int me, Scope scope, int steps) throws Exception {
            for (int i = 0; i < steps; i++) {
                operations++;
                step(me, scope);
            }
        }

        private void step(int me, Scope scope) throws Exception {
            int c = random.nextInt(channels.size());
            if (random.nextInt(100) == 0) {
                child();
                return;
            }
            switch (random.nextInt(16)) {
                case 0, 1, 2 -> send(me, c);
                case 3, 4 -> received(c, channels.get(c).receive());
                case 5 -> channels.get(c).tryReceive().ifPresent(m -> received(c, m));
                case 6 -> trySend(me, c);
                case 7, 8 -> waitForSome(me, c);
                case 9 -> fire(me);
                case 10 -> Tarry.await(trigger, pause()).ifPresent(this::taken);
                case 11 -> Tarry.yieldNow();
                case 12 -> inner(me, scope);
                case 13 -> tasks.get(random.nextInt(tasks.size())).cancel();
                case 14 -> tasks.get(random.nextInt(tasks.size())).thread().interrupt();
                default -> nap();
            }
        }

        /** An interrupt in a call of the JDK is the caller's to see to; the next wait does. */
        private void nap() {
            try {
                Thread.sleep(0, random.nextInt(200_000));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /** Cancelled or not, it ends with this. */
        private static void child() throws Exception {
            try (Child child = Child.start(new ProcessBuilder("sh", "-c", "exit 3"))) {
                assertThat(Tarry.await(child.exit())).isEqualTo(new ExitStatus.Exited(3));
            }
        }

        private Duration pause() {
            return Duration.ofNanos(random.nextInt(300_000));
        }

        private Message message(int me) {
            return new Message(me, numbers++);
        }

        private void send(int me, int c) {
            Message message = message(me);
            begun.get(c).add(message);
            try {
                channels.get(c).send(message);
            } catch (CancelledException e) {
                begun.get(c).remove(message); // nobody may have it
                throw e;
            }
            sent.get(c).add(message);
        }

        private void trySend(int me, int c) {
            Message message = message(me);
            begun.get(c).add(message);
            if (channels.get(c).trySend(message)) {
                sent.get(c).add(message);
            } else {
                begun.get(c).remove(message);
            }
        }

        private void waitForSome(int me, int c) {
            int other = random.nextInt(channels.size());
            Message message = message(me);
            begun.get(c).add(message);
            Event<Channel<Message>> sending = channels.get(c).sending(message);
            Event<Message> receiving = channels.get(other).receiving();
            FiredEvents<?> fired;
            try {
                fired = Tarry.wait(List.of(sending, receiving, trigger), pause());
            } catch (CancelledException e) {
                begun.get(c).remove(message);
                throw e;
            }
            assertThat(fired.size()).as("claims of one wait").isLessThanOrEqualTo(1);
            if (fired.has(sending)) {
                sent.get(c).add(message);
            } else {
                begun.get(c).remove(message);
            }
            fired.get(receiving).ifPresent(m -> received(other, m));
            fired.get(trigger).ifPresent(this::taken);
        }

        private void fire(int me) {
            Message message = message(me);
            fired.add(message);
            assertThat(trigger.fire(message)).isTrue();
        }

        /** A scope inside, with or without a limit, whose tasks do the same. */
        private void inner(int me, Scope scope) throws Exception {
            try {
                Scope.within(
                        pause(),
                        inside -> {
                            inside.spawn(() -> steps(me + 100 * (int) ++numbers, scope, 3));
                            steps(me, scope, 3);
                            return null;
                        });
            } catch (ScopeTimeoutException e) {
                // as it may be
            }
        }

        private void received(int c, Message message) {
            assertThat(begun.get(c)).as("sent before").contains(message);
            assertThat(got.get(c).add(message)).as(message + " received once").isTrue();
        }

        private void taken(Message message) {
            assertThat(fired).contains(message);
            assertThat(taken.add(message)).as(message + " taken once").isTrue();
        }

        private void check() {
            for (int c = 0; c < channels.size(); c++) {
                int channel = c;
                while (channels.get(c).tryReceive().map(m -> note(channel, m)).isPresent()) {
                    // what nobody has received
                }
                assertThat(got.get(c)).as("of channel " + c).containsAll(sent.get(c));
            }
            while (Tarry.await(trigger, Duration.ZERO).map(this::noted).isPresent()) {
                // what nobody has taken
            }
            assertThat(taken).isEqualTo(fired);
            assertThat(Scheduler.current().reactor().timers()).as("timers").isZero();
            assertThat(Scheduler.current().tasks()).isEqualTo(1);
            assertThat(Thread.interrupted()).as("an interrupt that is left").isFalse();
        }

        private Message note(int c, Message message) {
            received(c, message);
            return message;
        }

        private Message noted(Message message) {
            taken(message);
            return message;
        }
    }

    private static int run(String carrier, long seed) {
        int[] operations = {0};
        try {
            Runs.on(
                    carrier,
                    () -> {
                        Program program = new Program(seed);
                        program.run();
                        operations[0] = program.operations;
                    });
        } catch (RuntimeException | Error e) {
            throw new AssertionError("with -Dtarry.programs.seed=" + seed + " on " + carrier, e);
        }
        return operations[0];
    }

    @ParameterizedTest(name = "on {0}")
    @ValueSource(strings = {"loop", "handoff"})
    void noProgramLosesAnything(String carrier) {
        if (ONE_SEED != null) {
            run(carrier, ONE_SEED);
            return;
        }
        long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
        long seed = System.currentTimeMillis();
        long programs = 0;
        long operations = 0;
        while (System.nanoTime() < end) {
            operations += run(carrier, seed + programs++);
        }
        System.out.println(
                programs
                        + " random programs on "
                        + carrier
                        + ", from seed "
                        + seed
                        + ": "
                        + operations
                        + " operations, no fault");
    }
}
