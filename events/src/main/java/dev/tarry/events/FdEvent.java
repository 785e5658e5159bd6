package dev.tarry.events;

import org.jspecify.annotations.Nullable;

/** A file descriptor is ready for one direction. A level event; see {@link Fd}. */
final class FdEvent implements BaseEvent<Readiness> {
    private final Fd fd;
    private final int interest;
    private final int ends;
    private final String filter;

    FdEvent(Fd fd, int interest, int ends, String filter) {
        this.fd = fd;
        this.interest = interest;
        this.ends = ends;
        this.filter = filter;
    }

    @Override
    public @Nullable Outcome<Readiness> poll(Reactor reactor) {
        if (!fd.isOpen()) {
            return new Outcome.Closed<>(fd.toString());
        }
        FdSlot slot;
        try {
            slot = fd.slot(reactor);
        } catch (ErrnoException e) {
            return new Outcome.Failed<>(e);
        } catch (ClosedException e) {
            return new Outcome.Closed<>(fd.toString()); // a moment ago, by another thread
        }
        int ready = slot.edge ? known(slot, reactor) : reactor.readinessNow(fd.number(), interest);
        if (ready < 0) {
            return failed("poll", -ready);
        }
        if ((ready & ends) != 0) {
            return Readiness.outcome(ready);
        }
        if (slot.failure != 0) {
            int errno = slot.failure;
            slot.failure = 0; // told; the next wait tries again
            return failed(reactor.fds().registrationCall(), errno);
        }
        return null;
    }

    /** Nothing tells us that priority data was read, so about that we ask. */
    private int known(FdSlot slot, Reactor reactor) {
        if ((slot.ready & interest & Readiness.PRIORITY) != 0
                && reactor.readinessNow(fd.number(), interest) == 0) {
            slot.ready &= ~Readiness.PRIORITY;
        }
        return slot.ready;
    }

    private Outcome<Readiness> failed(String call, int errno) {
        return new Outcome.Failed<>(new ErrnoException(call, fd.toString(), errno));
    }

    @Override
    public void arm(Waiter waiter) {
        try {
            FdSlot slot = fd.slot(waiter.reactor());
            waiter.attach(slot);
            waiter.reactor().fds().arm(slot, interest, waiter);
        } catch (ErrnoException | ClosedException e) {
            waiter.wake(); // poll tells it
        }
    }

    @Override
    public void disarm(Waiter waiter) {
        // The slot may have been replaced meanwhile: leave the one that was armed.
        if (waiter.attachment() instanceof FdSlot slot) {
            waiter.reactor().fds().disarm(slot, interest, waiter);
            waiter.attach(null);
        }
    }

    @Override
    public String toString() {
        return fd + " " + filter;
    }
}
