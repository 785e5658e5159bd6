package dev.tarry.scheduler;

import dev.tarry.events.Reactor;
import dev.tarry.events.WakeupGuard;

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
    private final RunQueue runQueue;
    private final Inbox inbox;
    private final WakeupGuard guard;
    private final Deadlock deadlock;

    private int left; // ready tasks that this turn has not run yet
    private long runs; // the watchdog reads it, and may see it late
    private long runsAtLook;
    private long lookedAt;
    private int runsBetweenLooks = MOST_RUNS_BETWEEN_LOOKS;
    private boolean asleepInHost; // or so it may be, until our descriptor tells

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
        begin();
        runReady();
    }

    private void begin() {
        inbox.take();
        if (runQueue.size() == 0) {
            idle(-1);
        } else if (runs - runsAtLook >= runsBetweenLooks) {
            lookWhileBusy();
        }
        left = runQueue.size();
    }

    /** Sleeps in the system until something happens; see {@link Reactor#poll}. */
    private void idle(long mostNanos) {
        guard.beforeSleep();
        boolean sleep = inbox.isEmpty();
        if (sleep && deadlock.isThere()) {
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
        runQueue.add(ready);
        if (asleepInHost) {
            guard.wake();
        }
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
            begin();
        }
        return left > 0;
    }

    /** The next one of this turn. */
    Runnable take() {
        left--;
        return runQueue.take();
    }

    // ---- inside a loop of somebody else's: see GuestLoop

    /** One turn. Answers how long the host may sleep if {@link Reactor#fd} tells nothing. */
    long guestTurn(long mostNanos) {
        asleepInHost = false;
        guard.afterSleep();
        inbox.take();
        idle(runQueue.size() > 0 ? 0 : mostNanos);
        left = runQueue.size();
        runReady();
        return sleepInHost();
    }

    private long sleepInHost() {
        guard.beforeSleep();
        asleepInHost = true;
        if (!reactor.prepare() || runQueue.size() > 0 || !inbox.isEmpty()) {
            guard.wake(); // the descriptor tells it as well
            return 0;
        }
        return reactor.untilTimer();
    }
}
