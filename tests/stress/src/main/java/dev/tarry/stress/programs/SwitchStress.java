package dev.tarry.stress.programs;

import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;
import dev.tarry.stress.Run;
import dev.tarry.stress.Stress;

/** Tasks that yield: each runs once in every round, and always after the same neighbour. */
public final class SwitchStress implements Stress {
    private static final int TASKS = 1_000;

    private static final class Ring {
        private int last = TASKS - 1;
        private long switches;
    }

    @Override
    public String name() {
        return "switch";
    }

    @Override
    public String what() {
        return "A thousand tasks yield to each other: each runs once in every round, in order.";
    }

    @Override
    public long few() {
        return 200_000;
    }

    @Override
    public long many() {
        return 200_000_000;
    }

    @Override
    public void run(Run run) {
        long rounds = Math.max(1, run.count() / TASKS);
        Ring ring = new Ring();
        run.tarry(
                () ->
                        Scope.run(
                                scope -> {
                                    for (int i = 0; i < TASKS; i++) {
                                        int me = i;
                                        var unused =
                                                scope.spawn(() -> turns(run, ring, me, rounds));
                                    }
                                }));
        Run.check(
                ring.switches == rounds * TASKS,
                "%d switches of %d",
                ring.switches,
                rounds * TASKS);
    }

    private static void turns(Run run, Ring ring, int me, long rounds) {
        for (long i = 0; i < rounds; i++) {
            int before = me == 0 ? TASKS - 1 : me - 1;
            Run.check(ring.last == before, "%d runs after %d, in round %d", me, ring.last, i);
            ring.last = me;
            ring.switches++;
            if (me == 0 && i % 100 == 0) {
                run.progress(ring.switches);
            }
            Tarry.yieldNow();
        }
    }
}
