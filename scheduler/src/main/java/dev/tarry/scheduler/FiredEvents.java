package dev.tarry.scheduler;

import dev.tarry.events.Event;

import org.jspecify.annotations.Nullable;

import java.util.AbstractList;
import java.util.List;
import java.util.Optional;

/**
 * What a wait returns: the events that fired, in the order of the arguments; empty if the time was
 * over first. It can be asked by event, so that nobody has to cast.
 */
public final class FiredEvents extends AbstractList<Fired<?>> {
    private final List<Fired<?>> fired;

    FiredEvents(List<Fired<?>> fired) {
        this.fired = fired;
    }

    /** Whether {@code event} fired, with whatever outcome. */
    public boolean has(Event<?> event) {
        return find(event) != null;
    }

    /**
     * The value of {@code event}, if it fired.
     *
     * @throws dev.tarry.events.ClosedException if it fired because its resource was closed
     * @throws dev.tarry.events.EventFailedException if it fired as failed
     */
    public <R> Optional<R> get(Event<R> event) {
        Fired<R> found = find(event);
        return found == null ? Optional.empty() : Optional.ofNullable(found.get());
    }

    /** How {@code event} fired, if it did. Throws nothing. */
    public <R> Optional<Fired<R>> of(Event<R> event) {
        return Optional.ofNullable(find(event));
    }

    @SuppressWarnings("unchecked") // an event fires with outcomes of its own type
    private <R> @Nullable Fired<R> find(Event<R> event) {
        for (Fired<?> f : fired) {
            if (f.event() == event) {
                return (Fired<R>) f;
            }
        }
        return null;
    }

    @Override
    public Fired<?> get(int index) {
        return fired.get(index);
    }

    @Override
    public int size() {
        return fired.size();
    }
}
