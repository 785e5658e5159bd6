package dev.tarry.concurrency;

import java.util.concurrent.atomic.AtomicInteger;

/** The guard of the library with two mistakes: a weak write, and a check that is not one step. */
final class BrokenGuard {
    private static final int ASLEEP = 1;
    private static final int NOTIFIED = 2;

    private final AtomicInteger state = new AtomicInteger();
    private final Runnable wakeup;

    BrokenGuard(Runnable wakeup) {
        this.wakeup = wakeup;
    }

    void beforeSleep() {
        state.setRelease(ASLEEP); // may reach the others after what is read next
    }

    void wake() {
        if (state.get() == ASLEEP) {
            state.set(NOTIFIED); // another may have been here since
            wakeup.run();
        }
    }
}
