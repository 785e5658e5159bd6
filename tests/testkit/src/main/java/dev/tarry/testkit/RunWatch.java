package dev.tarry.testkit;

import dev.tarry.scheduler.CancelledException;
import dev.tarry.scheduler.Scheduler;
import dev.tarry.scheduler.Task;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Watches that a run comes to an end. If it does not, its tasks are cancelled, so that their
 * cleanup runs, and what was seen before that is kept, to be the failure of the run. Deadlocks are
 * found by the scheduler; here are the others: steps without an end, and a sleep from which nobody
 * wakes the tasks. Loop only.
 */
final class RunWatch {
    /** So many steps before the limit it is counted who takes them. */
    private static final long STEPS_COUNTED = 10_000;

    /** So many steps the cleanup may take. */
    private static final long CLEANUP_STEPS = 100_000;

    private static final int MOST_NAMED = 5;

    private final long mostSteps;
    private final Duration stall;
    private final VirtualClock clock;
    private final long origin;
    private final Map<String, Integer> counts = new HashMap<>();
    private @Nullable Scheduler scheduler;
    private long steps;
    private long stepsAtQuiet = -1;
    private long quietSince;
    private @Nullable StuckException found;
    private @Nullable StuckException interrupted;

    /**
     * @param mostSteps after how many there will be no end
     * @param stall how long, in real time, all may wait for what comes from outside
     */
    RunWatch(long mostSteps, Duration stall, VirtualClock clock) {
        this.mostSteps = mostSteps;
        this.stall = stall;
        this.clock = clock;
        origin = clock.nanos();
    }

    void begin(Scheduler now) {
        scheduler = now;
    }

    /** A step begins. */
    void step(@Nullable Task<?> task) {
        steps++;
        if (steps > mostSteps - STEPS_COUNTED && steps <= mostSteps) {
            counts.merge(task == null ? "threads that are no tasks" : "" + task, 1, Integer::sum);
        } else if (steps > mostSteps) {
            if (found == null) {
                end(livelock());
            } else if (steps > mostSteps + CLEANUP_STEPS) {
                throw found; // cancelling has not helped: the scheduler gives up
            }
        }
    }

    private String livelock() {
        return "a livelock: no end after "
                + mostSteps
                + " steps (each is one task that runs until it waits) and "
                + Duration.ofNanos(clock.nanos() - origin)
                + " of virtual time; the last of them were by "
                + busiest()
                + ". If the program is meant to take longer, say so with mostSteps.\n";
    }

    private String busiest() {
        return counts.entrySet().stream()
                        .sorted(
                                Map.Entry.<String, Integer>comparingByValue(
                                                Comparator.reverseOrder())
                                        .thenComparing(Map.Entry.comparingByKey()))
                        .limit(MOST_NAMED)
                        .map(entry -> entry.getKey() + " (" + entry.getValue() + ")")
                        .collect(Collectors.joining(", "))
                + (counts.size() > MOST_NAMED
                        ? " and " + (counts.size() - MOST_NAMED) + " more"
                        : "");
    }

    /**
     * All tasks wait, there is no timer, and some could be woken from outside.
     *
     * @return how long to wait for that, in real time
     */
    long restOfPatience() {
        if (stepsAtQuiet != steps) {
            stepsAtQuiet = steps;
            quietSince = System.nanoTime();
        }
        return Math.max(0, stall.toNanos() - (System.nanoTime() - quietSince));
    }

    /** Nobody has. */
    void slept() {
        if (stepsAtQuiet == steps && restOfPatience() == 0) {
            if (found != null) {
                throw found; // their cleanup waits as well
            }
            end(
                    "a deadlock, as far as can be seen from here: all tasks wait, and nothing has"
                            + " come from outside for "
                            + stall
                            + ":\n");
        }
    }

    private void end(String what) {
        Scheduler watched = scheduler;
        if (watched != null) {
            stepsAtQuiet = -1;
            found = new StuckException(what + watched.dump());
            watched.root().cancel(found);
        }
    }

    /**
     * A task has become ready. An interrupt of the loop cancels all tasks, one after the other:
     * with the first one it can still be seen what the others wait for.
     */
    void ready() {
        Scheduler watched = scheduler;
        if (watched != null
                && interrupted == null
                && watched.root().reason() instanceof InterruptedException) {
            interrupted =
                    new StuckException(
                            "interrupted, as by the time limit of a test; then there were:\n"
                                    + watched.dump());
        }
    }

    /** The reason why the run was ended from here; null if it was not. */
    @Nullable StuckException found() {
        return found;
    }

    /** Why the run has failed, now that {@code thrown} has come out of it. */
    Throwable reason(Throwable thrown) {
        StuckException reason = found != null ? found : interrupted;
        if (reason == null || reason == thrown) {
            return thrown;
        }
        if (!(thrown instanceof CancelledException) && thrown.getCause() != reason) {
            reason.addSuppressed(thrown);
        }
        return reason;
    }
}
