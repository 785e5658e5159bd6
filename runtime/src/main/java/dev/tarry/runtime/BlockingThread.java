package dev.tarry.runtime;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread for code that blocks. It runs what the loop hands to it, one job after the other, and
 * ends when it has had nothing to do for a while, or its scheduler has ended.
 *
 * <pre>
 *   (null) ---the loop hands over---> a job ---it has come to its end---> (null)
 *     |
 *     +---idle for long, or the scheduler has ended---> GONE
 * </pre>
 */
final class BlockingThread extends Thread {
    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final long KEPT_IDLE = TimeUnit.MINUTES.toNanos(1);
    private static final Object GONE = new Object();

    private final AtomicReference<@Nullable Object> hand;

    BlockingThread(BlockingJob<?> first) {
        super(null, null, "tarry-blocking-" + NUMBERS.getAndIncrement(), 0, false);
        setDaemon(true);
        hand = new AtomicReference<>(first);
    }

    // ---- the loop

    /** Hands it the next job, if the thread is still there. */
    boolean take(BlockingJob<?> job) {
        boolean taken = hand.compareAndSet(null, job);
        LockSupport.unpark(this);
        return taken;
    }

    /** It ends, now if it is idle. */
    void end() {
        hand.compareAndSet(null, GONE);
        LockSupport.unpark(this);
    }

    // ---- the thread

    @Override
    public void run() {
        BlockingJob<?> job;
        do {
            job = next();
        } while (job != null && run(job));
    }

    /** Answers whether anybody would have more to do for it. */
    private boolean run(BlockingJob<?> job) {
        job.run();
        hand.set(null); // first, since the loop may hand over the next one at once
        return job.comeBack();
    }

    private @Nullable BlockingJob<?> next() {
        long idleSince = System.nanoTime();
        Object next;
        while ((next = hand.get()) == null) {
            long rest = KEPT_IDLE - (System.nanoTime() - idleSince);
            if (rest <= 0) {
                hand.compareAndSet(null, GONE);
                continue;
            }
            LockSupport.parkNanos(this, rest);
            var unused = Thread.interrupted(); // for code that has ended, or said by its job, too
        }
        return next instanceof BlockingJob<?> job ? job : null;
    }
}
