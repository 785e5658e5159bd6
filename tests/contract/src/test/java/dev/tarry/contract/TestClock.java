package dev.tarry.contract;

import dev.tarry.events.Clock;

import java.time.Duration;

/** The machine's time, which a test can push ahead: what takes an hour need not be waited for. */
final class TestClock implements Clock {
    private volatile long ahead;

    @Override
    public long nanos() {
        return System.nanoTime() + ahead;
    }

    /** Called on the loop, which looks at its timers again in the next turn. */
    void advance(Duration by) {
        ahead += by.toNanos();
    }
}
