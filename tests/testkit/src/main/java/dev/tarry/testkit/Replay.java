package dev.tarry.testkit;

import dev.tarry.runtime.Body;

import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/**
 * Whether a failure can be seen again, and how. A run that has failed is made once more at once,
 * since a replay that does not bring the failure costs its reader more than one that says so.
 */
final class Replay {
    /** The system property that says which trace a replay must have. */
    static final String TRACE_PROPERTY = "tarry.trace";

    /** A program that is blocked by the JDK so often is meant to be. */
    private static final int MOST_TRIES = 5;

    private static final String REASONS =
            "; so something decides that is not in the simulation: another thread, the clock of the"
                    + " machine, a hash code, or state left by the run before";

    /** How the runs of one seed, or of one schedule, are made. */
    interface Runs {
        /**
         * One more.
         *
         * @param earlier a run that it is compared with
         */
        Simulation.Builder next(@Nullable Trace earlier);
    }

    private Replay() {}

    /** The properties that make one run again, and refuse another one. */
    static String of(long trace, String properties) {
        return "-D%s=%016x -D%s".formatted(TRACE_PROPERTY, trace, properties);
    }

    /**
     * The trace that the run must have; null if none is named.
     *
     * @throws IllegalStateException if what is named cannot be one
     */
    static @Nullable Long namedTrace() {
        String named = System.getProperty(TRACE_PROPERTY);
        try {
            return named == null ? null : Long.parseUnsignedLong(named, 16);
        } catch (NumberFormatException e) {
            throw new IllegalStateException(
                    "-D"
                            + TRACE_PROPERTY
                            + "="
                            + named
                            + " is no trace: it must be the number that a failure has told, in hex",
                    e);
        }
    }

    /** A trace that no seed is named with would be compared with nothing. */
    static void requireSeed() {
        if (namedTrace() != null && System.getProperty(Explorer.PROPERTY) == null) {
            throw new IllegalStateException(
                    "-D" + TRACE_PROPERTY + " needs -D" + Simulation.SEED_PROPERTY + " beside it");
        }
    }

    /**
     * Makes a run, and if it fails a second one.
     *
     * @throws SimulationFailedError that says whether the failure came again
     */
    static SimulationResult once(Runs runs, Body body) {
        return once(runs.next(null), runs, body);
    }

    private static SimulationResult once(Simulation.Builder first, Runs runs, Body body) {
        try {
            return first.runAlone(body);
        } catch (SimulationFailedError failure) {
            throw canComeAgain(failure) ? again(failure, first.trace(), runs, body) : failure;
        }
    }

    /**
     * Makes two runs and compares them. When a lock of the JDK has blocked a task (which happens,
     * rarely, while the garbage collector is about), the seed has not decided alone, and nothing
     * can be said: both runs are made again.
     */
    static SimulationResult twice(Runs runs, Body body) {
        for (int tries = 1; ; tries++) {
            Simulation.Builder first = runs.next(null);
            var unused = once(first, runs, body);
            Simulation.Builder second = runs.next(first.trace());
            try {
                return second.runAlone(body);
            } catch (SimulationFailedError e) {
                if (isOther(e) && second.trace().isBlocked() && tries < MOST_TRIES) {
                    continue;
                }
                throw isOther(e)
                        ? e
                        : e.with(false, "the run before, with the same seed, was good" + REASONS);
            }
        }
    }

    private static boolean isOther(SimulationFailedError e) {
        return e.getCause() instanceof DivergedException;
    }

    /** Not if somebody wants an end, nor after an assumption or a refusal. */
    private static boolean canComeAgain(SimulationFailedError failure) {
        if (Thread.currentThread().isInterrupted() || isOther(failure)) {
            return false;
        }
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof InterruptedException || t instanceof TestAbortedException) {
                return false;
            }
        }
        return true;
    }

    private static SimulationFailedError again(
            SimulationFailedError failure, Trace trace, Runs runs, Body body) {
        for (int tries = 1; ; tries++) {
            Simulation.Builder second = runs.next(trace);
            @Nullable SimulationFailedError then = null;
            try {
                var unused = second.runAlone(body);
            } catch (SimulationFailedError e) {
                then = e;
            }
            if (then != null && isSame(failure, then)) {
                return failure.with(true, "run once more, it came again");
            }
            if (!second.trace().isBlocked() || tries == MOST_TRIES) {
                return failure.with(false, other(then) + REASONS);
            }
        }
    }

    private static boolean isSame(SimulationFailedError one, SimulationFailedError other) {
        return one.run().traceHash() == other.run().traceHash()
                && one.getCause().getClass() == other.getCause().getClass();
    }

    private static String other(@Nullable SimulationFailedError then) {
        if (then == null) {
            return "run once more, it DID NOT COME AGAIN";
        }
        Throwable cause = then.getCause();
        return isOther(then)
                ? "run once more, it DID NOT COME AGAIN: " + cause.getMessage()
                : "run once more, IT WAS ANOTHER FAILURE: " + cause;
    }
}
