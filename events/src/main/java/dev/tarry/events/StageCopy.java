package dev.tarry.events;

import org.jspecify.annotations.Nullable;

import java.lang.ref.WeakReference;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The future that a loop has of a stage. Many stages make a new one for each who asks, and keep it
 * until they are complete, so a loop asks once. The stage keeps it alive; this must not, since it
 * may refer to the stage (see {@link Reactor#companion}). Loop only.
 */
final class StageCopy {
    private @Nullable WeakReference<CompletableFuture<?>> copy;

    private StageCopy() {}

    @SuppressWarnings("unchecked") // the copy is of this stage
    static <T> CompletableFuture<T> of(CompletionStage<T> stage, Reactor reactor) {
        StageCopy kept = reactor.companion(stage, StageCopy.class, s -> new StageCopy());
        CompletableFuture<?> known = kept.copy == null ? null : kept.copy.get();
        if (known != null) {
            return (CompletableFuture<T>) known;
        }
        CompletableFuture<T> made = stage.toCompletableFuture();
        kept.copy = new WeakReference<>(made);
        return made;
    }
}
