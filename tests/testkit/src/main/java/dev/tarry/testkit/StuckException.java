package dev.tarry.testkit;

/**
 * A simulated program did not end by itself: its tasks go on without an end, or wait for what does
 * not come. The message says which, and who waits for what. Where all tasks wait for each other, it
 * is a {@link dev.tarry.scheduler.DeadlockException} instead.
 */
public final class StuckException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StuckException(String message) {
        super(message);
    }
}
