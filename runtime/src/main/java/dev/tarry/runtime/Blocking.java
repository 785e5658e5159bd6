package dev.tarry.runtime;

import dev.tarry.events.Completion;
import dev.tarry.events.Outcome;
import dev.tarry.scheduler.CancelledException;
import dev.tarry.scheduler.Task;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Threads for code that blocks: made as needed, kept for a minute, and no reason to stay alive. */
final class Blocking {
    private static final ExecutorService THREADS =
            Executors.newCachedThreadPool(
                    Thread.ofPlatform().daemon().name("tarry-blocking-", 0).factory());

    private Blocking() {}

    static <T extends @Nullable Object> T run(Callable<? extends T> code) throws Exception {
        Task<?> task = Task.current();
        CompletableFuture<T> result = new CompletableFuture<>();
        Future<?> running =
                THREADS.submit(
                        () -> {
                            try {
                                result.complete(code.call());
                            } catch (Throwable t) {
                                result.completeExceptionally(t);
                            }
                        });
        try {
            var fired =
                    task.await(
                            List.of(Completion.of(result)), null, dev.tarry.scheduler.Choice.FAIR);
            return value(fired.get(0).outcome());
        } catch (CancelledException e) {
            running.cancel(true);
            throw e;
        }
    }

    @SuppressWarnings("unchecked") // the only event of the wait
    private static <T extends @Nullable Object> T value(Outcome<?> outcome) throws Exception {
        if (outcome instanceof Outcome.Failed<?>(Throwable cause)) {
            switch (cause) {
                case Error e -> throw e;
                case Exception e -> throw e;
                default -> throw new IllegalStateException(cause);
            }
        }
        return (T) outcome.get();
    }
}
