package dev.tarry.testkit;

import dev.tarry.scheduler.RunQueue;
import dev.tarry.scheduler.Task;

import java.util.Map;
import java.util.PrimitiveIterator;
import java.util.Random;
import java.util.WeakHashMap;

/**
 * {@link Strategy#PCT}. The original knows how many steps a run has, and spreads its changes evenly
 * over them. Nobody knows that here, so where they end is drawn from all orders of magnitude, and
 * then each of them in the same way. Loop only.
 */
final class FewChanges implements RunQueue {
    private static final int MOST_CHANGES = 4;

    /** Later in a run there are no changes. */
    private static final int LAST_CHANGE = 1 << 12;

    /** One that was passed over so often: whoever is in front yields until it has run. */
    private static final int MOST_PASSED = 250;

    private final Random random;
    private final Ranking ranking = new Ranking();
    private final Map<Task<?>, Long> priorities = new WeakHashMap<>();
    private final PrimitiveIterator.OfLong changes;
    private long nextChange;
    private long choices;
    private long lowest;

    FewChanges(Random random) {
        this.random = random;
        int horizon = (int) Moments.draw(random, LAST_CHANGE);
        changes = Moments.of(random, 1 + random.nextInt(MOST_CHANGES), horizon);
        nextChange = changes.nextLong();
    }

    @Override
    public void add(Runnable ready) {
        Task<?> task = RunQueue.taskOf(ready);
        ranking.add(ready, task == null ? draw() : priorities.computeIfAbsent(task, t -> draw()));
    }

    /** Above all that were demoted. */
    private long draw() {
        return random.nextLong() >>> 1;
    }

    @Override
    public Runnable take() {
        if (ranking.size() > 1) {
            choices++;
            if (isChange() || isStuck()) {
                demoteHighest();
            }
        }
        return ranking.takeHighest();
    }

    private boolean isChange() {
        if (choices < nextChange) {
            return false;
        }
        nextChange = changes.hasNext() ? changes.nextLong() : Long.MAX_VALUE;
        return true;
    }

    private boolean isStuck() {
        return ranking.passedOver() >= MOST_PASSED && ranking.oldestReady() != ranking.highest();
    }

    private void demoteHighest() {
        Task<?> task = RunQueue.taskOf(ranking.highest());
        ranking.demoteHighest(--lowest);
        if (task != null) {
            priorities.put(task, lowest);
        }
    }

    @Override
    public int size() {
        return ranking.size();
    }
}
