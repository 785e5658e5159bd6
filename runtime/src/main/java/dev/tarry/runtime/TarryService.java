package dev.tarry.runtime;

import com.google.common.util.concurrent.AbstractService;

import dev.tarry.scheduler.Choice;
import dev.tarry.scheduler.Scheduler;
import dev.tarry.scheduler.Task;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A scheduler on a daemon thread of its own, for applications that have threads already: any of
 * them can submit tasks, and gets futures. {@link Tarry#start} makes one that runs.
 *
 * <pre>{@code
 * try (var tarry = Tarry.start()) {
 *     CompletableFuture<ExitStatus> built =
 *             tarry.submit(() -> Tarry.await(Events.exit(new ProcessBuilder("make").start())));
 *     ...
 * }
 * }</pre>
 *
 * <p>The tasks are independent: a failure goes to the future of its task and nowhere else. Stopping
 * cancels them all, and is done when they have ended. It is a Guava service, so a {@code
 * ServiceManager} can keep it. Everything here is for any thread.
 */
public final class TarryService extends AbstractService implements AutoCloseable {
    private final Scheduler.Builder builder;

    /** The futures of the tasks that have not ended: an error of the scheduler itself ends them. */
    private final Set<CompletableFuture<?>> pending = ConcurrentHashMap.newKeySet();

    /** Made when it is started, since it holds descriptors. */
    private volatile @Nullable Scheduler scheduler;

    /** Written by the loop before the service says that it runs. */
    private volatile @Nullable Scope scope;

    /** A service that was not started yet; see {@link #startAsync}. */
    public TarryService() {
        this(Scheduler.builder().name("tarry-service"));
    }

    /**
     * A service that was not started yet, on a scheduler that is made as you say.
     *
     * @param builder how
     */
    public TarryService(Scheduler.Builder builder) {
        this.builder = builder;
    }

    @Override
    protected void doStart() {
        Scheduler made = builder.build();
        made.serve();
        scheduler = made;
        var unused = Thread.ofPlatform().daemon().name(made.toString()).start(() -> loop(made));
    }

    private void loop(Scheduler made) {
        try {
            var unused = made.spawn("service", made.root(), this::main, ended -> {});
            made.run();
            notifyStopped();
        } catch (Throwable t) {
            notifyFailed(t);
        } finally {
            pending.forEach(future -> future.completeExceptionally(stopped()));
        }
    }

    private @Nullable Void main() {
        Scope.supervise(
                (task, failure) -> {}, // its future has it
                all -> {
                    scope = all;
                    notifyStarted();
                    var unused =
                            Task.current().await(List.of(), null, Choice.FAIR); // till cancelled
                });
        return null;
    }

    @Override
    protected void doStop() {
        Scheduler made = scheduler;
        Scope all = scope;
        if (all != null) {
            all.cancel();
        } else if (made != null) {
            made.root().cancel();
        }
    }

    /** Starts a task. Cancelling the future cancels the task. */
    public <T extends @Nullable Object> CompletableFuture<T> submit(Callable<? extends T> body) {
        Scope all = scope;
        if (all == null) {
            throw new IllegalStateException("the service is not running: " + state());
        }
        CompletableFuture<T> future = new CompletableFuture<>();
        pending.add(future);
        var unused = future.whenComplete((value, failure) -> pending.remove(future));
        if (!all.scheduler().post(() -> start(all, body, future))) {
            future.completeExceptionally(stopped());
        }
        return future;
    }

    /** Starts a task that returns nothing. */
    public CompletableFuture<@Nullable Void> submit(Body body) {
        return this.<@Nullable Void>submit(
                () -> {
                    body.run();
                    return null;
                });
    }

    private <T extends @Nullable Object> void start(
            Scope all, Callable<? extends T> body, CompletableFuture<T> future) {
        if (all.isCancelled() || future.isDone()) {
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
        return new IllegalStateException(this + " has stopped");
    }

    /** Cancels all tasks and waits until they have ended. */
    @Override
    public void close() {
        stopAsync().awaitTerminated();
    }
}
