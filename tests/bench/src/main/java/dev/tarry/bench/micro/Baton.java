package dev.tarry.bench.micro;

import dev.tarry.events.Event;
import dev.tarry.events.Outcome;
import dev.tarry.events.Reactor;
import dev.tarry.events.WaitQueue;
import dev.tarry.events.Waiter;

/** The smallest event that one task can fire for another: nothing is left but the wait itself. */
final class Baton implements Event<Boolean> {
    private static final Outcome<Boolean> PASSED = new Outcome.Value<>(true);

    private final WaitQueue waiters = new WaitQueue();
    private boolean here;

    void pass() {
        here = !waiters.commitFirst(PASSED);
    }

    @Override
    public Outcome<Boolean> poll(Reactor reactor) {
        if (!here) {
            return null;
        }
        here = false;
        return PASSED;
    }

    @Override
    public void arm(Waiter waiter) {
        waiters.add(waiter);
    }

    @Override
    public void disarm(Waiter waiter) {
        waiters.remove(waiter);
    }

    @Override
    public boolean isClaim() {
        return true;
    }
}
