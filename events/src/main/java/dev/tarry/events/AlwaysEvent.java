package dev.tarry.events;

/** {@link Event#always}. */
final class AlwaysEvent<R> implements BaseEvent<R> {
    private final Outcome<R> outcome;

    AlwaysEvent(R value) {
        outcome = new Outcome.Value<>(value);
    }

    @Override
    public Outcome<R> poll(Reactor reactor) {
        return outcome;
    }

    @Override
    public void arm(Waiter waiter) {
        waiter.wake();
    }

    @Override
    public void disarm(Waiter waiter) {}

    @Override
    public String toString() {
        return "always " + outcome;
    }
}
