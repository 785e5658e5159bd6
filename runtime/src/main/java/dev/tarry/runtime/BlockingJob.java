package dev.tarry.runtime;

import dev.tarry.events.Clock;
import dev.tarry.events.Outcome;
import dev.tarry.events.QueuedEvent;
import dev.tarry.events.Reactor;
import dev.tarry.events.Work;
import dev.tarry.events.internal.Reports;

import org.jspecify.annotations.Nullable;

import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A piece of code that blocks, and the event that it has come to its end.
 *
 * <pre>
 *   ASKED_FOR --the loop has time--> QUEUED --a thread is free--> RUNNING --end--> OVER
 *       |                              |                            |
 *       +-------cancelled--------------+--------> OVER <--abandoned-+
 * </pre>
 *
 * All of it is the loop's, but what {@link #run} does on a thread of its own.
 */
final class BlockingJob<T extends @Nullable Object> extends QueuedEvent<BlockingJob<T>>
        implements Work {
    private enum State {
        ASKED_FOR,
        QUEUED,
        RUNNING,
        OVER
    }

    // Immutable.
    private final Blocking pool;
    private final @Nullable LateResult<? super T> late;

    /** Of the task: the thread has worked for others, too. */
    private final @Nullable ClassLoader loader = Thread.currentThread().getContextClassLoader();

    // Loop only.
    private State state = State.ASKED_FOR;
    private @Nullable BlockingThread thread; // while the code runs, and until the loop knows of it

    // Written by the thread before it comes back, and read by the loop after.
    private @Nullable Callable<? extends T> code;
    private @Nullable T value;
    private @Nullable Throwable failure;

    // Both.
    private volatile boolean interrupted;

    /** Set by whoever is first: the code at its end, and then its task has the result; or ... */
    private final AtomicBoolean settled = new AtomicBoolean(); // ... who abandons it

    BlockingJob(Blocking pool, Callable<? extends T> code, @Nullable LateResult<? super T> late) {
        this.pool = pool;
        this.code = code;
        this.late = late;
    }

    // ---- on its thread

    /** Runs the code. Throws nothing. */
    void run() {
        // An interrupt from before was not for this code; one that came for it since it was handed
        // over may have been cleared with that, but is written down.
        var unused = Thread.interrupted();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        try {
            Thread.currentThread().setContextClassLoader(loader);
            Callable<? extends T> c = code;
            assert c != null;
            value = c.call();
        } catch (Throwable t) {
            failure = t;
        }
        code = null; // and what it has captured
        if (!settled.compareAndSet(false, true)) {
            comeTooLate();
        }
    }

    private void comeTooLate() {
        var unused = Thread.interrupted(); // closing what has come must not be disturbed
        try {
            if (value != null && late != null) {
                late.accept(value);
            }
        } catch (Throwable t) {
            Reports.warn("a result that came too late was not taken", t);
        }
        value = null;
    }

    /** Tells the loop. Answers false if that has ended. */
    boolean comeBack() {
        while (true) {
            try {
                return pool.scheduler().post(this::end);
            } catch (OutOfMemoryError e) {
                Thread.onSpinWait(); // its task would wait for ever
            }
        }
    }

    // ---- on the loop

    /** In the queue, or past it. */
    void start() {
        if (state == State.ASKED_FOR) {
            state = State.QUEUED;
            try {
                clock().begun(this);
            } catch (Throwable t) { // a user's; its task would wait for ever
                failure = t;
                settled.set(true);
                tell();
                return;
            }
            pool.queue(this);
        }
    }

    private Clock clock() {
        return pool.scheduler().reactor().clock();
    }

    private void ended() {
        try {
            clock().ended(this);
        } catch (Throwable t) {
            Reports.warn("the clock does not say when a task is told", t);
            tell();
        }
    }

    private void forgotten() {
        try {
            clock().forgotten(this);
        } catch (Throwable t) {
            Reports.warn("the clock does not forget what nobody waits for", t);
        }
    }

    void runsOn(BlockingThread now) {
        thread = now;
        state = State.RUNNING;
    }

    /** There is no thread for it, and will be none. */
    void refuse(Throwable reason) {
        failure = reason;
        settled.set(true);
        ended();
    }

    private void end() {
        if (state == State.OVER) {
            tell(); // abandoned; the clock has forgotten it
        } else {
            ended();
        }
    }

    // In a simulation later than the code has ended, when it is sure which of several is first; its
    // thread is free then and not before, so that it is known, too, which of those in the queue
    // run.
    @Override
    public void tell() {
        state = State.OVER;
        BlockingThread was = thread;
        thread = null;
        if (was != null) {
            pool.free(this, was);
        }
        waiters().wakeAll();
    }

    /** Takes it back if it has not been handed to a thread: then it will never run. */
    boolean withdraw() {
        switch (state) {
            case ASKED_FOR -> {}
            case QUEUED -> {
                pool.unqueue(this);
                forgotten();
            }
            case RUNNING, OVER -> {
                return false;
            }
        }
        state = State.OVER;
        return true;
    }

    void interrupt() {
        BlockingThread on = thread;
        if (on != null) {
            interrupted = true;
            on.interrupt();
        }
    }

    /** Leaves running code alone with its result. Answers false if it has ended, or must not be. */
    boolean abandon() {
        if (late == null || !settled.compareAndSet(false, true)) {
            return false;
        }
        state = State.OVER;
        forgotten();
        return true;
    }

    // ---- once it is over

    T result() {
        if (failure != null) {
            throw BlockingJob.<RuntimeException>asIs(failure); // what the code may throw
        }
        return value();
    }

    /**
     * @param why the wait for it did not go on: a cancel. Code that throws the interrupt that came
     *     of it says nothing else
     */
    T resultDespite(Throwable why) {
        if (failure instanceof InterruptedException
                || failure instanceof ClosedByInterruptException) {
            why.addSuppressed(failure);
            throw BlockingJob.<RuntimeException>asIs(why);
        }
        return result();
    }

    @SuppressWarnings("NullAway") // null is a T if the code has returned it
    private T value() {
        return value;
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the compiler need not know
    private static <X extends Throwable> X asIs(Throwable t) throws X {
        throw (X) t;
    }

    @Override
    public @Nullable Outcome<BlockingJob<T>> poll(Reactor reactor) {
        return state == State.OVER ? new Outcome.Value<>(this) : null;
    }

    @Override
    public String toString() {
        return thread != null
                ? "code in blocking(), on thread '" + thread.getName() + "'"
                : "code in blocking(), which has no thread yet: " + pool;
    }
}
