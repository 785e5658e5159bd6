package dev.tarry.scheduler;

import dev.tarry.events.WakeupGuard;
import dev.tarry.events.internal.Reports;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * What other threads want done on the loop. Whatever they want of a scheduler or of its tasks comes
 * this way, with the {@link WakeupGuard}; few things do not have to, and are listed in {@code
 * ThreadsTest} of tests/architecture. Lock-free, since a virtual thread of anybody's may call it
 * while it is pinned.
 */
final class Inbox {
    /** A bound for each turn, so that a flood from outside does not starve the tasks. */
    private static final int BATCH = 4096;

    private final Queue<Runnable> actions = new ConcurrentLinkedQueue<>();
    private final WakeupGuard guard;
    private volatile boolean closed;

    Inbox(WakeupGuard guard) {
        this.guard = guard;
    }

    /** Any thread. Answers false if the loop has ended and {@code action} will not run. */
    boolean post(Runnable action) {
        actions.add(action);
        // Added first, asked then: whoever closes drains after saying so, and one of us sees it.
        if (closed && actions.remove(action)) {
            return false;
        }
        guard.wake();
        return true;
    }

    boolean isEmpty() {
        return actions.isEmpty();
    }

    /** Runs what is there. Loop only. */
    void take() {
        Runnable action;
        for (int i = 0; i < BATCH && (action = actions.poll()) != null; i++) {
            run(action);
        }
    }

    /** Whoever has posted it is gone, and those behind it have done nothing wrong. */
    private static void run(Runnable action) {
        try {
            action.run();
        } catch (Throwable t) {
            Reports.warn("what was posted to the loop has failed", t);
        }
    }

    /** From now on refuses, and runs what was accepted before, all of it. Loop only. */
    void close() {
        closed = true;
        Runnable action;
        while ((action = actions.poll()) != null) {
            run(action);
        }
    }
}
