package dev.tarry.events;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * A future is done: a level event with its value. If it failed or was cancelled, the event fires as
 * failed with the cause. Waiting in vain cancels nothing.
 *
 * <p>However many waits there are, one callback for each future and scheduler is registered.
 *
 * @param <T> the value; a future may have null, which {@code Optional} shows as empty
 */
public final class Completion<T> implements Event<T> {
    private final Object source;
    private final Future<T> future;
    private final Consumer<Runnable> whenDone;

    private Completion(Object source, Future<T> future, Consumer<Runnable> whenDone) {
        this.source = source;
        this.future = future;
        this.whenDone = whenDone;
    }

    /** A {@link CompletionStage} is complete. It must support {@code toCompletableFuture}. */
    public static <T> Completion<T> of(CompletionStage<T> stage) {
        // The future is asked and tells: if it is a copy of the stage, the stage would tell before
        // the copy is complete.
        CompletableFuture<T> future = stage.toCompletableFuture();
        return new Completion<>(
                future,
                future,
                action -> {
                    var unused = future.whenComplete((value, failure) -> action.run());
                });
    }

    /** A {@link ListenableFuture} is done. */
    public static <T> Completion<T> of(ListenableFuture<T> future) {
        return new Completion<>(
                future,
                future,
                action -> future.addListener(action, MoreExecutors.directExecutor()));
    }

    @Override
    public @Nullable Outcome<T> poll(Reactor reactor) {
        return switch (future.state()) {
            case RUNNING -> null;
            case SUCCESS -> new Outcome.Value<>(future.resultNow());
            case FAILED -> new Outcome.Failed<>(unwrapped(future.exceptionNow()));
            case CANCELLED ->
                    new Outcome.Failed<>(new CancellationException("the future was cancelled"));
        };
    }

    private static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }

    @Override
    public void arm(Waiter waiter) {
        Watch.arm(waiter, source, whenDone);
    }

    @Override
    public void disarm(Waiter waiter) {
        Watch.disarm(waiter);
    }

    @Override
    public String toString() {
        return "completion of " + source;
    }
}
