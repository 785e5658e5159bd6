package dev.tarry.events;

import dev.tarry.events.internal.Combined;
import dev.tarry.events.internal.Misfire;

import org.jspecify.annotations.Nullable;

import java.util.Objects;
import java.util.function.Function;

/** {@link Event#map}. */
final class MappedEvent<R, I> extends CombinedEvent.OfOne<R, I> {
    private final Function<? super I, ? extends R> function;

    MappedEvent(Event<I> inner, Function<? super I, ? extends R> function) {
        super(inner);
        this.function = Objects.requireNonNull(function, "function");
    }

    @Override
    Event<R> of(Event<I> inner) {
        return new MappedEvent<>(inner, function);
    }

    @Override
    @SuppressWarnings("unchecked") // an event tells what it says it tells
    public Object result(int first, int leaf, Outcome<?> raw) {
        Object told = Combined.result(inner, first, leaf, raw);
        if (told instanceof Misfire) {
            return told;
        }
        try {
            @Nullable R result = function.apply((I) told);
            return result != null
                    ? result
                    : Misfire.thrown(
                            new NullPointerException("a function mapped " + this + " to null"));
        } catch (Throwable t) {
            return Misfire.thrown(t);
        }
    }
}
