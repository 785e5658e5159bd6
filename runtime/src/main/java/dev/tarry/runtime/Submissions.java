package dev.tarry.runtime;

import dev.tarry.events.Order;
import dev.tarry.events.internal.Reports;
import dev.tarry.scheduler.Scheduler;
import dev.tarry.scheduler.Task;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tasks that any thread submits to one scheduler, each for a future. They are independent: a
 * failure goes to the future of its task and nowhere else.
 */
final class Submissions {
    private final Scheduler scheduler;

    /** The futures of the tasks that have not ended: an error of the scheduler itself ends them. */
    private final Set<CompletableFuture<?>> pending = ConcurrentHashMap.newKeySet();

    /** Written by the loop before anybody is told that it takes tasks. */
    private volatile @Nullable Scope scope;

    /** Why it takes no more, if that is a failure. */
    private volatile @Nullable Throwable failure;

    /**
     * @param scheduler one that does not run yet, or whose loop is the caller
     * @param ready called on the loop when it takes tasks
     */
    Submissions(Scheduler scheduler, Runnable ready) {
        this.scheduler = scheduler;
        var unused = scheduler.spawn("service", scheduler.root(), () -> serve(ready), ended -> {});
    }

    private @Nullable Void serve(Runnable ready) {
        Scope.supervise(
                // Of what was submitted the future has it; this is for what such a task has
                // started.
                (task, failure) -> Reports.warn(task + " has failed", failure),
                all -> {
                    scope = all;
                    ready.run();
                    var unused =
                            Task.current().await(List.of(), null, Order.FAIR); // till cancelled
                });
        return null;
    }

    /** Whether it takes tasks yet. */
    boolean isOpen() {
        return scope != null;
    }

    /** Whether whoever calls is a task of it. Any thread. */
    boolean isOfCaller() {
        Task<?> caller = Scheduler.currentTask();
        return caller != null && caller.scheduler() == scheduler;
    }

    /** Cancels all tasks, and takes no more. Any thread. */
    void cancel() {
        Scope all = scope;
        if (all != null) {
            all.cancel();
        } else {
            scheduler.root().cancel();
        }
    }

    /** The scheduler has ended: those that wait for it hear of it. */
    void end() {
        pending.forEach(future -> future.completeExceptionally(stopped()));
    }

    /** Its tasks will not run on: those that wait hear of {@code cause}, at once. Any thread. */
    void fail(Throwable cause) {
        failure = cause;
        pending.forEach(future -> future.completeExceptionally(cause));
    }

    /** Starts a task. Cancelling the future cancels the task. Any thread. */
    <T extends @Nullable Object> CompletableFuture<T> submit(Callable<? extends T> body) {
        CompletableFuture<T> future = new CompletableFuture<>();
        pending.add(future);
        var unused = future.whenComplete((value, failure) -> pending.remove(future));
        // Asked after it was added: whoever fails says so first, and then looks at those here.
        if (failure != null || !scheduler.post(() -> start(body, future))) {
            future.completeExceptionally(stopped());
        }
        return future;
    }

    private <T extends @Nullable Object> void start(
            Callable<? extends T> body, CompletableFuture<T> future) {
        Scope all = scope;
        if (all == null || all.isCancelled() || future.isDone()) {
            future.completeExceptionally(stopped());
            return;
        }
        Task<?> task = all.spawn(() -> run(body, future));
        var unused =
                future.whenComplete(
                        (value, failure) -> {
                            if (future.isCancelled()) {
                                task.cancel();
                            }
                        });
    }

    private static <T extends @Nullable Object> void run(
            Callable<? extends T> body, CompletableFuture<T> future) {
        try {
            future.complete(body.call());
        } catch (Throwable t) {
            future.completeExceptionally(t);
        }
    }

    private IllegalStateException stopped() {
        return new IllegalStateException("the scheduler " + scheduler + " has stopped", failure);
    }
}
