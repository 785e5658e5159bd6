package dev.tarry.events;

import dev.tarry.events.internal.Reports;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The file descriptors of one reactor, by number, and between them and the poller the identity
 * check: a report whose generation is not the present one is about a descriptor that is closed, and
 * is dropped. Loop only.
 */
final class FdTable implements Poller.Sink {
    /** How long a wait for a borrowed descriptor may go on after its owner has closed it. */
    static final long SWEEP_NANOS = 1_000_000_000L;

    /** The most numbers that one sweep looks at, so that it does not hold up the tasks. */
    private static final int MOST_SWEPT = 4096;

    private final Reactor reactor;
    private final Poller poller;
    private final List<FdSlot> dirty = new ArrayList<>();
    private @Nullable FdSlot[] slots = new FdSlot[64];
    private int size;
    private int generations;
    private int borrowedWaiters;
    private int sweptUpTo;
    private long lastSweep = System.nanoTime();

    FdTable(Reactor reactor, Poller poller) {
        this.reactor = reactor;
        this.poller = poller;
    }

    /**
     * The slot of a number that somebody else owns, made if there is none.
     *
     * @throws ErrnoException if no file has this number: the table would grow as far as it
     */
    FdSlot borrowed(int fd) throws ErrnoException {
        FdSlot slot = find(fd);
        if (slot != null) {
            return slot;
        }
        int now = reactor.readinessNow(fd, 0);
        if (now < 0) {
            throw new ErrnoException("poll", "fd " + fd, -now);
        }
        return put(fd, false);
    }

    /**
     * The slot of a number that is ours. What was known under it is over: had it been open still,
     * the system could not have given us the number.
     */
    FdSlot own(int fd) throws ErrnoException {
        remove(fd);
        FdSlot slot = put(fd, true);
        int result = poller.addEdge(fd, slot.token());
        if (result < 0) {
            remove(fd);
            throw new ErrnoException(poller.registrationCall(), "fd " + fd, -result);
        }
        slot.registered = true;
        // An edge that came before the registration is not reported as such by every poller.
        int now = reactor.readinessNow(fd, Readiness.READ | Readiness.WRITE | Readiness.PRIORITY);
        slot.ready = Math.max(now, 0);
        return slot;
    }

    void arm(FdSlot slot, int interest, Waiter waiter) {
        slot.queue(interest).add(waiter);
        if (slot.edge) {
            poller.expect(slot.fd, interest);
        } else {
            borrowedWaiters++;
            // What the poller was told for an earlier wait may have been about another file.
            slot.armed = 0;
            markDirty(slot);
        }
    }

    void disarm(FdSlot slot, int interest, Waiter waiter) {
        slot.queue(interest).remove(waiter);
        if (!slot.edge) {
            borrowedWaiters--;
        }
    }

    /** Whether somebody waits for a descriptor that its owner may close behind our back. */
    boolean isSweepNeeded() {
        return borrowedWaiters > 0;
    }

    /**
     * Arms borrowed descriptors again, now and then: the system does not tell that the owner has
     * closed one. The poller refuses a number that is closed, which wakes who waits, and watches
     * the file that has the number now. In real time, whatever the clock of the tasks says.
     */
    void sweep() {
        if (!isSweepNeeded() || System.nanoTime() - lastSweep < SWEEP_NANOS) {
            return;
        }
        lastSweep = System.nanoTime();
        for (int n = Math.min(slots.length, MOST_SWEPT); n > 0; n--) {
            sweptUpTo = sweptUpTo + 1 < slots.length ? sweptUpTo + 1 : 0;
            FdSlot slot = slots[sweptUpTo];
            if (slot != null && !slot.edge && slot.interest() != 0) {
                arm(slot, slot.interest());
            }
        }
    }

    private void markDirty(FdSlot slot) {
        if (!slot.dirty) {
            slot.dirty = true;
            dirty.add(slot);
        }
    }

    /** Somebody goes on waiting for a descriptor of ours without arming again. */
    void expect(int fd, int interest) {
        poller.expect(fd, interest);
    }

    /**
     * Arms what is waited for now. Put off until the loop asks the system, so that a descriptor
     * that is waited for, ready and waited for again within one turn costs nothing.
     *
     * @return false if the poller refused one; who waits for it is awake, so nobody may sleep now
     */
    boolean flush() {
        boolean accepted = true;
        for (int i = 0; i < dirty.size(); i++) {
            FdSlot slot = dirty.get(i);
            slot.dirty = false;
            int interest = slot.interest();
            if ((interest & ~slot.armed) != 0 && find(slot.fd) == slot) {
                accepted &= arm(slot, interest);
            }
        }
        dirty.clear();
        return accepted;
    }

    private boolean arm(FdSlot slot, int interest) {
        int result =
                slot.registered
                        ? poller.rearm(slot.fd, interest, slot.token())
                        : poller.addOneShot(slot.fd, interest, slot.token());
        if (result < 0) {
            slot.failure = -result;
            slot.registered = false;
            slot.armed = 0;
            slot.wakeAll(); // they poll again, and find the failure
            return false;
        }
        slot.registered = true;
        slot.armed = interest;
        return true;
    }

    @Override
    public void ready(long token, int readiness) {
        int fd = (int) token;
        FdSlot slot = find(fd);
        if (slot == null || slot.generation != (int) (token >>> 32)) {
            return;
        }
        if (slot.edge) {
            slot.ready |= readiness;
        } else {
            slot.armed = 0;
            markDirty(slot); // one direction fired, the other one may still be waited for
        }
        slot.wake(readiness);
    }

    @Override
    public void happened(Poller.Subject subject, int ident, long detail) {
        reactor.notices().tell(subject, ident, detail);
    }

    /** Forgets a number before it is closed, and wakes who waits for it. */
    void remove(int fd) {
        FdSlot slot = find(fd);
        if (slot == null) {
            return;
        }
        slots[fd] = null;
        size--;
        try {
            if (slot.registered) {
                poller.remove(fd);
            }
        } catch (Throwable t) { // a user's poller; who closes the descriptor must come to that
            Reports.warn("the poller has failed to forget fd " + fd, t);
        }
        slot.wakeAll();
    }

    /**
     * A handle of a number that somebody else owns is closed, and wakes who waits through it. If
     * the number is ours by now, its slot stays: it is about another file.
     */
    void release(int fd) {
        FdSlot slot = find(fd);
        if (slot != null && slot.edge) {
            slot.wakeAll();
        } else {
            remove(fd);
        }
    }

    void closeAll() {
        for (int fd = 0; fd < slots.length; fd++) {
            remove(fd);
        }
        dirty.clear();
    }

    /** See {@link Poller#registrationCall}. */
    String registrationCall() {
        return poller.registrationCall();
    }

    int size() {
        return size;
    }

    private @Nullable FdSlot find(int fd) {
        return fd >= 0 && fd < slots.length ? slots[fd] : null;
    }

    private FdSlot put(int fd, boolean edge) {
        if (fd >= slots.length) {
            slots = Arrays.copyOf(slots, Math.max(fd + 1, slots.length * 2));
        }
        generations = generations == Integer.MAX_VALUE ? 1 : generations + 1;
        FdSlot slot = new FdSlot(fd, generations, edge);
        slots[fd] = slot;
        size++;
        return slot;
    }
}
