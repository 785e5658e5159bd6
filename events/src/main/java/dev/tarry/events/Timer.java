package dev.tarry.events;

/**
 * Something to do at a time; see {@link Reactor#schedule}. Reusable once it fired or was cancelled.
 */
public abstract class Timer {
    // Owned by TimerQueue.
    long deadline;
    long order;
    int slot = -1;

    /** A timer that is not scheduled. */
    protected Timer() {}

    /** Called on the loop once the clock has reached the deadline; never earlier. */
    protected abstract void fire();

    /** Whether it is scheduled and has not fired yet. */
    public final boolean isScheduled() {
        return slot >= 0;
    }
}
