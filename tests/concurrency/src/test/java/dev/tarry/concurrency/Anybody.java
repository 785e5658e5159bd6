package dev.tarry.concurrency;

import dev.tarry.events.BaseEvent;
import dev.tarry.events.Offer;
import dev.tarry.events.Outcome;
import dev.tarry.events.Reactor;
import dev.tarry.events.Waiter;

/** A place in a wait, for those who commit to it. */
final class Anybody extends Waiter {
    /** What another thread does with an offer. */
    static boolean take(Offer offer) {
        return offer.take(new Anybody(), new Outcome.Value<>("message"));
    }

    @Override
    public Reactor reactor() {
        throw new AssertionError();
    }

    @Override
    public BaseEvent<?> event() {
        throw new AssertionError();
    }

    @Override
    public void wake() {}

    @Override
    public void wakeFromAnywhere() {}

    @Override
    public boolean commit(Outcome<?> outcome) {
        return false;
    }
}
