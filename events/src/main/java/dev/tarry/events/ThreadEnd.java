package dev.tarry.events;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.ForkJoinPool;

/**
 * A thread has ended: a level event, for platform and virtual threads. A thread that was never
 * started fires as failed.
 *
 * <p>The kernel has no event for this (kevent(2) did without it, too). A virtual thread joins the
 * thread and tells the loop; a waiting virtual thread holds no OS thread, so ten thousand joins
 * cost none. There is one for each thread and scheduler, however many waits there are.
 */
public final class ThreadEnd implements BaseEvent<Thread> {

    private final Thread thread;

    private ThreadEnd(Thread thread) {
        this.thread = thread;
    }

    /** The end of {@code thread}. */
    public static ThreadEnd of(Thread thread) {
        return new ThreadEnd(thread);
    }

    @Override
    public @Nullable Outcome<Thread> poll(Reactor reactor) {
        return switch (thread.getState()) {
            case TERMINATED -> new Outcome.Value<>(thread);
            case NEW ->
                    new Outcome.Failed<>(
                            new IllegalThreadStateException(
                                    "thread '" + thread.getName() + "' has not been started"));
            default -> null;
        };
    }

    @Override
    public void arm(Waiter waiter) {
        Watch.arm(waiter, thread, tell -> join(thread, tell));
    }

    @Override
    public void disarm(Waiter waiter) {
        Watch.disarm(waiter);
    }

    // By way of the common pool, whose workers are platform threads: a virtual thread that is
    // started by a task would run on the task's own loop.
    private static void join(Thread thread, Runnable whenEnded) {
        ForkJoinPool.commonPool()
                .execute(
                        () ->
                                Thread.ofVirtual()
                                        .name("tarry-join-", thread.threadId())
                                        .start(() -> joinUninterrupted(thread, whenEnded)));
    }

    private static void joinUninterrupted(Thread thread, Runnable whenEnded) {
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                // Nobody has this thread to interrupt it for a reason; the join goes on.
            }
        }
        whenEnded.run();
    }

    @Override
    public String toString() {
        return "end of thread '" + thread.getName() + "' (#" + thread.threadId() + ")";
    }
}
