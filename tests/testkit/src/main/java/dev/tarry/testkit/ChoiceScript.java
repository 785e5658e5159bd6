package dev.tarry.testkit;

import dev.tarry.scheduler.RunQueue;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A run queue that follows a script: at each moment when several are ready, the number of the one
 * to take, in the order in which they got ready. Where the script ends it takes the first, and
 * notes what else there was.
 */
final class ChoiceScript implements RunQueue {
    private final int[] script;
    private final List<Runnable> ready = new ArrayList<>();
    private int[] taken = new int[16];
    private int[] widths = new int[16];
    private int depth;

    ChoiceScript(int... script) {
        this.script = script;
    }

    static ChoiceScript parse(String text) {
        return new ChoiceScript(
                text.isBlank()
                        ? new int[0]
                        : Arrays.stream(text.strip().split("\\.", -1))
                                .mapToInt(Integer::parseInt)
                                .toArray());
    }

    @Override
    public void add(Runnable r) {
        ready.add(r);
    }

    @Override
    public Runnable take() {
        return ready.remove(ready.size() == 1 ? 0 : choose(ready.size()));
    }

    private int choose(int width) {
        int choice = depth < script.length ? script[depth] : 0;
        if (choice >= width) {
            throw new IllegalStateException(
                    "the schedule "
                            + this
                            + " does not fit: at choice "
                            + depth
                            + " only "
                            + width
                            + " tasks are ready; is the program the same, and deterministic?");
        }
        if (depth == taken.length) {
            taken = Arrays.copyOf(taken, depth * 2);
            widths = Arrays.copyOf(widths, depth * 2);
        }
        taken[depth] = choice;
        widths[depth++] = width;
        return choice;
    }

    @Override
    public int size() {
        return ready.size();
    }

    /**
     * The script that follows this one, after a run, in the order of a depth-first search; null if
     * this was the last.
     */
    @Nullable ChoiceScript next() {
        for (int i = depth - 1; i >= 0; i--) {
            if (taken[i] + 1 < widths[i]) {
                int[] following = Arrays.copyOf(taken, i + 1);
                following[i]++;
                return new ChoiceScript(following);
            }
        }
        return null;
    }

    /** The choices that were taken, without the last ones that are the default. */
    @Override
    public String toString() {
        int[] path = depth > script.length ? Arrays.copyOf(taken, depth) : script;
        int end = path.length;
        while (end > 0 && path[end - 1] == 0) {
            end--;
        }
        return IntStream.of(path)
                .limit(end)
                .mapToObj(Integer::toString)
                .collect(Collectors.joining("."));
    }
}
