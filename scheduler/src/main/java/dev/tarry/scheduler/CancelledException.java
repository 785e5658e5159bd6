package dev.tarry.scheduler;

/**
 * Thrown by a wait because the scope around it, or the task itself, was cancelled. Let it pass: the
 * scope that was cancelled catches it. Until then every further wait throws it, too, but those
 * under {@link CancelScope#shield}.
 */
public final class CancelledException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient CancelScope origin;

    /**
     * The cancel of a scope, with the reason that was given for it as the cause.
     *
     * @param origin what was cancelled
     */
    public CancelledException(CancelScope origin) {
        super(origin + " was cancelled", origin.reason());
        this.origin = origin;
    }

    /** What was cancelled. */
    public CancelScope origin() {
        return origin;
    }
}
