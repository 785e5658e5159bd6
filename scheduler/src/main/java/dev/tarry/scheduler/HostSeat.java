package dev.tarry.scheduler;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Who is the thread of a guest's loop. It is the host's; once that has ended, the next one's that
 * comes; and if the host runs no more turns though it lives, another thread may take the seat, for
 * good, while the host's is outside.
 *
 * <pre>
 *   0 --enter--> 1 --enter--> 2 ...      the host's thread is inside, once or within itself
 *     <--leave--   <--leave--
 *   0 --take--> TAKEN                    for ever
 * </pre>
 */
final class HostSeat {
    private static final int TAKEN = -1;
    private static final int MOST_LOOKS = 1000; // a millisecond each

    private final Scheduler scheduler;

    // Any thread.
    private final AtomicInteger inside = new AtomicInteger();
    private volatile @Nullable Throwable why;

    HostSeat(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    /** The host's thread comes in; it may be inside already. */
    void enter() {
        if (inside.getAndUpdate(n -> n == TAKEN ? TAKEN : n + 1) == TAKEN) {
            throw gone();
        }
    }

    void leave() {
        inside.decrementAndGet();
    }

    /** If the host's thread has ended, the calling one has its place from now on. */
    void follow() {
        if (!scheduler.isCurrent()) {
            replaceTheDead();
        }
    }

    private synchronized void replaceTheDead() {
        if (!scheduler.isLoopAlive()) {
            var unused = scheduler.moveTo(Thread.currentThread());
        }
    }

    /** Makes the calling thread the loop, unless the host's thread is inside. */
    boolean take(Throwable why) {
        if (!inside.compareAndSet(0, TAKEN)) {
            return false;
        }
        this.why = why;
        Thread host = scheduler.moveTo(Thread.currentThread());
        if (host != null) {
            awaitOutside(host);
        }
        return true;
    }

    /**
     * Outside of turns the host may use what belongs to the loop: cancel a task, send to a channel.
     * It asks first whether it is the loop's thread, and from now on it is not; but it may have
     * asked a moment ago. To take its stack brings it to a stop, after which it sees our writes.
     */
    private static void awaitOutside(Thread host) {
        for (int looks = 0; looks < MOST_LOOKS && isInOurCode(host); looks++) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static boolean isInOurCode(Thread thread) {
        for (StackTraceElement frame : thread.getStackTrace()) {
            String name = frame.getClassName();
            if (name.startsWith("dev.tarry.scheduler.")
                    || name.startsWith("dev.tarry.events.")
                    || name.startsWith("dev.tarry.runtime.")) {
                return true;
            }
        }
        return false;
    }

    boolean isTaken() {
        return inside.get() == TAKEN;
    }

    /** Throws if there is no host any more. */
    void checkHosted() {
        if (isTaken()) {
            throw gone();
        }
    }

    IllegalStateException gone() {
        return new IllegalStateException(
                "the guest " + scheduler + " was given up by its host", why);
    }
}
