package dev.tarry.stress.programs;

import dev.tarry.stress.Run;
import dev.tarry.stress.Stress;

import java.util.Random;

/**
 * Messages between 2 and 16 schedulers and plain threads over shared channels, a few hundred or
 * thousand times with other numbers of them and other capacities: what each sender has sent arrives
 * once, and in its order, though waits time out and are cancelled, and threads are interrupted.
 */
public final class SharedStress implements Stress {
    private static final int FEWEST_PARTIES = 2;
    private static final int MOST_PARTIES = 16;
    private static final int[] CAPACITIES = {0, 1, 2, 3, 16, 256};

    @Override
    public String name() {
        return "shared";
    }

    @Override
    public String what() {
        return "2 to 16 schedulers and threads: nothing is lost, doubled or out of order.";
    }

    @Override
    public long few() {
        return 60_000;
    }

    @Override
    public long many() {
        return 100_000_000;
    }

    /** None of its own, but each message that wakes a loop goes by its poller. */
    @Override
    public boolean usesFds() {
        return true;
    }

    @Override
    public void run(Run run) throws Exception {
        Random random = run.random();
        long each = Math.clamp(run.count() / 30, 1_000, 200_000);
        SharedRound.Tally tally = new SharedRound.Tally();
        int rounds = 0;
        while (tally.sent() < run.count()) {
            // The first two rounds are the smallest and the largest, and then any.
            int parties = random.nextInt(FEWEST_PARTIES, MOST_PARTIES + 1);
            parties = rounds == 0 ? FEWEST_PARTIES : rounds == 1 ? MOST_PARTIES : parties;
            int capacity = CAPACITIES[rounds % CAPACITIES.length];
            long messages = Math.min(each, run.count() - tally.sent());
            new SharedRound(run, tally, parties, capacity, messages).run();
            rounds++;
        }
        run.say(
                "%,d messages in %,d rounds, %,.0f per second; %s",
                tally.sent(), rounds, tally.sent() / run.seconds(), tally);
    }
}
