package dev.tarry.events;

import org.jspecify.annotations.Nullable;

/** {@link Event#never}. */
final class NeverEvent implements BaseEvent<Object> {
    static final NeverEvent NEVER = new NeverEvent();

    private NeverEvent() {}

    @Override
    public @Nullable Outcome<Object> poll(Reactor reactor) {
        return null;
    }

    @Override
    public void arm(Waiter waiter) {}

    @Override
    public void disarm(Waiter waiter) {}

    @Override
    public String toString() {
        return "never";
    }
}
