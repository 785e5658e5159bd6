package dev.tarry.events;

import dev.tarry.events.internal.Combined;

import java.util.Objects;
import java.util.function.Supplier;

/** {@link Event#guard}. A wait has to do with what it makes only. */
final class GuardedEvent<R> extends CombinedEvent<R> {
    private final Supplier<? extends Event<? extends R>> maker;

    GuardedEvent(Supplier<? extends Event<? extends R>> maker) {
        this.maker = Objects.requireNonNull(maker, "maker");
        isGuarded();
    }

    @Override
    public Event<?> made() {
        Event<?> made =
                Objects.requireNonNull(maker.get(), "the maker of a guarded event answered null");
        return Combined.made(made);
    }

    @Override
    public void list(int first, Places places) {
        throw unmade();
    }

    @Override
    public int poll(int first, Places places) {
        throw unmade();
    }

    @Override
    public Object result(int first, int leaf, Outcome<?> raw) {
        throw unmade();
    }

    @Override
    public void ended(int first, int leaf) {
        throw unmade();
    }

    private static AssertionError unmade() {
        return new AssertionError("it is made before the wait begins");
    }

    @Override
    public String toString() {
        return "an event made for each wait by " + maker;
    }
}
