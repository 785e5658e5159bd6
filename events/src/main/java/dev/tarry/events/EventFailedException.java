package dev.tarry.events;

import dev.tarry.events.internal.Reports;

/** An event that was waited for alone fired as failed; the cause says why. */
public final class EventFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Carries the failure of an event to the task that waited for it.
     *
     * @param cause why the event failed
     */
    public EventFailedException(Throwable cause) {
        super(Reports.message(cause), cause);
    }
}
