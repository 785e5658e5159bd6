package dev.tarry.testkit;

import dev.tarry.scheduler.RunQueue;

import java.util.Random;

/** {@link Strategy#PRIORITIES}. Loop only. */
final class RandomPriorities implements RunQueue {
    /**
     * One that was passed over so often runs next. A low priority is the purpose, but with a task
     * beside it that yields until it has run, it would have to wait for a lower one still.
     */
    private static final int MOST_PASSED = 2000;

    private final Random random;
    private final Ranking ranking = new Ranking();

    RandomPriorities(Random random) {
        this.random = random;
    }

    @Override
    public void add(Runnable ready) {
        ranking.add(ready, random.nextLong());
    }

    @Override
    public Runnable take() {
        return ranking.passedOver() >= MOST_PASSED ? ranking.takeOldest() : ranking.takeHighest();
    }

    @Override
    public int size() {
        return ranking.size();
    }
}
