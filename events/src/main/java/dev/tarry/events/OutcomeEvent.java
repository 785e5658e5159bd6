package dev.tarry.events;

import dev.tarry.events.internal.Combined;
import dev.tarry.events.internal.Misfire;

/** {@link Event#outcome}. */
final class OutcomeEvent<R> extends CombinedEvent.OfOne<Outcome<R>, R> {

    OutcomeEvent(Event<R> inner) {
        super(inner);
    }

    @Override
    Event<Outcome<R>> of(Event<R> inner) {
        return new OutcomeEvent<>(inner);
    }

    @Override
    public Object result(int first, int leaf, Outcome<?> raw) {
        return Misfire.outcome(Combined.result(inner, first, leaf, raw));
    }
}
