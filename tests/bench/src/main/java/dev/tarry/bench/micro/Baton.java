package dev.tarry.bench.micro;

import dev.tarry.events.Outcome;
import dev.tarry.events.QueuedEvent;
import dev.tarry.events.Reactor;

/** The smallest event that one task can fire for another: nothing is left but the wait itself. */
final class Baton extends QueuedEvent<Boolean> {
    private static final Outcome<Boolean> PASSED = new Outcome.Value<>(true);

    private boolean here;

    void pass() {
        here = !waiters().commitFirst(PASSED);
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
    public boolean isClaim() {
        return true;
    }
}
