package dev.tarry.events;

import org.jspecify.annotations.Nullable;

import java.util.Objects;

/**
 * How something ended: with a value, with a failure, or because it was closed.
 *
 * @param <R> the type of the value
 */
public sealed interface Outcome<R extends @Nullable Object> {

    /**
     * It fired (or ended) with this value.
     *
     * @param value what it told
     */
    record Value<R extends @Nullable Object>(R value) implements Outcome<R> {}

    /**
     * It failed: a bad fd, a process that never existed, a task that threw.
     *
     * @param cause why
     */
    record Failed<R extends @Nullable Object>(Throwable cause) implements Outcome<R> {
        /** There is always a cause. */
        public Failed {
            Objects.requireNonNull(cause, "cause");
        }
    }

    /**
     * The resource was closed through its handle.
     *
     * @param what the name of the resource, for messages
     */
    record Closed<R extends @Nullable Object>(String what) implements Outcome<R> {}

    /** The value; else throws {@link ClosedException} or {@link EventFailedException}. */
    default R get() {
        return switch (this) {
            case Value<R>(R value) -> value;
            case Failed<R>(Throwable cause) -> throw new EventFailedException(cause);
            case Closed<R>(String what) -> throw new ClosedException(what);
        };
    }

    /** Whether there is a value. */
    default boolean isValue() {
        return this instanceof Value;
    }
}
