package dev.tarry.events;

/** The resource that was used or waited for has been closed through its handle. */
public final class ClosedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Says that something is closed.
     *
     * @param what the resource, as a reader would name it
     */
    public ClosedException(String what) {
        super(what + " is closed");
    }
}
