package dev.tarry.events;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;

/**
 * A future is done: a level event that tells how. A failure of the future is told as an {@link
 * Outcome.Failed} with its cause, and is no failure of this event; a future that was cancelled has
 * failed with a {@link CancellationException}. Waiting in vain cancels nothing.
 *
 * <p>However many waits there are, one callback for each future and scheduler is registered.
 *
 * @param <T> the value of the future, which may be null
 */
public final class Completion<T> implements BaseEvent<Outcome<T>> {
    private final Object source;

    /** What tells; null for a stage that makes a future of itself for each who asks. */
    private final @Nullable Future<T> future;

    private Completion(Object source, @Nullable Future<T> future) {
        this.source = source;
        this.future = future;
    }

    /**
     * A {@link CompletionStage} is complete. It must support {@code toCompletableFuture}, or this
     * fires as failed.
     */
    public static <T> Completion<T> of(CompletionStage<T> stage) {
        return stage.getClass() == CompletableFuture.class
                ? new Completion<>(stage, stage.toCompletableFuture())
                : new Completion<>(stage, null);
    }

    /** A {@link ListenableFuture} is done. */
    public static <T> Completion<T> of(ListenableFuture<T> future) {
        return new Completion<>(future, future);
    }

    @SuppressWarnings("unchecked") // without a future of its own the source is a stage
    private Future<T> future(Reactor reactor) {
        return future != null ? future : StageCopy.of((CompletionStage<T>) source, reactor);
    }

    @Override
    public @Nullable Outcome<Outcome<T>> poll(Reactor reactor) {
        Outcome<T> end = end(reactor);
        return end == null ? null : new Outcome.Value<>(end);
    }

    /** How the future ended, or null if it has not. */
    @Nullable Outcome<T> end(Reactor reactor) {
        Future<T> now = future(reactor);
        return switch (now.state()) {
            case RUNNING -> null;
            case SUCCESS -> new Outcome.Value<>(now.resultNow());
            case FAILED -> new Outcome.Failed<>(unwrapped(now.exceptionNow()));
            case CANCELLED ->
                    new Outcome.Failed<>(new CancellationException("the future was cancelled"));
        };
    }

    private static Throwable unwrapped(Throwable failure) {
        if (!(failure instanceof CompletionException)) {
            return failure; // unasked: it may be a user's, and throw
        }
        Throwable cause = failure.getCause();
        return cause != null ? cause : failure;
    }

    @Override
    public void arm(Waiter waiter) {
        // The future is asked and tells: if it is a copy of the stage, the stage would tell before
        // the copy is complete.
        Future<T> tells = future(waiter.reactor());
        Watch.arm(waiter, tells, action -> whenDone(tells, action));
    }

    private static void whenDone(Future<?> future, Runnable action) {
        if (future instanceof CompletableFuture<?> completable) {
            var unused = completable.whenComplete((value, failure) -> action.run());
        } else {
            ((ListenableFuture<?>) future).addListener(action, MoreExecutors.directExecutor());
        }
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
