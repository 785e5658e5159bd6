package dev.tarry.runtime;

import dev.tarry.events.Durations;
import dev.tarry.scheduler.GuestLoop;
import dev.tarry.scheduler.Scheduler;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * A scheduler that lives in a loop of somebody else's, a user interface or the event loop of
 * another library, and whose tasks run while that loop lets them: nothing of the host runs
 * meanwhile, so the two share plain objects without locks.
 *
 * {@snippet class="dev.tarry.integration.GuestSnippets" region="swing"}
 *
 * <p><b>What belongs to the host's thread</b>, windows above all, tasks use by {@link #host}, which
 * runs code there and waits for it. A task has a thread of its own, as always, though it runs in
 * turns of the host's: code that asks which thread it is on (JavaFX, Swing's models, {@code
 * inEventLoop()} of Netty) finds that it is not the host's. And where such code takes a lock, the
 * task may have to wait for another one while it holds the first; the host then stands before that
 * first one, and gives the task no turn to go on with. The AWT is such: a task that opens or
 * disposes a window by itself stops both, sooner or later.
 *
 * <p>A host that sleeps in poll(2), epoll or the like can do without a thread of ours: it watches
 * {@link #fd}, and calls {@link #turn}.
 *
 * <p><b>If the host refuses.</b> {@link #on} asks an executor for turns. When that rejects one, or
 * throws anything else, or runs it on a wrong thread, the guest is over: all futures complete with
 * that failure, and nothing can be submitted any more. The tasks are cancelled, so that their
 * cleanup runs, on the host's thread if the executor takes that at least within a second; else, or
 * if that thread has ended, on a thread of the guest's own, once the host's thread is outside the
 * guest. There {@link #host} throws, and whatever the cleanup shares with the host otherwise is not
 * its own any more. An executor that drops a turn without a word cannot be told from a slow one:
 * the guest waits for that turn.
 *
 * <p>The tasks are independent, as those of a {@link TarryService}. {@link #submit} is for any
 * thread, and {@link #host} for tasks; all else is for the host's thread, a platform thread. When
 * it has ended, the next one that comes takes its place, as with the event thread of the AWT, which
 * ends while there are no windows.
 */
public final class Guest implements AutoCloseable {
    private final String name;
    private final GuestLoop loop;
    private final Submissions submissions;
    private @Nullable GuestDriver driver;

    private Guest(Scheduler.Builder builder) {
        Scheduler scheduler = builder.build();
        try {
            loop = new GuestLoop(scheduler);
        } catch (Throwable t) {
            scheduler.close();
            throw t;
        }
        name = scheduler.toString();
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
     * it. For a host that refuses, see above.
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
                            + " sleep on (is tarry.backend set, or epoll forbidden?)");
        }
        guest.driver = GuestDriver.start(guest, host);
        return guest;
    }

    /** Starts a task. Cancelling the future cancels the task. Any thread. */
    public <T extends @Nullable Object> CompletableFuture<T> submit(
            Body.Returning<? extends T> body) {
        return submissions.submit(body);
    }

    /**
     * Starts a task that returns nothing. Any thread.
     *
     * @param <B> the type of the code; see {@link Body}
     */
    public <B extends Body> CompletableFuture<@Nullable Void> submit(B body) {
        return this.<@Nullable Void>submit(Scope.valueless(body));
    }

    /**
     * Runs {@code code} on the thread of the host, and waits for it: the way in which tasks use
     * windows, and all that belongs to that thread. It runs between two turns, in the order of the
     * calls; the other tasks go on meanwhile, as far as the code lets the host give turns. It may
     * open a modal dialog, which has a loop of its own. It must not wait for tasks.
     *
     * <p>If the task is cancelled before the code has begun, the code is not run. Once it has
     * begun, its end is waited for, and the cancel is thrown by the next wait.
     *
     * @throws Exception what {@code code} throws
     * @throws IllegalStateException outside the tasks of this guest, or if the host has refused to
     *     run turns
     * @throws dev.tarry.scheduler.CancelledException if the task is cancelled
     */
    public <T extends @Nullable Object> T host(Body.Returning<? extends T> code) throws Exception {
        return loop.host(code);
    }

    /**
     * Runs code that returns nothing on the thread of the host, and waits for it.
     *
     * @param <B> the type of the code; see {@link Body}
     * @throws Exception what {@code code} throws
     */
    public <B extends Body> void host(B code) throws Exception {
        this.<@Nullable Void>host(Scope.valueless(code));
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
     * of the system are ready once the turn has seen them. Then it runs what tasks have for this
     * thread; see {@link #host}.
     *
     * @param most how long to wait for the first one; zero for a host that has slept itself
     * @return when the next turn is due if {@link #fd} does not get readable before: zero is at
     *     once, empty is not at all. A host that counts in milliseconds rounds it up.
     * @throws IllegalStateException if called within a turn, or after {@link #close}, or if the
     *     scheduler has failed, and then it is closed
     */
    public Optional<Duration> turn(Duration most) {
        Optional<Duration> next = turnOnly(most);
        return runCalls() ? Optional.of(Duration.ZERO) : next;
    }

    Optional<Duration> turnOnly(Duration most) {
        boolean wasClosed = loop.isClosed();
        try {
            long next = loop.turn(Durations.nanos(most));
            return next < 0 ? Optional.empty() : Optional.of(Duration.ofNanos(next));
        } catch (Throwable t) {
            if (loop.isClosed() && !wasClosed) {
                submissions.fail(t);
            }
            throw t;
        }
    }

    /** What tasks have for the host's thread, which calls this. */
    boolean runCalls() {
        return loop.runCalls() && !loop.isClosed();
    }

    boolean isClosed() {
        return loop.isClosed();
    }

    /**
     * Cancels all tasks, and runs turns until they have ended. In code that a task runs by {@link
     * #host} it does not wait for that code, but cancels its task like the others. Does nothing if
     * the guest was closed, or given up by its host.
     */
    @Override
    public void close() {
        if (loop.isClosed()) {
            return;
        }
        try {
            loop.close(this::endDriver);
        } finally {
            if (loop.isClosed()) {
                submissions.end();
            }
        }
    }

    private void endDriver() {
        if (driver != null) {
            driver.close();
        }
    }

    // ---- for the driver: a host that is no more

    /** All futures hear of it. Any thread. */
    void fail(Throwable why) {
        submissions.fail(why);
    }

    boolean hostIsAlive() {
        return loop.hostIsAlive();
    }

    /** Closes on the calling thread, in the place of the host's. */
    boolean takeOver(Throwable why) {
        return loop.takeOver(why);
    }

    @Override
    public String toString() {
        return "guest " + name;
    }
}
