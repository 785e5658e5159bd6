package dev.tarry.scheduler;

import dev.tarry.events.Outcome;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;

/**
 * The loop of a scheduler as a guest in a loop of somebody else's: a user interface, an event loop
 * of another library. The host sleeps, and lets it run in turns:
 *
 * <pre>{@code
 * long sleep = guest.turn(0);
 * while (true) {
 *     // sleep in the host until guest.fd() is readable, for `sleep` nanoseconds at most
 *     sleep = guest.turn(0);
 *     if (guest.runCalls()) sleep = 0;
 * }
 * }</pre>
 *
 * <p>All of it is for one platform thread of the host's, which is the loop's thread from the
 * constructor to {@link #close}; {@link Scheduler#post} is for the others, and {@link #host} for
 * tasks. Once that thread has ended, the next one that calls takes its place: the event thread of
 * Swing comes and goes. After the "guest mode" of Trio, and prepare, poll and dispatch of GLib's
 * main loop.
 */
public final class GuestLoop implements AutoCloseable {
    private final Scheduler scheduler;
    private final HostSeat seat;
    private volatile boolean interrupted;
    private final Interrupts interrupts = new Interrupts(() -> interrupted = true);

    // Loop only.
    private final Deque<HostCall<?>> calls = new ArrayDeque<>(); // not begun
    private final Deque<HostCall<?>> running = new ArrayDeque<>(); // one within the other
    private boolean inTurn;

    private volatile boolean closed; // written on the loop

    /**
     * Makes the calling thread the loop of {@code scheduler}.
     *
     * @param scheduler one that has not run yet; closed with this
     * @throws IllegalStateException in a virtual thread
     */
    public GuestLoop(Scheduler scheduler) {
        this.scheduler = scheduler;
        seat = new HostSeat(scheduler);
        scheduler.enterAsGuest();
    }

    /**
     * A descriptor that poll(2) and its like find readable when a turn is due; -1 if the poller has
     * none. It belongs to the poller: do not read from it, and do not close it.
     */
    public int fd() {
        return scheduler.reactor().fd();
    }

    // ---- turns

    /**
     * Runs one turn: sleeps until there is something to do, and runs the tasks that are ready then,
     * each until its next wait. An interrupt of this thread is the host's, and left as it is.
     *
     * @param mostNanos how long to sleep at most; 0 for a host that has slept itself; negative
     *     without limit
     * @return in how many nanoseconds the next turn is due, if {@link #fd} does not get readable
     *     before; 0 if at once; negative if it is due only then
     * @throws IllegalStateException if called within a turn, after {@link #close}, or if the
     *     scheduler has failed, and then it is closed
     */
    public long turn(long mostNanos) {
        enter();
        try {
            return turnHere(mostNanos);
        } finally {
            seat.leave();
        }
    }

    private long turnHere(long mostNanos) {
        interrupts.watchCurrentThread();
        inTurn = true;
        try {
            long next = scheduler.guestTurn(mostNanos);
            if (!scheduler.hasFailed()) {
                return next;
            }
        } catch (Throwable t) {
            scheduler.fail(t);
        } finally {
            inTurn = false;
            interrupts.forgetCurrentThread();
            giveBackInterrupt();
        }
        end();
        throw new AssertionError("end() throws the failure");
    }

    // While a task is mounted the JDK keeps the flag of its own, and drops the thread's.
    private void giveBackInterrupt() {
        if (interrupted) {
            interrupted = false;
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Takes the seat of the host for the calling thread, outside a turn, until {@code seat.leave}.
     *
     * @throws IllegalStateException in a task, or after {@link #close}
     * @throws WrongThreadException in another thread
     */
    private void enter() {
        seat.enter();
        try {
            if (closed) {
                throw closedException();
            }
            seat.follow();
            scheduler.reactor().checkLoop();
            if (inTurn) {
                throw new IllegalStateException(
                        "this is for the host of "
                                + scheduler
                                + ", and not for a task inside a turn");
            }
        } catch (Throwable t) {
            seat.leave();
            throw t;
        }
    }

    @Override
    public String toString() {
        return "guest " + scheduler;
    }

    private IllegalStateException closedException() {
        return new IllegalStateException("the guest " + scheduler + " is closed");
    }

    /** Whether it was closed, or has failed, or its host was given up. */
    public boolean isClosed() {
        return closed || seat.isTaken();
    }

    // ---- code of tasks for the host's thread

    /**
     * Runs {@code code} on the thread of the host, between two turns, and waits for it: for a task
     * of this loop. If the task is cancelled before the code has begun, it is not run; if it has
     * begun, its end is waited for, and the cancel is thrown by the next wait.
     *
     * @throws Exception what {@code code} throws
     * @throws IllegalStateException outside the tasks of this loop, or if the host was given up
     */
    public <T extends @Nullable Object> T host(Callable<? extends T> code) throws Exception {
        Task<?> task = Task.current();
        if (task.scheduler() != scheduler) {
            throw new IllegalStateException(task + " is not a task of the guest " + scheduler);
        }
        seat.checkHosted();
        if (closed) {
            throw closedException(); // it has failed, and this is the cleanup
        }
        HostCall<T> call = new HostCall<>(task, code);
        calls.add(call);
        try {
            task.await(call);
        } catch (Throwable t) {
            calls.remove(call);
            if (!call.hasBegun() || !(t instanceof CancelledException)) {
                throw t;
            }
            var unused = CancelScope.shield(() -> task.await(call));
            if (call.howItEnded() instanceof Outcome.Closed) {
                throw t;
            }
        }
        return valueOf(call.howItEnded());
    }

    private static <T extends @Nullable Object> T valueOf(Outcome<T> outcome) throws Exception {
        if (outcome instanceof Outcome.Failed<T>(Throwable cause)) {
            switch (cause) {
                case Error e -> throw e;
                case Exception e -> throw e;
                default -> throw new IllegalStateException(cause);
            }
        }
        return outcome.get();
    }

    /**
     * Runs what tasks have for the thread of the host, which calls this after each turn. The code
     * may hold the thread for long, in a loop of its own (a dialog has one): that shall go on with
     * turns, and with calls of this.
     *
     * @return whether there was anything; then the next turn is due at once
     */
    public boolean runCalls() {
        if (isClosed() || calls.isEmpty()) {
            return false;
        }
        enter();
        try {
            runCallsHere();
        } finally {
            seat.leave();
        }
        return true;
    }

    private void runCallsHere() {
        HostCall<?> call;
        while ((call = calls.poll()) != null) {
            if (call.begin()) {
                run(call);
            }
        }
    }

    private void run(HostCall<?> call) {
        if (!calls.isEmpty()) {
            scheduler.wakeHost(); // for the others, should this one have a loop inside
        }
        running.push(call);
        try {
            call.run();
        } finally {
            running.remove(call);
        }
    }

    // ---- the end

    /**
     * Cancels all tasks, runs turns until they have ended, and releases what the scheduler holds.
     * In code that a task runs by {@link #host} it does not wait for that code: its task is
     * cancelled like the others.
     */
    @Override
    public void close() {
        close(() -> {});
    }

    /**
     * Like {@link #close()}.
     *
     * @param first done before, when it is sure that this thread will close
     */
    public void close(Runnable first) {
        if (isClosed()) {
            return;
        }
        enter();
        try {
            first.run();
            endTasks();
            end();
        } finally {
            seat.leave();
        }
    }

    private void endTasks() {
        scheduler.root().cancel();
        running.forEach(HostCall::release); // they are below us on this stack
        while (!closed && scheduler.tasks() > 0) {
            turnHere(-1);
            runCallsHere();
        }
    }

    /** Whether the thread that is the loop lives. Any thread. */
    public boolean hostIsAlive() {
        return scheduler.isLoopAlive();
    }

    /**
     * The host is given up: makes the calling thread the loop in its place, cancels all tasks, runs
     * turns until they have ended, and closes. Code for the thread of the host is refused. Called
     * by a thread that is not the host's.
     *
     * @param why what has become of the host
     * @return false if the thread of the host is inside a turn, or runs code of a task: come again
     */
    public boolean takeOver(Throwable why) {
        if (closed) {
            return true;
        }
        if (!seat.take(why)) {
            return false;
        }
        calls.forEach(call -> call.refuse(seat.gone()));
        calls.clear();
        endTasks();
        end();
        return true;
    }

    private void end() {
        if (closed) {
            return; // by code of a task that was run while the tasks ended
        }
        closed = true;
        calls.forEach(call -> call.refuse(closedException())); // if it has failed, there are tasks
        calls.clear();
        running.forEach(HostCall::release);
        scheduler.leave();
        scheduler.throwFailure();
    }
}
