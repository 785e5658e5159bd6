package dev.tarry.events;

import org.jspecify.annotations.Nullable;

/**
 * One event's place in one wait: what the event tells when it may be ready.
 *
 * <p>It is also the node by which it hangs in the event's {@link WaitQueue}, so that arming
 * allocates nothing and disarming costs the same however many wait. Loop only, but for {@link
 * #wakeFromAnywhere}, {@link #isOfSameWait}, and what is done with its {@link #offer}.
 */
public abstract class Waiter {
    // Owned by WaitQueue.
    @Nullable WaitQueue queue;
    @Nullable Waiter previous;
    @Nullable Waiter next;

    /** What the event keeps between arm and disarm besides the queue, a timer for example. */
    @Nullable Object attachment;

    /** For the wait operation. */
    protected Waiter() {}

    /** The reactor of the loop on which the waiting task runs. */
    public abstract Reactor reactor();

    /** The event that is waited for. */
    public abstract BaseEvent<?> event();

    /** The event may be ready: look again. May be called any number of times. */
    public abstract void wake();

    /**
     * Hands a claim over: the wait will return exactly this outcome for its event, whatever else
     * comes (timeout, cancel) before its task runs. Answers false, and takes nothing, if the wait
     * already holds another claim or is over.
     */
    public abstract boolean commit(Outcome<?> outcome);

    /** Like {@link #wake}, soon, on the loop of the waiting task. Any thread. */
    public void wakeFromAnywhere() {
        reactor().post(this::wake);
    }

    /**
     * By which other threads commit a claim to this wait; one for all events of a wait, from the
     * first arm that asks for it to the last disarm.
     */
    public Offer offer() {
        throw new UnsupportedOperationException(this + " takes nothing from other threads");
    }

    /**
     * Whether {@code other} is a place in the same wait, which has no use for what it would hand
     * over to itself. Any thread.
     */
    public boolean isOfSameWait(Waiter other) {
        return this == other;
    }

    /** Whether it hangs in the queue of an event, as it may from arm to disarm only. */
    protected final boolean isQueued() {
        return queue != null;
    }

    /** Takes it out of the queue in which an event has left it that failed to disarm it. */
    protected final void leaveQueue() {
        if (queue != null) {
            queue.remove(this);
        }
    }

    /** Whatever the armed event wants to find again in {@code disarm}. */
    public final @Nullable Object attachment() {
        return attachment;
    }

    /** Keeps {@code attachment} until the event's {@code disarm}. */
    public final void attach(@Nullable Object attachment) {
        this.attachment = attachment;
    }
}
