package dev.tarry.testkit;

import dev.tarry.scheduler.Task;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * What a run did, as a running hash: which task ran, who had made it ready, what the poller
 * reported, at what virtual time, and what the program itself noted. Two runs with one seed must
 * have the same; the trace of the second is compared with that of the first step by step, so that
 * where they part can be said. Loop only.
 */
final class Trace {
    /** Of longer runs only the hash at the end is compared. */
    private static final int MOST_KEPT = 1 << 16;

    private final @Nullable Trace earlier;
    private final Supplier<@Nullable String> check;
    private @Nullable Long expected;
    private boolean isReplay;
    private long[] hashes = new long[64];
    private long[] tasks = new long[64];
    private long[] times = new long[64];
    private long steps;
    private long hash;
    private long order;
    private @Nullable String parting;
    private @Nullable String blocked;

    /**
     * @param earlier of another run with this seed, to be compared with
     */
    Trace(@Nullable Trace earlier) {
        this(earlier, () -> null);
    }

    /**
     * @param earlier of another run with this seed, to be compared with
     * @param check says at the end how this run was not what it was made for, or null
     */
    Trace(@Nullable Trace earlier, Supplier<@Nullable String> check) {
        this.earlier = earlier;
        this.check = check;
    }

    /** From now on it is wrong to have another hash than this at the end. */
    void expect(long hash) {
        expected = hash;
        beReplay();
    }

    /** A run that somebody wants to see again: what fails in another one is of no interest. */
    void beReplay() {
        isReplay = true;
    }

    boolean isReplay() {
        return isReplay;
    }

    /** Makes {@code value} part of it. */
    void mix(long value) {
        hash = Seeds.mix(hash, value);
    }

    /**
     * A call of the JDK has taken {@code task} off the loop: a sleep, or a lock that the thread
     * held which cleans up after the garbage collector (of direct buffers, of weak references).
     */
    void blocked(Task<?> task) {
        if (blocked == null) {
            blocked = task + " at step " + steps;
        }
    }

    /** Whether not the seed alone has decided. */
    boolean isBlocked() {
        return blocked != null || earlier != null && earlier.blocked != null;
    }

    /**
     * A task runs.
     *
     * @param task null for a virtual thread that is none
     * @param place in the order in which all got ready
     */
    void step(@Nullable Task<?> task, long place, long nanos) {
        long number = task == null ? 0 : task.number();
        order = Seeds.mix(order, number);
        mix(number);
        mix(place);
        mix(nanos);
        if (steps < MOST_KEPT) {
            keep(number, nanos);
            if (earlier != null && parting == null) {
                compare(earlier, task, number, nanos);
            }
        }
        steps++;
    }

    private void keep(long task, long nanos) {
        int i = (int) steps;
        if (i == hashes.length) {
            hashes = Arrays.copyOf(hashes, i * 2);
            tasks = Arrays.copyOf(tasks, i * 2);
            times = Arrays.copyOf(times, i * 2);
        }
        hashes[i] = hash;
        tasks[i] = task;
        times[i] = nanos;
    }

    private void compare(Trace before, @Nullable Task<?> task, long number, long nanos) {
        int i = (int) steps;
        String where = "at step " + (steps + 1);
        if (before.steps <= steps) {
            parting = where + ": the first run had ended, the second runs " + task;
        } else if (before.tasks[i] != number || before.times[i] != nanos) {
            parting =
                    where
                            + ": the first run went on with task #"
                            + before.tasks[i]
                            + " at "
                            + Duration.ofNanos(before.times[i])
                            + ", the second with "
                            + task
                            + " at "
                            + Duration.ofNanos(nanos);
        } else if (before.hashes[i] != hash) {
            parting =
                    where
                            + " (of "
                            + task
                            + "), or just before it: what was made ready, reported or traced"
                            + " differs";
        }
    }

    /** How this run, now that it has ended, is not what it should be; null if it is. */
    @Nullable String difference() {
        String misfit = check.get();
        if (misfit == null) {
            misfit = unexpected();
        }
        return misfit == null ? differenceToEarlier() : misfit;
    }

    private @Nullable String unexpected() {
        if (expected == null || expected == hash) {
            return null;
        }
        return "this is not the run that the replay names: its trace was "
                + Long.toHexString(expected)
                + ", and this one's is "
                + Long.toHexString(hash)
                + because(blocked, "replay")
                + ". Either the program has been changed since, or something decides that is not in"
                + " the simulation, such as the order of Set.of or a hash code, which another JVM"
                + " makes anew. Without -D"
                + Replay.TRACE_PROPERTY
                + " it is run all the same";
    }

    private @Nullable String differenceToEarlier() {
        if (earlier == null || earlier.hash == hash) {
            return null;
        }
        return "the same seed gave two runs, with trace "
                + Long.toHexString(earlier.hash)
                + " and then "
                + Long.toHexString(hash)
                + "; they part "
                + (parting != null ? parting : "after step " + Math.min(steps, earlier.steps))
                + because(earlier.blocked, "first")
                + because(blocked, "second");
    }

    private static String because(@Nullable String blocked, String run) {
        return blocked == null ? "" : "; a call of the JDK blocked " + blocked + " of the " + run;
    }

    /** Whom a call of the JDK has blocked, and when; null if nobody. */
    @Nullable String blockedTask() {
        return blocked;
    }

    long hash() {
        return hash;
    }

    /** The hash of the tasks alone, in the order in which they ran. */
    long order() {
        return order;
    }

    long steps() {
        return steps;
    }
}
