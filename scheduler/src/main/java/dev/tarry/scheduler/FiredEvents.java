package dev.tarry.scheduler;

import dev.tarry.events.Event;
import dev.tarry.events.Outcome;

import java.util.AbstractList;
import java.util.Objects;
import java.util.Optional;

/**
 * What a wait returns: the events that fired, in the order of the arguments; empty if the time was
 * over first. It can be asked by event, so that nobody has to cast.
 */
public final class FiredEvents extends AbstractList<Fired<?>> {
    private final Event<?>[] events;
    private final Outcome<?>[] outcomes;
    private int size;

    /** Made before a wait takes anything, so that there is memory for what it takes. */
    FiredEvents(int most) {
        events = new Event<?>[most];
        outcomes = new Outcome<?>[most];
    }

    void add(Event<?> event, Outcome<?> outcome) {
        events[size] = event;
        outcomes[size++] = outcome;
    }

    /** Whether {@code event} fired, with whatever outcome. */
    public boolean has(Event<?> event) {
        return find(event) >= 0;
    }

    /**
     * The value of {@code event}; empty if it did not fire, and only then.
     *
     * @throws IllegalStateException if it fired with null, as the future of a {@code Void} does;
     *     {@link #has} and {@link #of} tell that it fired
     * @throws dev.tarry.events.ClosedException if it fired because its resource was closed
     * @throws dev.tarry.events.EventFailedException if it fired as failed
     */
    public <R> Optional<R> get(Event<R> event) {
        return of(event).flatMap(found -> Fired.present(event, found.outcome()));
    }

    /** How {@code event} fired, if it did. Throws nothing. */
    @SuppressWarnings("unchecked") // an event fires with outcomes of its own type
    public <R> Optional<Fired<R>> of(Event<R> event) {
        int i = find(event);
        return i < 0 ? Optional.empty() : Optional.of((Fired<R>) get(i));
    }

    private int find(Event<?> event) {
        for (int i = 0; i < size; i++) {
            if (events[i] == event) {
                return i;
            }
        }
        return -1;
    }

    @Override
    @SuppressWarnings({"unchecked", "rawtypes"}) // an event fires with outcomes of its own type
    public Fired<?> get(int index) {
        Objects.checkIndex(index, size);
        return new Fired(events[index], outcomes[index]);
    }

    @Override
    public int size() {
        return size;
    }
}
