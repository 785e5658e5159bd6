package dev.tarry.runtime.guava;

import com.google.common.util.concurrent.ListenableFuture;

import dev.tarry.events.Completion;
import dev.tarry.events.Event;
import dev.tarry.events.Outcome;

/** Futures of Guava, as events. */
public final class ListenableFutures {
    private ListenableFutures() {}

    /**
     * Level: a future is done; see {@link dev.tarry.runtime.Events#done}.
     *
     * @param <T> its value
     * @param future any thread may complete it
     * @return how it ended: with its value, or with a failure, which a cancel is, too
     */
    public static <T> Event<Outcome<T>> done(ListenableFuture<T> future) {
        return Completion.of(future);
    }
}
