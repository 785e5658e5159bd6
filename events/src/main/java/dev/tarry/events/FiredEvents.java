package dev.tarry.events;

import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * What a wait for several events returns: those that fired, in the order in which they were given;
 * none if the time was over first. It can be gone through, and asked for each event of the wait, so
 * that nobody has to cast.
 *
 * @param <R> what all the events tell
 */
public interface FiredEvents<R> extends Iterable<Fired<R>> {

    /** How many fired. */
    int size();

    /** Whether none did, since the time was over. */
    default boolean isEmpty() {
        return size() == 0;
    }

    /**
     * Whether {@code event} fired, with whatever outcome.
     *
     * @throws IllegalArgumentException if it was not in the wait
     */
    boolean has(Event<?> event);

    /**
     * How {@code event} fired; empty if it did not. Throws nothing that the event has told.
     *
     * @throws IllegalArgumentException if it was not in the wait
     */
    <T> Optional<Outcome<T>> outcome(Event<T> event);

    /**
     * The value of {@code event}; empty if it did not fire, and only then.
     *
     * @throws ClosedException if it fired because its resource was closed
     * @throws EventFailedException if it fired as failed
     * @throws IllegalArgumentException if it was not in the wait
     */
    default <T> Optional<T> get(Event<T> event) {
        return outcome(event).map(Outcome::get);
    }

    /**
     * The first that fired, the only one perhaps.
     *
     * @throws NoSuchElementException if none did
     */
    default Fired<R> first() {
        return iterator().next();
    }

    /** Those that fired. */
    default Stream<Fired<R>> stream() {
        return StreamSupport.stream(spliterator(), false);
    }
}
