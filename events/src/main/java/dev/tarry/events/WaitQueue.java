package dev.tarry.events;

import org.jspecify.annotations.Nullable;

/**
 * Those who wait for one event, first come first served: a doubly linked list through the waiters
 * themselves. Loop only.
 */
public final class WaitQueue {
    private @Nullable Waiter head;
    private @Nullable Waiter tail;

    /** An empty queue. */
    public WaitQueue() {}

    /** Appends {@code waiter}, which must not be in any queue. */
    public void add(Waiter waiter) {
        assert waiter.queue == null : "armed twice";
        waiter.queue = this;
        waiter.previous = tail;
        if (tail == null) {
            head = waiter;
        } else {
            tail.next = waiter;
        }
        tail = waiter;
    }

    /** Removes {@code waiter} if it is in this queue: a committed waiter has left it already. */
    public void remove(Waiter waiter) {
        if (waiter.queue != this) {
            return;
        }
        Waiter before = waiter.previous;
        Waiter after = waiter.next;
        if (before == null) {
            head = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            tail = before;
        } else {
            after.previous = before;
        }
        waiter.queue = null;
        waiter.previous = null;
        waiter.next = null;
    }

    /** Whether nobody waits. */
    public boolean isEmpty() {
        return head == null;
    }

    /** Tells all to look again. They stay until they disarm. */
    public void wakeAll() {
        for (Waiter w = head; w != null; w = w.next) {
            w.wake();
        }
    }

    /**
     * Commits {@code outcome} to the first waiter that accepts it.
     *
     * @return false if nobody did; then nothing was handed over
     */
    public boolean commitFirst(Outcome<?> outcome) {
        return commitFirstEvent(outcome) != null;
    }

    /**
     * Like {@link #commitFirst}, and answers the event through which the waiter took it: a
     * rendezvous finds there what the other side brought.
     */
    public @Nullable Event<?> commitFirstEvent(Outcome<?> outcome) {
        Waiter w = head;
        while (w != null) {
            // Accepted or not, it will accept nothing more in this wait. Leaving at once keeps a
            // burst of commits from walking over the same waiters again and again.
            remove(w);
            if (w.commit(outcome)) {
                return w.event();
            }
            w = head;
        }
        return null;
    }
}
