package dev.tarry.testkit;

import java.util.Objects;

/**
 * A simulated run has failed; the cause says why, and the message how to see it again, and whether
 * that will help: a run that has failed is made once more at once.
 */
public final class SimulationFailedError extends AssertionError {
    private static final long serialVersionUID = 1L;

    private final transient SimulationResult run;

    /** See {@link #cameAgain()}. */
    private final boolean cameAgain;

    SimulationFailedError(String replay, SimulationResult run, Throwable cause) {
        this(
                "with seed "
                        + run.seed()
                        + ", order by "
                        + run.strategy()
                        + ", after "
                        + run.steps()
                        + " steps and "
                        + run.elapsed()
                        + " of virtual time: "
                        + cause
                        + "\nreplay: "
                        + replay
                        + "; trace "
                        + Long.toHexString(run.traceHash()),
                run,
                cause,
                false);
    }

    private SimulationFailedError(
            String message, SimulationResult run, Throwable cause, boolean cameAgain) {
        super(message, cause);
        this.run = run;
        this.cameAgain = cameAgain;
    }

    /** The same, which says more. */
    SimulationFailedError with(boolean cameAgain, String more) {
        var error =
                new SimulationFailedError(getMessage() + "; " + more, run, getCause(), cameAgain);
        error.setStackTrace(getStackTrace());
        return error;
    }

    /** What has failed in the simulation. */
    @Override
    public synchronized Throwable getCause() {
        return Objects.requireNonNull(super.getCause());
    }

    /** How far it came. */
    public SimulationResult run() {
        return run;
    }

    /**
     * Whether the same seed, or schedule, was run once more and has failed in the same way. False
     * if it has not, and if it was not run again: a run whose clock, poller or order was made by
     * the caller cannot be.
     */
    public boolean cameAgain() {
        return cameAgain;
    }
}
