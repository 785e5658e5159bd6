package dev.tarry.events;

import dev.tarry.events.internal.Headroom;
import dev.tarry.events.internal.Reports;

import org.jspecify.annotations.Nullable;

import java.util.Collection;

/**
 * Those who wait for one event, first come first served: a doubly linked list through the waiters
 * themselves. Loop only; or, for an event of many threads, under the lock of that event, which then
 * commits by way of {@linkplain Waiter#offer offers}.
 */
public final class WaitQueue {
    private @Nullable Waiter head;
    private @Nullable Waiter tail;

    /** An empty queue. */
    public WaitQueue() {}

    /**
     * Appends {@code waiter}.
     *
     * @throws IllegalStateException if it is in a queue already: it was armed and never disarmed
     */
    public void add(Waiter waiter) {
        if (waiter.queue != null) {
            throw new IllegalStateException("this waiter is in a queue already");
        }
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
        Waiter w = head;
        while (w != null) {
            Waiter after = w.next; // a waiter of a user's may take itself out
            wake(w);
            w = after == null || after.queue == this ? after : head;
        }
    }

    /**
     * One that is not of a wait may be a user's. What it throws must not keep it from the others.
     */
    private static void wake(Waiter waiter) {
        try {
            waiter.wake();
        } catch (Throwable t) {
            Headroom.ensure(); // else there is no stack for it, which is nobody's fault
            Reports.warn("a waiter has failed when it was woken", t);
        }
    }

    private static boolean commit(Waiter waiter, Outcome<?> claim) {
        try {
            return waiter.commit(claim);
        } catch (Throwable t) {
            Headroom.ensure();
            Reports.warn("a waiter has failed when it was given " + Reports.text(claim), t);
            return false;
        }
    }

    /**
     * Commits {@code claim} to the first waiter that accepts it.
     *
     * @return false if nobody did; then nothing was handed over
     */
    public boolean commitFirst(Outcome<?> claim) {
        return committedFirst(claim) != null;
    }

    /**
     * Like {@link #commitFirst}, and answers who accepted it: a rendezvous finds there what the
     * other side has attached.
     */
    public @Nullable Waiter committedFirst(Outcome<?> claim) {
        Waiter w;
        while ((w = head) != null) {
            // Removed after the commit: if there is no stack for that, nothing has happened yet.
            boolean accepted = commit(w, claim);
            // Accepted or not, it will accept nothing more in this wait. Leaving at once keeps a
            // burst of commits from walking over the same waiters again and again.
            remove(w);
            if (accepted) {
                return w;
            }
        }
        return null;
    }

    /**
     * {@link #committedFirst} for an event of many threads. Who calls this has to wake the one that
     * is answered, from anywhere, once it has left its lock.
     */
    public @Nullable Waiter offeredFirst(Outcome<?> claim) {
        Waiter w;
        while ((w = head) != null) {
            remove(w);
            if (w.offer().take(w, claim)) {
                return w;
            }
        }
        return null;
    }

    /** Tells all to look again, and lets them go: the event has nothing more to hand over. */
    public void dismissAll() {
        Waiter w;
        while ((w = head) != null) {
            wake(w);
            remove(w);
        }
    }

    /** Lets all go, and adds them to {@code gone}: for whoever wakes them after its lock. */
    public void dismissAllTo(Collection<? super Waiter> gone) {
        Waiter w;
        while ((w = head) != null) {
            gone.add(w);
            remove(w);
        }
    }

    /** Whether any wait but the one of {@code own} waits here. */
    public boolean holdsOthers(Waiter own) {
        for (Waiter w = head; w != null; w = w.next) {
            if (!w.isOfSameWait(own)) {
                return true;
            }
        }
        return false;
    }
}
