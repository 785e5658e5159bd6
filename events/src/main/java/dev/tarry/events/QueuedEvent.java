package dev.tarry.events;

/**
 * An event whose waiters hang in one queue: what is left to write of it is {@link #poll}, and
 * whoever makes it ready wakes the queue or commits to its first waiter.
 *
 * @param <R> what it tells
 */
public abstract class QueuedEvent<R> implements BaseEvent<R> {
    private final WaitQueue waiters;

    /** With a queue of its own. */
    protected QueuedEvent() {
        this(new WaitQueue());
    }

    /**
     * With a queue that somebody else keeps, or that several events share.
     *
     * @param waiters where those who wait for this event hang
     */
    protected QueuedEvent(WaitQueue waiters) {
        this.waiters = waiters;
    }

    /** Those who wait for this event. */
    protected final WaitQueue waiters() {
        return waiters;
    }

    @Override
    public void arm(Waiter waiter) {
        waiters.add(waiter);
    }

    @Override
    public void disarm(Waiter waiter) {
        waiters.remove(waiter);
    }
}
