package dev.tarry.scheduler;

/**
 * The loop of a scheduler as a guest in a loop of somebody else's: a user interface, an event loop
 * of another library. The host sleeps, and lets it run in turns:
 *
 * <pre>{@code
 * long sleep = guest.turn(0);
 * while (true) {
 *     // sleep in the host until guest.fd() is readable, for `sleep` nanoseconds at most
 *     sleep = guest.turn(0);
 * }
 * }</pre>
 *
 * <p>All of it is for one platform thread of the host's, which is the loop's thread from the
 * constructor to {@link #close}; {@link Scheduler#post} is for the others. After the "guest mode"
 * of Trio, and prepare, poll and dispatch of GLib's main loop.
 */
public final class GuestLoop implements AutoCloseable {
    private final Scheduler scheduler;
    private volatile boolean interrupted;
    private final Interrupts interrupts = new Interrupts(() -> interrupted = true);
    private boolean closed;

    /**
     * Makes the calling thread the loop of {@code scheduler}.
     *
     * @param scheduler one that has not run yet; closed with this
     * @throws IllegalStateException in a virtual thread
     */
    public GuestLoop(Scheduler scheduler) {
        this.scheduler = scheduler;
        scheduler.enterAsGuest();
    }

    /**
     * A descriptor that poll(2) and its like find readable when a turn is due; -1 if the poller has
     * none. It belongs to the poller: do not read from it, and do not close it.
     */
    public int fd() {
        return scheduler.reactor().fd();
    }

    /**
     * Runs one turn: sleeps until there is something to do, and runs the tasks that are ready then,
     * each until its next wait. An interrupt of this thread is the host's, and left as it is.
     *
     * @param mostNanos how long to sleep at most; 0 for a host that has slept itself; negative
     *     without limit
     * @return in how many nanoseconds the next turn is due, if {@link #fd} does not get readable
     *     before; 0 if at once; negative if it is due only then
     * @throws IllegalStateException if called by a task, after {@link #close}, or if the scheduler
     *     has failed, and then it is closed
     */
    public long turn(long mostNanos) {
        checkHost();
        interrupts.watchCurrentThread();
        try {
            long next = scheduler.guestTurn(mostNanos);
            if (!scheduler.hasFailed()) {
                return next;
            }
        } catch (Throwable t) {
            scheduler.fail(t);
        } finally {
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
     * Throws unless the calling thread is the host's, outside a turn.
     *
     * @throws IllegalStateException in a task, or after {@link #close}
     * @throws WrongThreadException in another thread
     */
    public void checkHost() {
        if (closed) {
            throw new IllegalStateException("the guest " + scheduler + " is closed");
        }
        scheduler.reactor().checkLoop();
        if (Scheduler.currentTask() != null) {
            throw new IllegalStateException(
                    "this is for the host of " + scheduler + ", and not for a task inside a turn");
        }
    }

    /** Whether it was closed, or has failed. */
    public boolean isClosed() {
        return closed;
    }

    /**
     * Cancels all tasks, runs turns until they have ended, and releases what the scheduler holds.
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        checkHost();
        scheduler.root().cancel();
        while (scheduler.tasks() > 0) {
            turn(-1);
        }
        end();
    }

    private void end() {
        closed = true;
        scheduler.leave();
        scheduler.throwFailure();
    }
}
