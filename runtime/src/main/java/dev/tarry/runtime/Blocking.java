package dev.tarry.runtime;

import dev.tarry.events.Reactor;
import dev.tarry.scheduler.Scheduler;
import dev.tarry.scheduler.Task;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Callable;

/**
 * The threads of one scheduler for code that blocks, and the queue of what waits for one: first
 * come, first served. Loop only: the loop decides which code runs, and hands it to a thread.
 *
 * <p>Each scheduler has its own, which end with it. So none can take them all from another, and
 * code in {@code blocking} may run a loop of its own that needs some, too.
 */
final class Blocking implements AutoCloseable {
    private final Scheduler scheduler;
    private final int most;
    private final Set<BlockingJob<?>> queue = new LinkedHashSet<>(); // out of which one can take
    private final Set<BlockingJob<?>> running = new LinkedHashSet<>();
    private final Deque<BlockingThread> idle = new ArrayDeque<>(); // the last one is warm

    private Blocking(Scheduler scheduler) {
        this.scheduler = scheduler;
        this.most = scheduler.blockingThreads();
        scheduler.reactor().holding(this);
    }

    private static Blocking of(Scheduler scheduler) {
        Reactor reactor = scheduler.reactor();
        return reactor.companion(Blocking.class, Blocking.class, k -> new Blocking(scheduler));
    }

    // ---- for a task

    /**
     * Runs {@code code}, and waits for it.
     *
     * @param late if not null, a cancel does not wait for the code, whose result then goes there
     */
    static <T extends @Nullable Object> T run(
            Callable<? extends T> code, @Nullable LateResult<? super T> late) throws Exception {
        if (Thread.currentThread() instanceof BlockingThread) {
            return code.call(); // may block already
        }
        Task<?> task = Task.current();
        task.checkpoint();
        Blocking pool = of(task.scheduler());
        BlockingJob<T> job = new BlockingJob<>(pool, code, late);
        // By the loop, in a moment: it has stack enough to start a thread in one step, and a task
        // that turns out to be unable to wait here can take it back.
        pool.scheduler.post(job::start);
        try {
            var unused = task.await(job);
        } catch (Throwable t) {
            if (job.withdraw()) {
                throw t;
            }
            job.interrupt();
            if (job.abandon()) {
                throw t;
            }
            var unused = Scope.shield(s -> task.await(job));
            return job.resultDespite(t);
        }
        return job.result();
    }

    // ---- for the jobs

    Scheduler scheduler() {
        return scheduler;
    }

    void queue(BlockingJob<?> job) {
        queue.add(job);
        handOver();
    }

    void unqueue(BlockingJob<?> job) {
        queue.remove(job);
    }

    /** {@code thread} has come back from {@code job}. */
    void free(BlockingJob<?> job, BlockingThread thread) {
        running.remove(job);
        idle.add(thread);
        handOver();
    }

    private void handOver() {
        while (!queue.isEmpty() && running.size() < most) {
            BlockingJob<?> job = queue.iterator().next();
            BlockingThread thread;
            try {
                thread = threadFor(job);
            } catch (Throwable t) { // the system gives no more threads
                if (!running.isEmpty()) {
                    return; // those that there are will come to it
                }
                queue.remove(job);
                job.refuse(t);
                continue;
            }
            queue.remove(job);
            running.add(job);
            job.runsOn(thread);
        }
    }

    private BlockingThread threadFor(BlockingJob<?> job) {
        BlockingThread thread;
        while ((thread = idle.pollLast()) != null) {
            if (thread.take(job)) {
                return thread;
            }
        }
        thread = new BlockingThread(job);
        thread.start();
        return thread;
    }

    /**
     * The scheduler has ended. What still runs was abandoned, or its task was with the scheduler.
     */
    @Override
    public void close() {
        idle.forEach(BlockingThread::end);
        running.forEach(BlockingJob::interrupt);
    }

    @Override
    public String toString() {
        return running.size() + " of " + most + " threads are taken, " + queue.size() + " wait";
    }
}
