package dev.tarry.events;

import dev.tarry.events.internal.Combined;
import dev.tarry.events.internal.Reports;

import java.util.Objects;

/** {@link Event#withAbort}. */
final class AbortableEvent<R> extends CombinedEvent.OfOne<R, R> {
    private final Runnable abort;

    AbortableEvent(Event<R> inner, Runnable abort) {
        super(inner);
        this.abort = Objects.requireNonNull(abort, "abort");
        isAbortable();
    }

    @Override
    Event<R> of(Event<R> inner) {
        return new AbortableEvent<>(inner, abort);
    }

    @Override
    public Object result(int first, int leaf, Outcome<?> raw) {
        return Combined.result(inner, first, leaf, raw);
    }

    @Override
    public void ended(int first, int leaf) {
        super.ended(first, leaf);
        if (leaf >= first && leaf < first + leaves()) {
            return;
        }
        try {
            abort.run();
        } catch (Throwable t) {
            Reports.warn("what was to be called when " + Reports.text(this) + " was not chosen", t);
        }
    }
}
