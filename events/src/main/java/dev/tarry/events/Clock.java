package dev.tarry.events;

import java.time.Instant;

/**
 * The time a loop goes by: monotonic nanoseconds from an arbitrary origin, as {@link
 * System#nanoTime}. An interface, so that tests can run on virtual time.
 */
public interface Clock {

    /** The time now, in nanoseconds. Never goes back. Any thread. */
    long nanos();

    /**
     * The date and time of day, which a machine may set back. A virtual clock has a calendar of its
     * own, that goes as its nanoseconds do. Any thread.
     */
    default Instant now() {
        return Instant.now();
    }

    /**
     * How long the loop, which has nothing else to do, may sleep in the poller until {@code
     * deadline}: in nanoseconds, at least 0. A virtual clock jumps to the deadline and answers 0.
     */
    default long idleUntil(long deadline) {
        return Math.max(0, deadline - nanos());
    }

    /**
     * How long the loop, which has nothing else to do and no timer, may sleep in the poller: in
     * nanoseconds; negative without limit. For a clock that has something to {@linkplain #ended
     * tell} still.
     */
    default long idle() {
        return -1;
    }

    // ---- what other threads do for the loop, which takes them real time

    /**
     * Another thread begins to work for a task of this loop. A virtual clock stands still until it
     * has come back. Loop only.
     */
    default void begun(Work work) {}

    /**
     * That work has come back. Its task is told now; or, by a clock that wants the same order in
     * each run, when the loop has nothing else to do, which it learns by {@link #idleUntil} and
     * {@link #idle}. Loop only.
     */
    default void ended(Work work) {
        work.tell();
    }

    /** Nobody waits for that work any more, and nobody is to be told. Loop only. */
    default void forgotten(Work work) {}

    /** The clock of the machine: always the same one. */
    static Clock system() {
        return SystemClock.INSTANCE;
    }
}
