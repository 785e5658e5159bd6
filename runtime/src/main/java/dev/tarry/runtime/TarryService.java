package dev.tarry.runtime;

import com.google.common.util.concurrent.AbstractService;
import com.google.common.util.concurrent.Service;

import dev.tarry.events.internal.Reports;
import dev.tarry.scheduler.Scheduler;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.CompletableFuture;

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
 * cancels them all, and is done when they have ended. A {@code ServiceManager} of Guava can keep
 * its {@link #service}. Everything here is for any thread.
 */
public final class TarryService implements AutoCloseable {
    private final Scheduler.Builder builder;
    private final Life life = new Life();

    /** Made when it is started, since a scheduler holds descriptors. */
    private volatile @Nullable Submissions submissions;

    /** A service that was not started yet; see {@link #start}. */
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

    /**
     * Starts the loop, and returns when it takes tasks.
     *
     * @return this
     * @throws IllegalStateException if it was started before, or does not come up; the cause says
     *     why
     */
    public TarryService start() {
        life.startAsync().awaitRunning();
        return this;
    }

    /**
     * This as a service of Guava: what starts and stops it, and tells its state and failure.
     *
     * @return always the same
     */
    public Service service() {
        return life;
    }

    /** The states of a service, as Guava has them. */
    private final class Life extends AbstractService {
        @Override
        protected void doStart() {
            Scheduler scheduler = builder.build();
            scheduler.serve();
            Submissions made = new Submissions(scheduler, () -> tell(this::notifyStarted));
            submissions = made;
            var unused =
                    Thread.ofPlatform()
                            .daemon()
                            .name(scheduler.toString())
                            .start(() -> loop(scheduler, made));
        }

        private void loop(Scheduler scheduler, Submissions made) {
            try {
                scheduler.run();
                tell(state() == State.STARTING ? this::neverStarted : this::notifyStopped);
            } catch (Throwable t) {
                tell(() -> notifyFailed(t));
            } finally {
                scheduler.close(); // if it could not begin
                made.end();
            }
        }

        private void neverStarted() {
            notifyFailed(new IllegalStateException("its scheduler has ended before it began"));
        }

        /** The executors of the listeners are users', and what they throw comes out here. */
        private void tell(Runnable change) {
            try {
                change.run();
            } catch (Throwable t) {
                Reports.warn("a listener of the service has failed", t);
            }
        }

        @Override
        protected void doStop() {
            Submissions made = submissions;
            if (made != null) {
                made.cancel();
            }
        }
    }

    /** Starts a task. Cancelling the future cancels the task. */
    public <T extends @Nullable Object> CompletableFuture<T> submit(
            Body.Returning<? extends T> body) {
        Submissions made = submissions;
        if (made == null || !made.isOpen()) {
            throw new IllegalStateException("the service is not running: " + life.state());
        }
        return made.submit(body);
    }

    /**
     * Starts a task that returns nothing.
     *
     * @param <B> the type of the code; see {@link Body}
     */
    public <B extends Body> CompletableFuture<@Nullable Void> submit(B body) {
        return this.<@Nullable Void>submit(Scope.valueless(body));
    }

    /**
     * Cancels all tasks and waits until they have ended: at once, unless their cleanup waits, or
     * code in {@link Tarry#blocking(Body.Returning)} ignores that it was interrupted. Called by one
     * of these tasks it cancels them, and does not wait: it would wait for itself.
     */
    @Override
    public void close() {
        try {
            life.stopAsync(); // where a listener is told, whose executor may be a user's
        } finally {
            Submissions made = submissions;
            if (made == null || !made.isOfCaller()) {
                life.awaitTerminated();
            }
        }
    }
}
