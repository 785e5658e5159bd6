package dev.tarry.events;

/**
 * The time a loop goes by: monotonic nanoseconds from an arbitrary origin, as {@link
 * System#nanoTime}. An interface, so that tests can run on virtual time.
 */
public interface Clock {

    /** The time now, in nanoseconds. Never goes back. Any thread. */
    long nanos();

    /**
     * How long the loop, which has nothing else to do, may sleep in the poller until {@code
     * deadline}: in nanoseconds, at least 0. A virtual clock jumps to the deadline and answers 0.
     */
    default long idleUntil(long deadline) {
        return Math.max(0, deadline - nanos());
    }

    /** The clock of the machine. */
    static Clock system() {
        return System::nanoTime;
    }
}
