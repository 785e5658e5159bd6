package dev.tarry.events;

/**
 * How the deliveries of one signal come in. All subscriptions to a signal share one source, and
 * each hears of every delivery. {@link SignalHub} chooses and keeps them, and calls these methods
 * one at a time.
 */
interface SignalSource {

    /**
     * From now on {@code subscription} hears of every delivery. On the subscription's loop.
     *
     * @throws IllegalArgumentException if this signal cannot be had this way; the message says why
     * @throws java.io.UncheckedIOException if the system refuses (EMFILE)
     */
    void add(SignalSubscription subscription);

    /** Ends that. The last one gives the signal back. On the subscription's loop. */
    void remove(SignalSubscription subscription);

    /** Whether nobody listens. */
    boolean isUnused();
}
