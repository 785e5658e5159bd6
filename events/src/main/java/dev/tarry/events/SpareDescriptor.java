package dev.tarry.events;

import dev.tarry.events.libc.Libc;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * One descriptor that is kept back, so that a process without any can still tell so: what writes a
 * log opens files when it is first used (its settings, the time zones, classes), and the JDK does
 * not try again what has failed once. Any thread; without a lock, since a loop comes here.
 */
final class SpareDescriptor {
    private static final int NONE = -1;
    private static final AtomicInteger SPARE = new AtomicInteger(NONE);

    private SpareDescriptor() {}

    /** Keeps one from now on, if there is one to be had. */
    static void keep() {
        if (SPARE.get() < 0) {
            int number = Libc.openToWatch("/dev/null");
            if (number >= 0 && !SPARE.compareAndSet(NONE, number)) {
                Libc.close(number);
            }
        }
    }

    /** Runs {@code action} while the spare one is free for it. */
    static void spend(Runnable action) {
        int number = SPARE.getAndSet(NONE);
        if (number >= 0) {
            Libc.close(number);
        }
        try {
            action.run();
        } finally {
            keep();
        }
    }
}
