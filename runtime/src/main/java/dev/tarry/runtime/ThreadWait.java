package dev.tarry.runtime;

import dev.tarry.events.BaseEvent;
import dev.tarry.events.Offer;
import dev.tarry.events.Outcome;
import dev.tarry.events.Reactor;
import dev.tarry.events.Waiter;
import dev.tarry.events.internal.Headroom;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.LockSupport;

/**
 * The wait of a thread that is no task, for one event of a shared channel: the same poll, arm, park
 * and disarm, of which the thread itself is parked.
 */
final class ThreadWait<R> extends Waiter {
    private final Thread thread = Thread.currentThread();
    private final Channel<?>.ChannelEvent<R> event;

    /** Set by others, before they unpark the thread. */
    private volatile boolean woken;

    private @Nullable Offer offer;

    private ThreadWait(Channel<?>.ChannelEvent<R> event) {
        this.event = event;
    }

    /**
     * @throws CancellationException if the thread is interrupted, which stays so; nothing is taken
     */
    static <R> R await(Channel<?>.ChannelEvent<R> event) {
        Headroom.ensure();
        return new ThreadWait<>(event).await();
    }

    @SuppressWarnings("unchecked") // an event fires with outcomes of its own type
    private R await() {
        while (true) {
            if (thread.isInterrupted()) {
                throw new CancellationException("interrupted in: " + event);
            }
            Outcome<R> outcome = event.poll();
            if (outcome == null) {
                Offer.Taken taken = park();
                outcome = taken == null ? null : (Outcome<R>) taken.claim();
            }
            if (outcome != null) {
                return outcome.get();
            }
        }
    }

    /** Answers what was taken; null if it is time to look again. */
    private Offer.@Nullable Taken park() {
        Offer open = new Offer();
        offer = open;
        woken = false;
        try {
            event.arm(this);
            while (!woken && !thread.isInterrupted()) {
                LockSupport.park(this);
            }
        } catch (Throwable t) { // no stack left, or no memory
            event.disarm(this);
            Offer.Taken taken = open.withdraw();
            if (taken == null) {
                throw t;
            }
            return taken; // must not be lost
        }
        event.disarm(this);
        return open.withdraw();
    }

    @Override
    public void wake() {
        woken = true;
        LockSupport.unpark(thread);
    }

    @Override
    public void wakeFromAnywhere() {
        wake();
    }

    @Override
    public Offer offer() {
        Offer open = offer;
        assert open != null;
        return open;
    }

    @Override
    public BaseEvent<?> event() {
        return event;
    }

    @Override
    public Reactor reactor() {
        throw new IllegalStateException(thread + " has no loop");
    }

    @Override
    public boolean commit(Outcome<?> outcome) {
        return false;
    }

    @Override
    public String toString() {
        return thread + " waiting for " + event;
    }
}
