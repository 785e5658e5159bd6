package dev.tarry.bench.programs;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How long it takes until a waiter knows: the time of the cause is taken on another thread, right
 * before it, and that of the effect when the waiter goes on.
 */
final class Delays {
    private final long[] nanos;
    private int count;
    private volatile long caused;

    Delays(int rounds) {
        nanos = new long[rounds];
    }

    boolean more() {
        return count < nanos.length;
    }

    int count() {
        return count;
    }

    /** Something that happens once the waiter waits. */
    interface Cause {
        void happen() throws Exception;
    }

    /** Lets {@code cause} happen soon, on another thread, and notes how late {@code wait} ends. */
    void measure(Cause cause, Callable<?> wait) throws Exception {
        Thread thread = Thread.ofPlatform().start(() -> soon(cause));
        var unused = wait.call();
        nanos[count++] = System.nanoTime() - caused;
        if (!Thread.currentThread().isVirtual()) {
            thread.join(); // in a task, the next round's thread begins after a while in any case
        }
    }

    private void soon(Cause cause) {
        try {
            // Long enough for the waiter to be asleep, as one is that waits for such things.
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
            caused = System.nanoTime();
            cause.happen();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** For the end of a thread, whose cause is its last statement. */
    Thread ending() {
        return Thread.ofPlatform().start(() -> soon(() -> {}));
    }

    /** Notes how late {@code wait} ends after the end of {@link #ending}. */
    void waited() {
        nanos[count++] = System.nanoTime() - caused;
    }

    /** In microseconds. */
    double percentile(double share) {
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        return sorted[(int) (share * (count - 1))] / 1000.0;
    }

    static Process child() throws IOException {
        return new ProcessBuilder("sleep", "60").start();
    }

    static void raise() {
        sun.misc.Signal.raise(new sun.misc.Signal("USR1"));
    }
}
