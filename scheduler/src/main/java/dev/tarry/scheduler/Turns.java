package dev.tarry.scheduler;

import dev.tarry.events.Reactor;
import dev.tarry.events.WakeupGuard;
import dev.tarry.events.internal.Reports;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;

/**
 * The turns of a loop. A turn: take the inbox; ask the operating system (and sleep there if nothing
 * is ready to run); fire the timers that are due; run the tasks that were ready when this began.
 * Loop only.
 */
final class Turns {
    /**
     * While tasks are ready, the system and the timers are looked at after so many runs at most.
     */
    private static final int MOST_RUNS_BETWEEN_LOOKS = 64;

    /** And after fewer, if these take longer than this. */
    private static final long NANOS_BETWEEN_LOOKS = 200_000;

    private final Reactor reactor;
    private RunQueue runQueue;
    private final Inbox inbox;
    private final WakeupGuard guard;
    private final Deadlock deadlock;

    private int left; // ready tasks that this turn has not run yet
    private long runs; // the watchdog reads it, and may see it late
    private long runsAtLook;
    private long lookedAt;
    private int runsBetweenLooks = MOST_RUNS_BETWEEN_LOOKS;
    private boolean asleepInHost; // or so it may be, until our descriptor tells

    /** The one that must go on before all others, while it is in a call of the JDK. */
    private @Nullable Task<?> alone;

    /** Meanwhile, the others, and what is no task. */
    private final Queue<Runnable> heldBack = new ArrayDeque<>();

    private final Queue<Runnable> foreign = new ArrayDeque<>();

    /** What the queue of a user's did not take. */
    private final Queue<Runnable> refused = new ArrayDeque<>();

    private @Nullable Thread adding; // to the queue of a user's, which may block

    Turns(Reactor reactor, RunQueue runQueue, Inbox inbox, WakeupGuard guard, Deadlock deadlock) {
        this.reactor = reactor;
        this.runQueue = runQueue;
        this.inbox = inbox;
        this.guard = guard;
        this.deadlock = deadlock;
    }

    void start() {
        lookedAt = reactor.nanos();
    }

    // ---- a turn

    void turn() {
        turn(-1);
    }

    /**
     * @param mostNanos how long to sleep at most; negative without limit
     */
    void turn(long mostNanos) {
        begin(mostNanos);
        runReady();
    }

    private void begin(long mostNanos) {
        takeInbox();
        if (runQueue.size() == 0) {
            idle(mostNanos);
        } else if (runs - runsAtLook >= runsBetweenLooks) {
            lookWhileBusy();
        }
        left = runQueue.size();
    }

    /** Sleeps in the system until something happens; see {@link Reactor#poll}. */
    private void idle(long mostNanos) {
        guard.beforeSleep();
        boolean sleep = inbox.isEmpty();
        // The inbox once more: a thread that was interrupted may just have said so.
        if (sleep && alone == null && deadlock.isThere() && inbox.isEmpty()) {
            guard.afterSleep();
            deadlock.report();
            return;
        }
        try {
            reactor.poll(sleep ? mostNanos : 0);
        } finally {
            guard.afterSleep();
        }
        looked();
    }

    /**
     * Asking the system costs as much as running two or three tasks, and asking the clock a fifth
     * of one, so neither is done at every turn; nor too rarely, if the tasks run long.
     */
    private void lookWhileBusy() {
        long runsOfLate = runs - runsAtLook;
        long before = lookedAt;
        reactor.poll(0);
        looked();
        long took = Math.max(1, lookedAt - before);
        runsBetweenLooks =
                (int)
                        Math.clamp(
                                runsOfLate * NANOS_BETWEEN_LOOKS / took,
                                1,
                                MOST_RUNS_BETWEEN_LOOKS);
    }

    private void looked() {
        runsAtLook = runs;
        lookedAt = reactor.nanos();
        reactor.fireTimers(lookedAt);
    }

    /** Runs the tasks that are ready now; those that they make ready run in the next turn. */
    private void runReady() {
        while (left > 0) {
            take().run();
        }
    }

    // ---- what tasks do to it

    /** Puts {@code ready} behind the others. */
    void add(Runnable ready) {
        if (alone != null) {
            addWhileAlone(ready, alone);
            return;
        }
        if (runQueue instanceof FifoQueue) {
            runQueue.add(ready);
        } else {
            addToUsers(ready);
        }
        if (asleepInHost) {
            guard.wake();
        }
    }

    /**
     * A queue of a user's may refuse a task, or have no stack left for it, which is not the fault
     * of whoever wakes that task: the loop asks it once more, and fails if it refuses again.
     */
    private void addToUsers(Runnable ready) {
        adding = Thread.currentThread();
        try {
            runQueue.add(ready);
        } catch (Throwable t) {
            refused.add(ready);
            Reports.warn("the run queue has refused " + ready + ", and is asked once more", t);
        } finally {
            adding = null;
        }
    }

    /** Whether the caller is a queue of a user's, which must not wait. */
    boolean isAddingHere() {
        return adding == Thread.currentThread();
    }

    private void takeInbox() {
        inbox.take();
        Runnable ready;
        while ((ready = refused.peek()) != null) {
            runQueue.add(ready);
            refused.remove();
        }
    }

    private void addWhileAlone(Runnable ready, Task<?> one) {
        if (ready != one.turn) {
            (ready instanceof Task.Turn ? heldBack : foreign).add(ready);
        }
    }

    // ---- sections in which a task is alone

    /**
     * Comes back when {@code task}, which a call of the JDK has taken off the loop, can go on; that
     * may be at once. Until then no other task runs. Virtual threads that tasks have started do:
     * they are no tasks, and may be what it waits for.
     */
    void only(Task<?> task) {
        while (runQueue.size() > 0) {
            addWhileAlone(runQueue.take(), task);
        }
        alone = task;
        try {
            while (task.state() == TaskState.BLOCKED) {
                inbox.take();
                Runnable next = foreign.poll();
                if (next != null) {
                    next.run();
                } else if (task.state() == TaskState.BLOCKED) {
                    idle(-1);
                }
            }
        } finally {
            alone = null;
            heldBack.forEach(this::add);
            heldBack.clear();
            foreign.forEach(this::add);
            foreign.clear();
        }
    }

    // ---- a loop that has failed

    /** From now on a queue of our own; another one may be what has failed. */
    void replaceQueue(CancelScope root) {
        RunQueue failed = runQueue;
        Set<Runnable> ready = Collections.newSetFromMap(new IdentityHashMap<>());
        try {
            while (failed.size() > 0 && ready.add(failed.take())) {}
        } catch (Throwable t) {
            // What it still has of the tasks is known otherwise.
        }
        ready.remove(null);
        ready.addAll(refused);
        refused.clear();
        root.forEachTask(
                task -> {
                    if (task.turn.queued) { // one that the queue has lost
                        ready.add(task.turn);
                    }
                });
        runQueue = RunQueue.fifo();
        ready.forEach(runQueue::add);
    }

    /** Runs who is ready, without asking the system. Answers whether there was anybody. */
    boolean turnWithoutSystem() {
        inbox.take();
        left = runQueue.size();
        boolean any = left > 0;
        runReady();
        return any;
    }

    /** What is ready. */
    RunQueue queue() {
        return runQueue;
    }

    /** A task begins to run. */
    void countRun() {
        runs++;
    }

    /** How often a task began to run. */
    long runs() {
        return runs;
    }

    /** For a task that looks and does not wait. */
    void look() {
        inbox.take();
        reactor.poll(0);
        looked();
    }

    /** The time of the clock at the last look. */
    long lookedAt() {
        return lookedAt;
    }

    /**
     * Whether this turn has somebody to run, for a carrier that does not come back to the loop.
     *
     * @param mayBegin whether to begin the next turn if this one is over; not one that would sleep
     */
    boolean hasMore(boolean mayBegin) {
        if (left == 0 && mayBegin && runQueue.size() > 0) {
            begin(-1);
        }
        return left > 0;
    }

    /** The next one of this turn. */
    Runnable take() {
        left--;
        return Objects.requireNonNull(runQueue.take(), "the run queue has answered null");
    }

    // ---- inside a loop of somebody else's: see GuestLoop

    /** One turn. Answers how long the host may sleep if {@link Reactor#fd} tells nothing. */
    long guestTurn(long mostNanos) {
        asleepInHost = false;
        guard.afterSleep();
        takeInbox();
        idle(runQueue.size() > 0 ? 0 : mostNanos);
        left = runQueue.size();
        runReady();
        return sleepInHost();
    }

    private long sleepInHost() {
        guard.beforeSleep();
        asleepInHost = true;
        boolean ready = runQueue.size() > 0 || !refused.isEmpty();
        if (!reactor.prepare() || ready || !inbox.isEmpty()) {
            guard.wake(); // the descriptor tells it as well
            return 0;
        }
        return reactor.untilTimer();
    }
}
