package dev.tarry.scheduler;

import dev.tarry.events.internal.Reports;

/** The task that was joined has thrown, or was cancelled; the cause is what it threw. */
public final class TaskFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Carries what a task has thrown to those who wait for it.
     *
     * @param task which one
     * @param cause what it threw
     */
    public TaskFailedException(Task<?> task, Throwable cause) {
        super(task + " failed: " + Reports.text(cause), cause);
    }
}
