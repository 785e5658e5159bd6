package dev.tarry.integration;

import dev.tarry.runtime.Guest;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;

/**
 * A user interface without windows: one thread that takes what others give it from a queue, and
 * whose loop can be run within itself, as that of a dialog is. It refuses when it is told to.
 */
final class QueueHost implements Executor, AutoCloseable {
    private final BlockingQueue<Runnable> queue = new LinkedBlockingQueue<>();
    private volatile Thread thread;
    private volatile boolean ended;

    /** Asked at each {@code execute}. */
    volatile BooleanSupplier refuses = () -> false;

    QueueHost() {
        thread = newThread();
    }

    private Thread newThread() {
        return Thread.ofPlatform().daemon().name("host").start(() -> loopUntil(() -> ended));
    }

    Thread thread() {
        return thread;
    }

    Guest guest(String carrier) {
        return call(() -> Runs.with(carrier, () -> Guest.on(this)));
    }

    @Override
    public void execute(Runnable step) {
        if (refuses.getAsBoolean()) {
            throw new RejectedExecutionException("the host is full");
        }
        queue.add(step);
    }

    /** On the host's thread: runs what comes until {@code over} holds. */
    void loopUntil(BooleanSupplier over) {
        while (!over.getAsBoolean()) {
            try {
                queue.take().run();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** Runs {@code code} on the host's thread, though it refuses others. */
    <T> T call(Callable<T> code) {
        try {
            return start(code).get();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    <T> Future<T> start(Callable<T> code) {
        FutureTask<T> task = new FutureTask<>(code);
        queue.add(task);
        return task;
    }

    /** On the host's thread: a dialog that {@code closed} closes. */
    void dialog(CompletableFuture<?> closed) {
        closed.thenRun(() -> queue.add(() -> {}));
        loopUntil(closed::isDone);
    }

    /** Ends the thread; what is in the queue stays there. */
    void end() throws InterruptedException {
        ended = true;
        queue.add(() -> {});
        thread.join();
    }

    /** Another thread goes on with the queue. */
    void restart() {
        ended = false;
        thread = newThread();
    }

    @Override
    public void close() throws InterruptedException {
        end();
    }
}
