package dev.tarry.events;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;

/**
 * Fired by hand, from any thread: the way in for whatever has no event of its own, a callback of a
 * library for example. A claim: each value that was fired is taken by one wait, in order, and is
 * kept until then.
 *
 * @param <T> what is fired
 */
public final class Trigger<T> extends QueuedEvent<T> {
    private final Reactor reactor;

    // Loop only.
    private final Queue<T> fired = new ArrayDeque<>();

    /**
     * A trigger that has not fired. Loop only.
     *
     * @param reactor whose tasks may wait
     */
    public Trigger(Reactor reactor) {
        this.reactor = reactor;
    }

    /**
     * Fires. Any thread.
     *
     * @return false if the scheduler has ended, so that nobody will ever take it
     */
    public boolean fire(T value) {
        Objects.requireNonNull(value, "value");
        return reactor.post(
                () -> {
                    if (!waiters().commitFirst(new Outcome.Value<>(value))) {
                        fired.add(value);
                    }
                });
    }

    @Override
    public @Nullable Outcome<T> poll(Reactor reactor) {
        this.reactor.checkLoop();
        T value = fired.poll();
        return value != null ? new Outcome.Value<>(value) : null;
    }

    @Override
    public boolean isClaim() {
        return true;
    }

    @Override
    public String toString() {
        return "trigger@" + Integer.toHexString(System.identityHashCode(this));
    }
}
