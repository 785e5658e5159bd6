package dev.tarry.events;

import dev.tarry.events.internal.Reports;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Wakes a loop that sleeps in its poller, with one system call for any number of wake-ups and none
 * for a loop that is awake.
 *
 * <pre>
 *             loop: beforeSleep            anyone: wake
 *   AWAKE ---------------------> ASLEEP -----------------> NOTIFIED   (this one calls wakeup())
 *     ^                            |                          |
 *     +------- loop: afterSleep ---+--------------------------+
 * </pre>
 *
 * The loop says {@code beforeSleep}, looks at its inbox once more, and sleeps only if that is
 * empty; the others put their message in, then say {@code wake}. Both sides write before they read
 * (and the accesses are sequentially consistent), so at least one sees the other: no wake-up is
 * lost. With the inbox this is how another thread gets the attention of a loop. Which classes
 * threads share beside these two, and why each of them, is listed in {@code ThreadsTest} of
 * tests/architecture.
 */
public final class WakeupGuard {
    private static final int AWAKE = 0;
    private static final int ASLEEP = 1;
    private static final int NOTIFIED = 2;

    private final AtomicInteger state = new AtomicInteger(AWAKE);
    private final Runnable wakeup;

    /**
     * A guard for a loop that is awake.
     *
     * @param wakeup ends the sleep, now or the next one to come; any thread
     */
    public WakeupGuard(Runnable wakeup) {
        this.wakeup = wakeup;
    }

    /** The loop is about to look at its inbox for the last time before it sleeps. Loop only. */
    public void beforeSleep() {
        state.set(ASLEEP);
    }

    /** The loop is awake. Loop only. */
    public void afterSleep() {
        state.set(AWAKE);
    }

    /** A message has been put into the inbox. Any thread. */
    public void wake() {
        if (state.get() == ASLEEP && state.compareAndSet(ASLEEP, NOTIFIED)) {
            try {
                wakeup.run();
            } catch (Throwable t) { // a user's poller; whoever has sent something has sent it
                state.compareAndSet(NOTIFIED, ASLEEP); // the next one tries again
                Reports.warn("a loop could not be woken", t);
            }
        }
    }
}
