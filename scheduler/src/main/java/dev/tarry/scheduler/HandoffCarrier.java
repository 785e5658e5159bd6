package dev.tarry.scheduler;

import org.jspecify.annotations.Nullable;

import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Tasks are ordinary virtual threads, and a baton lets one run at a time: the loop hands it to a
 * task, and waits until it comes back. Needs no flag, and is slower, since each switch goes through
 * the JDK's own scheduler and back.
 *
 * <p><b>The one difference that tasks see:</b> a JDK call that blocks (a sleep, a lock, a JDK
 * socket) keeps the baton, and with it the whole scheduler, where the {@link LoopCarrier} lets
 * others run.
 */
final class HandoffCarrier implements Carrier {
    private static final AtomicBoolean ANNOUNCED = new AtomicBoolean();

    /** A task may be in a call that blocks, and that only an interrupt ends; see {@link #run}. */
    private static final long LOOK_NANOS = 10_000_000;

    private final Scheduler scheduler;
    private final Pinning pinning = new Pinning(); // for whoever has the baton

    /**
     * The task that may run, or null for the loop. Writing it publishes all that was done before.
     */
    private volatile @Nullable Task<?> baton;

    /** Who has the baton and could not be told, for want of stack; the loop tells it. */
    private volatile @Nullable Thread untold;

    HandoffCarrier(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    static HandoffCarrier announced(Scheduler scheduler, String flag) {
        if (!ANNOUNCED.getAndSet(true)) {
            System.getLogger("dev.tarry")
                    .log(
                            Level.WARNING,
                            "Tarry runs on its slow carrier, where a JDK call that blocks (a sleep,"
                                    + " a lock, a socket, a JDBC driver) stops all tasks of the"
                                    + " scheduler until it returns; start the JVM with {0}, and"
                                    + " the others go on",
                            flag);
        }
        return new HandoffCarrier(scheduler);
    }

    @Override
    public Task.Turn newTurn(Task<?> task) {
        return new Task.Turn(task);
    }

    @Override
    public Thread newThread(Task<?> task, Runnable body) {
        Thread.Builder builder = Thread.ofVirtual();
        String name = task.givenName();
        if (name != null) {
            builder.name(name);
        }
        return builder.unstarted(
                () -> {
                    awaitTurn(task);
                    try {
                        body.run();
                    } finally {
                        passOn();
                    }
                });
    }

    /** Started with its task, not with its first turn: then others can wait for its end. */
    @Override
    public void start(Task<?> task) {
        task.thread().start();
        scheduler.threadReady(task);
    }

    private void awaitTurn(Task<?> task) {
        boolean interrupted = false;
        while (baton != task) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted(); // or the next park would be over at once
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void run(Task<?> task) {
        baton = task;
        LockSupport.unpark(task.thread());
        while (baton != null) {
            LockSupport.parkNanos(this, LOOK_NANOS);
            var unused = Thread.interrupted(); // told to the scheduler already; parks would be over
            Thread holder = untold;
            if (holder != null) {
                untold = null;
                LockSupport.unpark(holder);
            }
            if (baton != null) {
                scheduler.interruptOverdue();
            }
        }
    }

    /** To the next ready task, or back to the loop. */
    private void passOn() {
        Thread loop = scheduler.loopThread(); // asked now: with the baton it may be gone at once
        Task<?> next = scheduler.beginNext();
        Thread told = next == null ? loop : next.thread();
        baton = next; // from here on this thread only waits
        try {
            LockSupport.unpark(told);
        } catch (Throwable t) { // the JDK may need more stack for this than we can know of
            untold = told;
        }
    }

    @Override
    public boolean leave(Task<?> task) {
        // Parking would work, but hold a carrier of the JDK's, of which there are few: a few tasks
        // that wait like this, and no virtual thread of the whole JVM runs any more.
        if (pinning.isPinned()) {
            return false;
        }
        handOver(task);
        return true;
    }

    private void handOver(Task<?> task) {
        boolean told = task.scope().isCancelled(); // then an interrupt says nothing new
        boolean interrupted = false;
        passOn();
        while (baton != task) {
            park();
            if (Thread.currentThread().isInterrupted()) {
                if (!told && !interrupted && !task.isCancelAnnounced()) {
                    interrupted = true;
                    scheduler.post(task::cancelInterrupted);
                }
                var unused = Thread.interrupted(); // after the post: one of the two can be seen
            }
        }
        if (interrupted) {
            task.cancelInterrupted(); // it may run before the loop has seen what was posted
        }
    }

    /** Others have the baton, so it must not fail: without the stack to park, the thread spins. */
    private void park() {
        try {
            LockSupport.park(this);
        } catch (Throwable t) {
            Thread.onSpinWait();
        }
    }

    @Override
    public void yield(Task<?> task) {
        if (!pinning.isPinned()) {
            task.state(TaskState.READY);
            scheduler.threadReady(task);
            handOver(task);
        }
    }

    @Override
    public String name() {
        return "handoff";
    }
}
