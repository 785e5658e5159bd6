package dev.tarry.testkit;

import dev.tarry.scheduler.RunQueue;

import java.util.List;
import java.util.Random;

/**
 * How a seed decides which of the ready tasks runs next. Each way finds bugs that another one
 * hardly ever finds, so neighbouring seeds go different ways, in turn: {@link #of}.
 *
 * <p>All of them are fair in the end: a task that is ready is not passed over for ever, so that a
 * program which yields until something has happened ends.
 */
public enum Strategy {
    /**
     * Any of the ready tasks, each as likely as the others: many small changes of order. All tasks
     * come forward at about the same pace, so that one which must fall far behind never does.
     */
    UNIFORM,

    /**
     * Each task draws a priority when it gets ready, keeps it until it runs, and the highest runs.
     * Now and then one is so low that all others go on for dozens of steps.
     */
    PRIORITIES,

    /**
     * Each task has one priority for the whole run, and a few times in the run the one that is in
     * front falls behind all others: for bugs that need few but long delays. After Burckhardt and
     * others, "A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs" (2010).
     */
    PCT,

    /**
     * First come, first served, as in production, but a few times one of the first is held back for
     * a while: for bugs that are one step away from what happens every day.
     */
    FIFO_WITH_DELAYS;

    /** The two that bring most different orders twice, so that six seeds are a round. */
    private static final List<Strategy> ROUND =
            List.of(UNIFORM, PRIORITIES, PCT, UNIFORM, PRIORITIES, FIFO_WITH_DELAYS);

    /** The way that {@code seed} goes when nothing else is said. */
    public static Strategy of(long seed) {
        return ROUND.get(Math.floorMod(seed, ROUND.size()));
    }

    /** A run queue that goes this way, the same for the same seed. It is for one run. */
    public RunQueue queue(long seed) {
        Random random = Seeds.random(seed, "order by " + name());
        return switch (this) {
            case UNIFORM -> RunQueue.seeded(random.nextLong());
            case PRIORITIES -> new RandomPriorities(random);
            case PCT -> new FewChanges(random);
            case FIFO_WITH_DELAYS -> new FewDelays(random);
        };
    }
}
