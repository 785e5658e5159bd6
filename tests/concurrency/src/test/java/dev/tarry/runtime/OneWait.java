package dev.tarry.runtime;

import dev.tarry.events.Event;
import dev.tarry.events.Offer;
import dev.tarry.events.Outcome;
import dev.tarry.events.Reactor;
import dev.tarry.events.Waiter;

/** A wait that does not sleep: it polls, queues up, and gives up at once. */
final class OneWait extends Waiter {
    private final Offer offer = new Offer();

    /** Answers the message, or 0 if none came. */
    int once(Channel<Integer>.ChannelEvent<Integer> receiving) {
        Outcome<Integer> found = receiving.poll();
        if (found != null) {
            return found.get();
        }
        receiving.arm(this);
        receiving.disarm(this);
        Offer.Taken taken = offer.withdraw();
        return taken == null ? 0 : (Integer) taken.claim().get();
    }

    @Override
    public Offer offer() {
        return offer;
    }

    @Override
    public void wake() {}

    @Override
    public void wakeFromAnywhere() {}

    @Override
    public Reactor reactor() {
        throw new AssertionError();
    }

    @Override
    public Event<?> event() {
        throw new AssertionError();
    }

    @Override
    public boolean commit(Outcome<?> outcome) {
        return false;
    }
}
