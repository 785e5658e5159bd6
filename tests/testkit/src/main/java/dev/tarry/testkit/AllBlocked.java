package dev.tarry.testkit;

import dev.tarry.events.BaseEvent;
import dev.tarry.events.Outcome;
import dev.tarry.events.Reactor;
import dev.tarry.events.Timer;
import dev.tarry.events.WaitQueue;
import dev.tarry.events.Waiter;

import org.jspecify.annotations.Nullable;

/**
 * Fires when every other task waits, nothing is ready in the system, and only the passing of time
 * would go on: then, before the clock jumps. A claim only in form, since it is true of a moment and
 * cannot be looked up later; all who wait for it are told.
 */
final class AllBlocked implements BaseEvent<Simulation> {
    private final Outcome<Simulation> outcome;
    private final WaitQueue waiters = new WaitQueue();

    /** Makes the loop ask the clock, as it does only while a timer is pending. */
    private final Timer never =
            new Timer() {
                @Override
                protected void fire() {}
            };

    AllBlocked(Simulation simulation) {
        outcome = new Outcome.Value<>(simulation);
    }

    /** All wait. Answers whether somebody wanted to know. */
    boolean tell() {
        boolean told = false;
        while (waiters.commitFirst(outcome)) {
            told = true;
        }
        return told;
    }

    @Override
    public @Nullable Outcome<Simulation> poll(Reactor reactor) {
        return null;
    }

    @Override
    public void arm(Waiter waiter) {
        waiters.add(waiter);
        if (!never.isScheduled()) {
            Reactor reactor = waiter.reactor();
            reactor.schedule(never, reactor.nanos() + Long.MAX_VALUE / 2);
        }
    }

    @Override
    public void disarm(Waiter waiter) {
        waiters.remove(waiter);
        if (waiters.isEmpty()) {
            waiter.reactor().cancel(never);
        }
    }

    @Override
    public boolean isClaim() {
        return true;
    }

    @Override
    public String toString() {
        return "all others to wait";
    }
}
