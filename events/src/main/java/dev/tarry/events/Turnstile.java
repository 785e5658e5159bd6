package dev.tarry.events;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Keeps the end of something apart from its uses by any threads: after {@link #close} nobody enters
 * any more, and the last one inside, or else the one that closes, does what is to be done then.
 *
 * <p>Nobody waits for anybody, and there is a reason why it is no monitor. The JDK has one thread
 * that makes all virtual threads ready that have waited for a monitor, by calling their executors;
 * ours rings at the loop. If that thread queued for a monitor behind a virtual thread, which only
 * it can make ready, no virtual thread of the JVM that waits for any monitor would ever go on.
 */
final class Turnstile {
    private static final int CLOSED = Integer.MIN_VALUE;

    /** How many are inside, and whether it is closed. */
    private final AtomicInteger state = new AtomicInteger();

    private final Runnable end;

    /**
     * An open one.
     *
     * @param end called once
     */
    Turnstile(Runnable end) {
        this.end = end;
    }

    /** Answers whether it is open; if so, {@link #leave} has to follow. */
    boolean enter() {
        int inside;
        do {
            inside = state.get();
            if (inside < 0) {
                return false;
            }
        } while (!state.compareAndSet(inside, inside + 1));
        return true;
    }

    void leave() {
        if (state.decrementAndGet() == CLOSED) {
            end.run();
        }
    }

    /** Closing again does nothing. */
    void close() {
        if (state.getAndUpdate(inside -> inside | CLOSED) == 0) {
            end.run();
        }
    }
}
