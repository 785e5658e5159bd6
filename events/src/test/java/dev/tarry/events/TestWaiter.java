package dev.tarry.events;

import org.jspecify.annotations.Nullable;

/** Counts what it is told, and takes one claim. */
final class TestWaiter extends Waiter {
    private final Reactor reactor;
    private final Event<?> event;
    int wakes;
    @Nullable Outcome<?> committed;

    TestWaiter(Reactor reactor, Event<?> event) {
        this.reactor = reactor;
        this.event = event;
    }

    @Override
    public Reactor reactor() {
        return reactor;
    }

    @Override
    public BaseEvent<?> event() {
        return (BaseEvent<?>) event;
    }

    @Override
    public void wake() {
        wakes++;
    }

    @Override
    public boolean commit(Outcome<?> outcome) {
        if (committed != null) {
            return false;
        }
        committed = outcome;
        return true;
    }
}
