package dev.tarry.scheduler;

import dev.tarry.events.Durations;
import dev.tarry.events.Event;
import dev.tarry.events.Outcome;
import dev.tarry.events.QueuedEvent;
import dev.tarry.events.Reactor;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/**
 * A task: sequential code on a virtual thread of its own, of which one at a time runs on each
 * scheduler. This is the handle of it.
 *
 * <p>{@link #cancel} and {@link #state} may be called from any thread; everything else belongs to
 * the loop.
 *
 * @param <T> what it returns
 */
public final class Task<T extends @Nullable Object> {
    // Immutable.
    private final Scheduler scheduler;
    private final @Nullable String givenName;
    private final long number;
    private final CancelScope ownScope;
    private final Consumer<? super Task<T>> onEnd;

    // Loop only.
    private @Nullable Callable<? extends T> body;
    private final Thread thread;
    private CancelScope scope;
    private @Nullable Wait wait;
    private @Nullable Outcome<T> outcome;
    private @Nullable Done done; // many tasks are never asked
    private int immediateWaits;

    /** What the run queue holds of it. */
    final Turn turn;

    // Written on the loop. Others may read it, and see a recent one; nothing depends on that.
    private TaskState state = TaskState.READY;

    /** Runs its task on the loop, until that leaves. The carrier may keep more in it. */
    static class Turn implements Runnable {
        final Task<?> task;

        /** Whether the run queue has it. */
        boolean queued;

        Turn(Task<?> task) {
            this.task = task;
        }

        @Override
        public final void run() {
            task.scheduler.run(task);
        }
    }

    Task(
            Scheduler scheduler,
            @Nullable String name,
            long number,
            CancelScope parent,
            Callable<? extends T> body,
            Consumer<? super Task<T>> onEnd) {
        this.scheduler = scheduler;
        this.givenName = name;
        this.number = number;
        this.body = body;
        this.onEnd = onEnd;
        ownScope = new CancelScope(this, parent);
        scope = ownScope;
        turn = scheduler.carrier().newTurn(this);
        thread = scheduler.carrier().newThread(this, this::run);
    }

    /**
     * The task that calls this.
     *
     * @throws IllegalStateException outside a task
     */
    public static Task<?> current() {
        Task<?> task = Scheduler.currentTask();
        if (task == null) {
            throw new IllegalStateException(
                    "this needs a task, and thread '"
                            + Thread.currentThread().getName()
                            + "' is none; start one with Tarry.run(...) or Tarry.spawn(...)");
        }
        return task;
    }

    // ---- the run of the task, on its own thread

    private void run() {
        Outcome<T> end;
        try {
            Callable<? extends T> code = body;
            assert code != null;
            body = null; // what it captured may be garbage before the task ends
            T result = code.call();
            end = new Outcome.Value<>(result); // not before the call, to live as long as the task
        } catch (Throwable t) {
            end = new Outcome.Failed<>(ownScope.meaning(t));
        }
        try {
            end(end);
        } catch (Throwable t) {
            scheduler.fail(t);
        }
    }

    private void end(Outcome<T> end) {
        if (wait != null) {
            wait.abandon(); // an error, a stack overflow for example, may have come in the middle
        }
        outcome = end;
        state(TaskState.DONE);
        ownScope.end();
        scheduler.ended();
        if (done != null) {
            done.tell();
        }
        onEnd.accept(this);
    }

    // ---- waiting, on its own thread

    /**
     * Waits until at least one of the events fires, or the time is over: the primitive of this
     * library, see {@link Wait} for how it works. The promises:
     *
     * <ul>
     *   <li><b>At least one</b>: it returns when an event fired, or with nothing when the time is
     *       over, or throws when the task is cancelled. It never returns too early.
     *   <li><b>All levels, one claim</b>: all level events that hold are returned, and at most one
     *       claim is taken, together with the wake-up. The others are untouched: nothing is taken
     *       from them or handed over through them, on timeout and cancellation too.
     *   <li><b>Nothing is lost</b>: a claim that was taken is returned, though a cancel or the end
     *       of the time came in the same instant. The cancel is then thrown by the next wait.
     *   <li><b>Order</b>: the result is in the order of the arguments. Which claim is taken when
     *       several are ready, {@code choice} says.
     *   <li><b>Failures are per event</b>: an event that cannot be waited for fires as failed, with
     *       the cause; the others still work.
     *   <li><b>Close wakes</b>: when a resource is closed through its handle, its events fire as
     *       closed, at once.
     *   <li><b>Nobody starves</b>: if events are ready at each of 128 waits in succession, the
     *       others run first.
     * </ul>
     *
     * The same event may be listed twice: a level is then told twice, a claim taken once. No events
     * at all is a sleep.
     *
     * @param timeout null waits without limit, zero or less looks and does not wait
     * @throws CancelledException if the task or a scope around the call is cancelled
     * @throws IllegalStateException if another task calls this, or the task cannot leave its thread
     *     since a native method or a static initializer is on its stack
     */
    public FiredEvents await(
            Collection<? extends Event<?>> events, @Nullable Duration timeout, Choice choice) {
        return ownWait().forAny(events, nanos(timeout), choice);
    }

    /**
     * Waits for one event, and answers empty if the time was over first.
     *
     * @see #await(Collection, Duration, Choice)
     */
    public <R> Optional<R> await(Event<R> event, Duration timeout) {
        Outcome<R> fired = ownWait().forOne(event, nanos(timeout));
        return fired == null ? Optional.empty() : Optional.ofNullable(fired.get());
    }

    /**
     * Waits for one event and answers its value.
     *
     * @throws dev.tarry.events.ClosedException if its resource is or gets closed
     * @throws dev.tarry.events.EventFailedException if it fires as failed
     * @see #await(Collection, Duration, Choice)
     */
    public <R> R await(Event<R> event) {
        Outcome<R> fired = ownWait().forOne(event, -1);
        assert fired != null;
        return fired.get();
    }

    private static long nanos(@Nullable Duration timeout) {
        return timeout == null ? -1 : Durations.nanos(timeout);
    }

    private Wait ownWait() {
        if (scheduler.running() != this || thread != Thread.currentThread()) {
            throw new IllegalStateException("a task waits for itself only, not " + this);
        }
        if (wait == null) {
            wait = new Wait(this);
        }
        return wait;
    }

    /** Lets the other ready tasks run first. */
    public void yield() {
        scope.check();
        scheduler.carrier().yield(this);
    }

    /**
     * For an operation that finds what it would wait for, and so does without the wait: counts as
     * one all the same. It throws if the task is cancelled, and now and then lets the others run;
     * without it a task whose stream always has more would keep the loop to itself.
     *
     * @throws CancelledException if the task or a scope around the call is cancelled
     */
    public void checkpoint() {
        countWait();
        checkCancelled();
    }

    /** Counts a wait that may not have to park; see {@link Scheduler#IMMEDIATE_WAITS}. */
    void countWait() {
        if (++immediateWaits >= Scheduler.IMMEDIATE_WAITS) {
            immediateWaits = 0;
            scheduler.carrier().yield(this);
        }
    }

    /** Leaves the loop until somebody calls {@link Scheduler#ready}. */
    void park() {
        immediateWaits = 0;
        boolean left = false;
        state(TaskState.WAITING);
        try {
            left = scheduler.carrier().leave(this);
        } finally {
            if (!left) {
                state(TaskState.RUNNING); // an error, too: no stack left, no memory for it
            }
        }
        if (!left) {
            throw new IllegalStateException(
                    "task '"
                            + name()
                            + "' cannot wait here: a native method or a static initializer is on"
                            + " its stack, and it cannot leave its thread; do this before or after,"
                            + " or in another task");
        }
    }

    // ---- cancellation

    /**
     * Cancels the task: from now on its waits throw {@link CancelledException}, until it ends. If
     * it is inside a blocking call of the JDK, its thread is interrupted. Cancelling a task that
     * has ended does nothing. Any thread.
     */
    public void cancel() {
        ownScope.cancel();
    }

    /** Its innermost scope was cancelled. */
    void interruptWait() {
        if (wait != null) {
            wait.withdrawOffer();
        }
        switch (state) {
            case WAITING -> {
                if (wait != null) {
                    wait.wake();
                }
            }
            case BLOCKED -> thread.interrupt();
            case READY -> {
                if (body != null) {
                    thread.interrupt(); // not begun yet: it may begin with a blocking call of the
                    // JDK
                }
            }
            case RUNNING, DONE -> {}
        }
    }

    /** Somebody has interrupted the thread while the task waited, which is asking it to stop. */
    void cancelInterrupted() {
        ownScope.cancel(new InterruptedException("the thread of " + this + " was interrupted"));
    }

    /** Throws if cancelled. An interrupt that nobody has consumed yet counts as a cancel. */
    void checkCancelled() {
        if (thread.isInterrupted()) {
            if (!scope.isCancelled()) {
                cancelInterrupted();
            }
            var unused = Thread.interrupted(); // told by the exception, now or behind the shield
        }
        scope.check();
    }

    // ---- what others ask

    /** A level event: the task has ended; tells how. */
    public Event<Outcome<T>> done() {
        if (done == null) {
            done = new Done();
        }
        return done;
    }

    /** How it ended, or null while it has not. */
    public @Nullable Outcome<T> outcome() {
        return outcome;
    }

    /**
     * Waits for the end and answers what the task returned.
     *
     * @throws TaskFailedException if it threw, with that as the cause
     */
    public T join() {
        return switch (Task.current().await(done())) {
            case Outcome.Value<T>(T value) -> value;
            case Outcome.Failed<T>(Throwable cause) -> throw new TaskFailedException(this, cause);
            case Outcome.Closed<T> closed -> throw new AssertionError(closed);
        };
    }

    /** The name, which need not be unique; without one of its own, it is called by its number. */
    public String name() {
        return givenName != null ? givenName : "task-" + number;
    }

    /** The name of its own, if it has one. Most have none, and should not pay for one. */
    @Nullable String givenName() {
        return givenName;
    }

    /** The number, unique within the scheduler. */
    public long number() {
        return number;
    }

    /** What it is doing. From other threads: what it was doing a moment ago. */
    public TaskState state() {
        return state;
    }

    void state(TaskState now) {
        state = now;
    }

    /** Its thread: for its stack, and for those who interrupt. */
    public Thread thread() {
        return thread;
    }

    /** The scheduler it belongs to. */
    public Scheduler scheduler() {
        return scheduler;
    }

    /** The innermost scope that the task is in now. */
    public CancelScope scope() {
        return scope;
    }

    CancelScope ownScope() {
        return ownScope;
    }

    void scope(CancelScope now) {
        scope = now;
    }

    /** The wait it is in, if it is in one. */
    @Nullable Wait currentWait() {
        return state == TaskState.WAITING ? wait : null;
    }

    @Override
    public String toString() {
        return "task '" + name() + "' (#" + number + ")";
    }

    private final class Done extends QueuedEvent<Outcome<T>> {
        void tell() {
            waiters().wakeAll();
        }

        @Override
        public @Nullable Outcome<Outcome<T>> poll(Reactor reactor) {
            scheduler.reactor().checkLoop();
            Outcome<T> end = outcome;
            return end == null ? null : new Outcome.Value<>(end);
        }

        @Override
        public boolean wokenOnlyByTasks() {
            return true;
        }

        @Override
        public String toString() {
            return "end of " + Task.this;
        }
    }
}
