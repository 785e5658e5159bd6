package dev.tarry.events;

/** What a {@link Reactor} needs to know of the loop it belongs to. Implemented by the scheduler. */
public interface Loop {

    /**
     * Runs {@code action} on the loop, soon, after all that was posted before. Any thread.
     *
     * @return false if the loop has ended; then {@code action} will not run
     */
    boolean post(Runnable action);

    /** Whether the calling thread is the loop, or the task that runs on it now. Any thread. */
    boolean isCurrent();
}
