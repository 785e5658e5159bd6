package dev.tarry.runtime;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A lock for a few instructions, for which nobody sleeps. Whoever holds it calls no system, wakes
 * nobody and waits for nothing; so it is free again at once, unless the system takes the holder's
 * processor away just then, which those who spin have to sit out.
 *
 * <p>A monitor will not do. A task that sleeps for one lets other tasks run, at a place where no
 * reader expects it. And a monitor that is released wakes the first who waits for it, and nobody
 * else until that one has come. If that is a task whose loop must not run it ({@code atomically}),
 * or cannot, since it stands behind it in the same queue, all of them wait for ever.
 */
final class SpinLock {
    private static final int SPINS = 1_000;

    private final AtomicBoolean held = new AtomicBoolean();

    /**
     * Who calls this has asked for stack: here it would be too late, where a wait disarms, say, and
     * must not fail.
     */
    void lock() {
        for (int spins = 0; held.get() || !held.compareAndSet(false, true); spins++) {
            if (spins < SPINS || Thread.currentThread().isVirtual()) {
                Thread.onSpinWait(); // a task that yields would let others run
            } else {
                Thread.yield();
            }
        }
    }

    void unlock() {
        assert held.get();
        held.setRelease(false);
    }
}
