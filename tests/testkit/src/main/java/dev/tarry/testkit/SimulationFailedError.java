package dev.tarry.testkit;

/** A simulated run has failed; the cause says why, and the message how to see it again. */
public final class SimulationFailedError extends AssertionError {
    private static final long serialVersionUID = 1L;

    private final transient SimulationResult run;

    SimulationFailedError(String replay, SimulationResult run, Throwable cause) {
        super(
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
                cause);
        this.run = run;
    }

    /** How far it came. */
    public SimulationResult run() {
        return run;
    }
}
