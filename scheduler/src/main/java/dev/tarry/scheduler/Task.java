package dev.tarry.scheduler;

import dev.tarry.events.Durations;
import dev.tarry.events.Event;
import dev.tarry.events.FiredEvents;
import dev.tarry.events.Order;
import dev.tarry.events.Outcome;
import dev.tarry.events.QueuedEvent;
import dev.tarry.events.Reactor;
import dev.tarry.events.Timer;
import dev.tarry.events.internal.Headroom;
import dev.tarry.events.internal.Misfire;
import dev.tarry.events.internal.Reports;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.Consumer;

/**
 * A task: sequential code on a virtual thread of its own, of which one at a time runs on each
 * scheduler. This is the handle of it.
 *
 * <p><b>Where it can be left.</b> Another task may run at each wait and at {@link #yield}; and it
 * may run while a blocking call of the JDK (a sleep, a lock that somebody else has, a queue, a JDK
 * socket) has to wait. Nowhere else. With the loop carrier others do run during such a call, with
 * the handoff carrier they cannot, and the call holds them all up; so a program that is to work
 * with both neither relies on being alone during such a call, nor on the others going on. For the
 * first there is {@link #atomically}, for the second {@link Scheduler.Builder#requireLoopCarrier}.
 *
 * <p>{@link #cancel} and {@link #state} may be called from any thread; everything else belongs to
 * the loop.
 *
 * @param <T> what it returns
 */
public final class Task<T extends @Nullable Object> {
    /** So many blocking calls of the JDK in a row are interrupted at once, the others later. */
    private static final int MOST_INTERRUPTS_AT_ONCE = 16;

    private static final long NANOS_BETWEEN_INTERRUPTS = 10_000_000;

    /** When there is no memory left to say what it failed with. */
    private static final Outcome<?> NO_MEMORY =
            new Outcome.Failed<>(new OutOfMemoryError("and none to tell what the task has thrown"));

    private static final AtomicIntegerFieldUpdater<Task> MOVING =
            AtomicIntegerFieldUpdater.newUpdater(Task.class, "moving");

    /** The code of {@link #atomically}. */
    @FunctionalInterface
    public interface Section<T extends @Nullable Object, X extends Exception> {
        /**
         * Runs it.
         *
         * @throws X what the code throws
         */
        T run() throws X;
    }

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
    private int sections; // how many calls of `atomically` it is in
    private boolean ending; // its code is over, and those who want to know are told
    private int interrupts; // of blocking calls of the JDK, without a wait between them
    private @Nullable Timer nextInterrupt;

    /** A call of the JDK has taken it off the loop, and it has not run since. */
    private boolean leftInJdkCall;

    /** What the run queue holds of it. */
    final Turn turn;

    // Written on the loop. Others may read it, and see a recent one; nothing depends on that.
    private TaskState state = TaskState.READY;

    // Any thread: see interruptFromOutside.
    private volatile int moving; // 1 while `scope` changes, or somebody relies on it
    private volatile boolean announced;

    /** Runs its task on the loop, until that leaves. The carrier may keep more in it. */
    static class Turn extends FifoQueue.Link {
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
        turn = scheduler.carrier().newTurn(this);
        thread = scheduler.carrier().newThread(this, this::run);
        ownScope = new CancelScope(this, parent); // last: if there is no memory, nobody knows it
        scope = ownScope;
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

    /** The current one, which is going to do what may have to wait. */
    static Task<?> currentThatMayWait() {
        Task<?> task = current();
        task.checkMayWait();
        Headroom.ensure();
        return task;
    }

    // ---- the run of the task, on its own thread

    private void run() {
        Outcome<T> end;
        try {
            tellCancel();
            Callable<? extends T> code = body;
            assert code != null;
            body = null; // what it captured may be garbage before the task ends
            T result = code.call();
            end = new Outcome.Value<>(result); // not before the call, to live as long as the task
        } catch (Throwable t) {
            end = failed(t);
        }
        try {
            end(end);
        } catch (Throwable t) {
            scheduler.fail(t);
        }
    }

    @SuppressWarnings("unchecked") // it has no value
    private Outcome<T> failed(Throwable t) {
        try {
            return new Outcome.Failed<>(ownScope.meaning(t));
        } catch (Throwable again) { // no memory, or no descriptor left to load a class by
            try {
                return new Outcome.Failed<>(t);
            } catch (Throwable none) {
                return (Outcome<T>) NO_MEMORY;
            }
        }
    }

    private void end(Outcome<T> end) {
        if (wait != null) {
            wait.abandon(); // an error, a stack overflow for example, may have come in the middle
        }
        if (nextInterrupt != null) {
            scheduler.reactor().cancel(nextInterrupt);
        }
        outcome = end;
        ending = true;
        try {
            // Before the rest, as it may run code of users, and that may block in a call of the
            // JDK.
            onEnd.accept(this);
        } catch (Throwable t) {
            Reports.warn("what was to be told of the end of " + this + " has failed", t);
        }
        state(TaskState.DONE);
        ownScope.end();
        scheduler.ended();
        if (done != null) {
            done.tell();
        }
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
     *       several are ready, {@code order} says.
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
    public <R> FiredEvents<R> await(
            Collection<? extends Event<? extends R>> events,
            @Nullable Duration timeout,
            Order order) {
        return ownWait().forAny(events, nanos(timeout), order);
    }

    /**
     * Waits for one event, and answers empty if the time was over first, and only then.
     *
     * @throws dev.tarry.events.ClosedException if its resource is or gets closed
     * @throws dev.tarry.events.EventFailedException if it fires as failed
     * @see #await(Collection, Duration, Order)
     */
    @SuppressWarnings("unchecked") // an event fires with outcomes of its own type
    public <R> Optional<R> await(Event<R> event, Duration timeout) {
        Object result = ownWait().forOne(event, nanos(timeout));
        return result == null ? Optional.empty() : Optional.of((R) Misfire.value(result));
    }

    /**
     * Waits for one event and answers its value.
     *
     * @throws dev.tarry.events.ClosedException if its resource is or gets closed
     * @throws dev.tarry.events.EventFailedException if it fires as failed
     * @see #await(Collection, Duration, Order)
     */
    @SuppressWarnings("unchecked") // an event fires with outcomes of its own type
    public <R> R await(Event<R> event) {
        Object result = ownWait().forOne(event, -1);
        assert result != null;
        return (R) Misfire.value(result);
    }

    private static long nanos(@Nullable Duration timeout) {
        return timeout == null ? -1 : Durations.nanos(timeout);
    }

    private Wait ownWait() {
        checkMayWait();
        if (wait == null) {
            wait = new Wait(this);
        }
        return wait;
    }

    private void checkMayWait() {
        if (scheduler.running() != this || thread != Thread.currentThread()) {
            throw new IllegalStateException("a task waits for itself only, not " + this);
        }
        if (sections > 0) {
            throw new IllegalStateException(
                    this + " is inside atomically(...), where it must not wait: do that after it");
        }
        if (ending) {
            throw new IllegalStateException(
                    this + " has ended, and who is told of that must not wait");
        }
        if (scheduler.isInRunQueue()) {
            throw new IllegalStateException("a run queue must not wait");
        }
        if (wait != null && wait.isInAnEvent()) {
            throw new IllegalStateException(
                    "an event must not wait while it is polled or armed (in " + wait + ")");
        }
    }

    /**
     * Lets the other ready tasks run first. One that is cancelled lets them run, too, so that it
     * does not keep the loop to itself if it goes on all the same.
     *
     * @throws CancelledException then, if the task or a scope around the call is cancelled
     */
    public void yield() {
        checkMayWait();
        Headroom.ensure();
        letOthersRun();
        checkCancelled();
    }

    private void letOthersRun() {
        immediateWaits = 0;
        interrupts = 0;
        scheduler.carrier().yield(this);
        hearFromOutside();
        tellCancel();
    }

    /**
     * Runs {@code section} with no other task of this scheduler in between. A wait in it throws, as
     * does whatever may have to wait, whether or not it would; and while a blocking call of the JDK
     * in it has to wait, the other tasks wait, too. (They may be what it waits for: a lock that one
     * of them holds stops the scheduler for ever. Virtual threads that tasks have started go on.)
     *
     * @throws X what {@code section} throws
     */
    public <R extends @Nullable Object, X extends Exception> R atomically(
            Section<? extends R, X> section) throws X {
        checkMayEnterSection();
        sections++;
        try {
            return section.run();
        } finally {
            sections--;
        }
    }

    private void checkMayEnterSection() {
        if (scheduler.running() != this || thread != Thread.currentThread()) {
            throw new IllegalStateException("only " + this + " itself can be left alone");
        }
    }

    /** Whether no other task may run until this one does. */
    boolean isAtomic() {
        return sections > 0;
    }

    /**
     * For an operation that finds what it would wait for, and so does without the wait: counts as
     * one all the same. It throws if the task is cancelled, and now and then lets the others run;
     * without it a task whose stream always has more would keep the loop to itself.
     *
     * @throws CancelledException if the task or a scope around the call is cancelled
     */
    public void checkpoint() {
        checkMayWait();
        Headroom.ensure();
        countWait();
        checkCancelled();
    }

    /** Counts a wait that may not have to park; see {@link Scheduler#IMMEDIATE_WAITS}. */
    void countWait() {
        if (++immediateWaits >= Scheduler.IMMEDIATE_WAITS) {
            letOthersRun();
        }
    }

    /** Leaves the loop until somebody calls {@link Scheduler#ready}. */
    void park() {
        immediateWaits = 0;
        interrupts = 0;
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
        hearFromOutside();
        tellCancel();
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

    /**
     * Its innermost scope was cancelled. Waits of ours look for that; for blocking calls of the JDK
     * the thread is interrupted: whenever a cancelled task runs, its flag is set.
     */
    void wasCancelled() {
        if (wait != null) {
            wait.withdrawOffer();
        }
        switch (state) {
            case WAITING -> {
                if (wait != null) {
                    wait.wake();
                }
            }
            case BLOCKED -> interruptJdkCall();
            case READY -> {
                if (leftInJdkCall) {
                    thread.interrupt(); // else it tells itself when it runs
                }
            }
            case RUNNING -> {
                if (Thread.currentThread() == thread) {
                    tellCancel();
                }
            }
            case DONE -> {}
        }
    }

    /** A cancelled task is about to go on with code of its own. On its own thread. */
    private void tellCancel() {
        if (scope.isCancelled() && !thread.isInterrupted()) {
            thread.interrupt();
        }
    }

    /** A call of the JDK has taken it off the loop. */
    void leaveInJdkCall() {
        leftInJdkCall = true;
        state(TaskState.BLOCKED);
        if (scope.isCancelled()) {
            interruptJdkCall();
        }
    }

    /**
     * Interrupts the call of the JDK that it is in. That may have come after an earlier interrupt
     * was consumed, so each one is interrupted. Or it is one that heeds no interrupt, a lock say:
     * it looks for its lock and blocks again, and must not make the loop spin.
     */
    private void interruptJdkCall() {
        if (++interrupts <= MOST_INTERRUPTS_AT_ONCE) {
            thread.interrupt();
            return;
        }
        if (nextInterrupt == null) {
            nextInterrupt = new NextInterrupt();
        }
        if (!nextInterrupt.isScheduled()) {
            Reactor reactor = scheduler.reactor();
            reactor.schedule(nextInterrupt, reactor.nanos() + NANOS_BETWEEN_INTERRUPTS);
        }
    }

    private final class NextInterrupt extends Timer {
        @Override
        protected void fire() {
            if (state == TaskState.BLOCKED && scope.isCancelled()) {
                thread.interrupt();
            }
        }
    }

    /** Somebody has interrupted the thread while the task waited, which is asking it to stop. */
    void cancelInterrupted() {
        ownScope.cancel(new InterruptedException("the thread of " + this + " was interrupted"));
    }

    /**
     * Throws if cancelled. An interrupt that nobody has consumed yet, and that is not ours, counts
     * as a cancel.
     */
    void checkCancelled() {
        if (thread.isInterrupted() && !hearFromOutside()) {
            if (!scope.isCancelled()) {
                cancelInterrupted();
            }
            if (!scope.isCancelled()) {
                var unused = Thread.interrupted(); // behind a shield: told when that is over
            }
        }
        if (scope.isCancelled()) {
            tellCancel();
            scope.check();
        }
    }

    // ---- cancelling a task that holds the loop, from another thread

    /**
     * A thread that cancels {@code cancelled} has posted that to the loop; but this task, which has
     * the loop, may be in a call that ends only if it is interrupted, or that asks whether it was.
     * So its thread is told at once, if it is in that scope. What the interrupt means, the task
     * finds out when it comes to a wait, or leaves the scope: then it takes what was posted.
     */
    void interruptFromOutside(CancelScope cancelled) {
        beginMove();
        if (scope.isReachedFrom(cancelled)) {
            announceCancel();
        }
        endMove();
    }

    /** The same where the time of a scope is over, and the loop cannot say so. */
    void interruptOverdue(long now) {
        beginMove();
        if (!announced && scope.isOverdue(now)) {
            announceCancel();
        }
        endMove();
    }

    private void announceCancel() {
        announced = true;
        thread.interrupt();
    }

    // Not a lock to sleep for: the other side has a few instructions between the two.
    private void beginMove() {
        while (!MOVING.compareAndSet(this, 0, 1)) {
            Thread.onSpinWait();
        }
    }

    private void endMove() {
        moving = 0;
    }

    /** Whether it was interrupted to tell of a cancel that is under way. Any thread. */
    boolean isCancelAnnounced() {
        return announced;
    }

    /** Takes what an interrupt has announced. Answers whether it was such an interrupt. */
    boolean hearFromOutside() {
        if (!announced) {
            return false;
        }
        announced = false;
        scheduler.look();
        if (!scope.isCancelled()) {
            var unused = Thread.interrupted(); // it was for a scope that is over
        }
        return true;
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

    /** It runs from here on. */
    void begin() {
        leftInJdkCall = false;
        turn.queued = false;
        state = TaskState.RUNNING;
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

    /** Goes into a scope, or leaves one; its flag then says whether {@code now} is cancelled. */
    void scope(CancelScope now) {
        boolean wasCancelled = scope.isCancelled();
        beginMove();
        scope = now;
        endMove();
        hearFromOutside();
        if (now.isCancelled()) {
            tellCancel();
        } else if (wasCancelled) {
            var unused = Thread.interrupted(); // it was for the other one
        }
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
