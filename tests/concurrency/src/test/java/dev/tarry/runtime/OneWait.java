package dev.tarry.runtime;

import dev.tarry.events.BaseEvent;
import dev.tarry.events.Offer;
import dev.tarry.events.Outcome;
import dev.tarry.events.Reactor;
import dev.tarry.events.Waiter;

/** A wait that does not sleep: it polls, queues up, spins, and gives up. */
final class OneWait extends Waiter {
    /** Makes room for the other side, between steps that a real one does not do at once either. */
    private static final int SPINS_BETWEEN = 5;

    /** By then both messages should have come. */
    private static final int SPINS_ARMED = 200;

    private final Offer offer = new Offer();
    private volatile boolean woken;

    /** Answers the message, or 0 if none came. */
    int once(Channel<Integer>.ChannelEvent<Integer> receiving) {
        Outcome<Integer> found = receiving.poll();
        if (found != null) {
            return found.get();
        }
        pause();
        receiving.arm(this);
        for (int i = 0; i < SPINS_ARMED && !woken; i++) {
            Thread.onSpinWait();
        }
        receiving.disarm(this);
        Offer.Taken taken = offer.withdraw();
        return taken == null ? 0 : (Integer) taken.claim().get();
    }

    /** The other side. */
    static void sendTwo(Channel<Integer> channel) {
        for (int message = 1; message <= 2; message++) {
            pause();
            var unused = channel.trySend(message);
        }
    }

    private static void pause() {
        for (int i = 0; i < SPINS_BETWEEN; i++) {
            Thread.onSpinWait();
        }
    }

    @Override
    public Offer offer() {
        return offer;
    }

    @Override
    public void wake() {
        woken = true;
    }

    @Override
    public void wakeFromAnywhere() {
        woken = true;
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
    public boolean commit(Outcome<?> outcome) {
        return false;
    }
}
