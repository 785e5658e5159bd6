package dev.tarry.runtime;

import dev.tarry.events.Durations;
import dev.tarry.scheduler.GuestLoop;
import dev.tarry.scheduler.Scheduler;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * A scheduler that lives in a loop of somebody else's, a user interface or the event loop of
 * another library, and whose tasks run while that loop lets them: nothing of the host runs
 * meanwhile, so the two share plain objects without locks.
 *
 * <pre>{@code
 * // in Swing, on the event dispatch thread
 * Guest guest = Guest.on(SwingUtilities::invokeLater);
 * guest.submit(() -> {
 *     for (var tick = Events.every(Duration.ofSeconds(1)); ; Tarry.await(tick)) {
 *         label.setText(LocalTime.now().toString());
 *     }
 * });
 * }</pre>
 *
 * <p>A host that sleeps in poll(2), epoll or the like can do without a thread of ours: it watches
 * {@link #fd}, and calls {@link #turn}.
 *
 * <p>A task has a thread of its own, as always: code that asks which thread it is on (JavaFX, or
 * {@code inEventLoop()} of Netty) finds that it is not the host's.
 *
 * <p>The tasks are independent, as those of a {@link TarryService}. {@link #submit} is for any
 * thread; all else is for the host's thread, a platform thread.
 */
public final class Guest implements AutoCloseable {
    private final GuestLoop loop;
    private final Submissions submissions;
    private @Nullable GuestDriver driver;

    private Guest(Scheduler.Builder builder) {
        Scheduler scheduler = builder.build();
        try {
            loop = new GuestLoop(scheduler);
        } catch (RuntimeException e) {
            scheduler.close();
            throw e;
        }
        submissions = new Submissions(scheduler, () -> {});
        var unused = turn(Duration.ZERO);
    }

    /** A guest of the calling thread, which will call {@link #turn}. */
    public static Guest open() {
        return open(Scheduler.builder().name("tarry-guest"));
    }

    /** A guest of the calling thread, on a scheduler that is made as you say. */
    public static Guest open(Scheduler.Builder builder) {
        return new Guest(builder);
    }

    /**
     * A guest of the calling thread that asks for its turns itself. A thread of its own sleeps for
     * it.
     *
     * @param host runs what it is given on the calling thread, later: {@code
     *     SwingUtilities::invokeLater}, an event loop
     * @throws UnsupportedOperationException if the poller has no descriptor to sleep on
     */
    public static Guest on(Executor host) {
        return on(host, Scheduler.builder().name("tarry-guest"));
    }

    /** Like {@link #on(Executor)}, on a scheduler that is made as you say. */
    public static Guest on(Executor host, Scheduler.Builder builder) {
        Guest guest = open(builder);
        if (guest.fd() < 0) {
            guest.close();
            throw new UnsupportedOperationException(
                    "a guest that asks for its turns needs epoll; this poller has no descriptor to"
                            + " sleep on (is tarry.backend set?)");
        }
        guest.driver = GuestDriver.start(guest, host);
        return guest;
    }

    /** Starts a task. Cancelling the future cancels the task. Any thread. */
    public <T extends @Nullable Object> CompletableFuture<T> submit(Callable<? extends T> body) {
        return submissions.submit(body);
    }

    /** Starts a task that returns nothing. Any thread. */
    public CompletableFuture<@Nullable Void> submit(Body body) {
        return this.<@Nullable Void>submit(Scope.valueless(body));
    }

    /**
     * A descriptor that poll(2) and its like find readable when a turn is due; -1 if the poller has
     * none. It is not yours to read or close.
     */
    public int fd() {
        return loop.fd();
    }

    /**
     * Runs one turn: the tasks that are ready, each until its next wait. Tasks that wait for events
     * of the system are ready once the turn has seen them.
     *
     * @param most how long to wait for the first one; zero for a host that has slept itself
     * @return when the next turn is due if {@link #fd} does not get readable before: zero is at
     *     once, empty is not at all. A host that counts in milliseconds rounds it up.
     * @throws IllegalStateException if called by a task, or after {@link #close}, or if the
     *     scheduler has failed, and then it is closed
     */
    public Optional<Duration> turn(Duration most) {
        try {
            long next = loop.turn(Durations.nanos(most));
            return next < 0 ? Optional.empty() : Optional.of(Duration.ofNanos(next));
        } finally {
            if (loop.isClosed()) {
                submissions.end();
            }
        }
    }

    boolean isClosed() {
        return loop.isClosed();
    }

    /** Cancels all tasks, and runs turns until they have ended. */
    @Override
    public void close() {
        if (loop.isClosed()) {
            return;
        }
        loop.checkHost();
        if (driver != null) {
            driver.close();
        }
        try {
            loop.close();
        } finally {
            submissions.end();
        }
    }
}
