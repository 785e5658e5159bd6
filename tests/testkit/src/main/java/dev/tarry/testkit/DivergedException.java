package dev.tarry.testkit;

/**
 * Two runs with the same seed were not the same: something decides that is not in the simulation,
 * such as another thread, the clock of the machine, a hash code, or state left by the first run.
 */
public final class DivergedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DivergedException(String how) {
        super(how);
    }
}
