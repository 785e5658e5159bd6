package dev.tarry.testkit;

import dev.tarry.scheduler.RunQueue;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A run queue that follows a script: at each moment when several are ready, the number of the one
 * to take, in the order in which they got ready. Where the script ends it takes the first, and
 * notes what else there was.
 *
 * <p>A script that follows from another run knows what that run saw at each of its choices, and
 * notices if it sees something else: then the two were not runs of one program, and the search that
 * made the script has proved nothing.
 */
final class ChoiceScript implements RunQueue {
    /**
     * A moment at which several were ready.
     *
     * @param taken the place of the one that was taken
     * @param tasks the numbers of all of them; 0 for a thread that is no task
     * @param trace the hash of all that was before
     */
    private record Choice(int taken, long[] tasks, long trace) {
        boolean hasNext() {
            return taken + 1 < tasks.length;
        }

        Choice next() {
            return new Choice(taken + 1, tasks, trace);
        }
    }

    private final int[] script;
    private final List<Choice> seen; // by an earlier run, as far as the script goes
    private final Trace trace;
    private final List<Runnable> ready = new ArrayList<>();
    private final List<Choice> choices = new ArrayList<>();
    private @Nullable String misfit;

    private ChoiceScript(int[] script, List<Choice> seen, @Nullable Trace earlier) {
        this.script = script;
        this.seen = seen;
        this.trace = new Trace(earlier, this::misfit);
    }

    /** Of the first schedule: where there is a choice, the one who came first. */
    static ChoiceScript first() {
        return new ChoiceScript(new int[0], List.of(), null);
    }

    /**
     * @throws IllegalArgumentException if this is no schedule
     */
    static ChoiceScript parse(String text) {
        try {
            int[] script =
                    text.isBlank()
                            ? new int[0]
                            : Arrays.stream(text.strip().split("\\.", -1))
                                    .mapToInt(Integer::parseUnsignedInt)
                                    .toArray();
            ChoiceScript replay = new ChoiceScript(script, List.of(), null);
            replay.trace.beReplay();
            return replay;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "a schedule is a list of numbers, such as 0.2.1, and not '" + text + "'", e);
        }
    }

    private static ChoiceScript of(List<Choice> path, @Nullable Trace earlier) {
        return new ChoiceScript(path.stream().mapToInt(Choice::taken).toArray(), path, earlier);
    }

    /** For the run that follows this. */
    Trace trace() {
        return trace;
    }

    // ---- the queue

    @Override
    public void add(Runnable r) {
        ready.add(r);
    }

    @Override
    public Runnable take() {
        return ready.remove(ready.size() == 1 ? 0 : choose());
    }

    @Override
    public int size() {
        return ready.size();
    }

    private int choose() {
        int depth = choices.size();
        int wanted = depth < script.length ? script[depth] : 0;
        Choice choice = new Choice(Math.min(wanted, ready.size() - 1), numbers(), trace.hash());
        choices.add(choice);
        if (misfit == null) {
            misfit = misfit(depth, wanted, choice);
        }
        return choice.taken;
    }

    private long[] numbers() {
        return ready.stream()
                .map(RunQueue::taskOf)
                .mapToLong(task -> task == null ? 0 : task.number())
                .toArray();
    }

    // ---- does it fit?

    private @Nullable String misfit(int depth, int wanted, Choice now) {
        String at = "at choice " + (depth + 1) + " ";
        if (depth < seen.size()) {
            Choice before = seen.get(depth);
            String difference = difference(before, now);
            return difference == null ? null : notDeterministic(at + difference);
        }
        return wanted < now.tasks.length
                ? null
                : doesNotFit(at + "only " + now.tasks.length + " tasks are ready");
    }

    private static @Nullable String difference(Choice before, Choice now) {
        if (before.tasks.length != now.tasks.length) {
            return "there were " + before.tasks.length + " ready, now " + now.tasks.length;
        }
        if (!Arrays.equals(before.tasks, now.tasks)) {
            return names(before.tasks) + " were ready, now " + names(now.tasks);
        }
        return before.trace == now.trace
                ? null
                : "the same tasks are ready, but what was before is not the same: what ran, what"
                        + " woke it, the time, or a value that was sent, received or traced";
    }

    private static String names(long[] tasks) {
        return Arrays.stream(tasks)
                .mapToObj(number -> number == 0 ? "a thread" : "#" + number)
                .collect(Collectors.joining(", ", "tasks ", ""));
    }

    /** How this run was not what the script is for; null if it was. */
    private @Nullable String misfit() {
        int depth = choices.size();
        if (misfit != null || depth >= script.length) {
            return misfit;
        }
        return seen.isEmpty()
                ? doesNotFit("it has " + script.length + " choices, and the program only " + depth)
                : notDeterministic(
                        "there were "
                                + script.length
                                + " choices or more, now it has ended after "
                                + depth);
    }

    private static String notDeterministic(String how) {
        return "the body is not deterministic: "
                + how
                + ". All orders can be explored of a body only that does the same in the same"
                + " order: no state from the run before, no clock, no threads, no random data but"
                + " that of the simulation";
    }

    private String doesNotFit(String how) {
        return "the schedule "
                + this
                + " does not fit: "
                + how
                + "; is the program the same, and deterministic?";
    }

    // ---- what comes after

    /**
     * The script that follows this one, after a run, in the order of a depth-first search; null if
     * this was the last.
     */
    @Nullable ChoiceScript next() {
        for (int i = choices.size() - 1; i >= 0; i--) {
            Choice last = choices.get(i);
            if (last.hasNext()) {
                List<Choice> path = new ArrayList<>(choices.subList(0, i));
                path.add(last.next());
                return of(path, null);
            }
        }
        return null;
    }

    /** The same run again, and compared with this one. */
    ChoiceScript again() {
        return of(List.copyOf(choices), trace);
    }

    /**
     * What this was to do, to be done again as if it had not been done.
     *
     * @param earlier a run to compare with
     */
    ChoiceScript afresh(@Nullable Trace earlier) {
        return new ChoiceScript(script, seen, earlier);
    }

    /** The choices that were taken, without the last ones that are the default. */
    @Override
    public String toString() {
        List<Integer> path = new ArrayList<>();
        for (int i = 0; i < Math.max(script.length, choices.size()); i++) {
            path.add(i < script.length ? script[i] : choices.get(i).taken);
        }
        while (!path.isEmpty() && path.getLast() == 0) {
            path.removeLast();
        }
        return path.stream().map(String::valueOf).collect(Collectors.joining("."));
    }
}
