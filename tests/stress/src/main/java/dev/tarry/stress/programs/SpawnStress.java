package dev.tarry.stress.programs;

import dev.tarry.events.Outcome;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.CancelledException;
import dev.tarry.scheduler.Scheduler;
import dev.tarry.scheduler.Task;
import dev.tarry.stress.Run;
import dev.tarry.stress.Stress;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Tasks that end, fail, are cancelled or start others: each one's end is that which it chose. */
public final class SpawnStress implements Stress {
    private static final int BATCH = 500;

    private enum Fate {
        RETURNS,
        YIELDS,
        FAILS,
        IS_CANCELLED_AT_ONCE,
        IS_CANCELLED_LATER,
        HAS_CHILDREN
    }

    private record Planned(Task<?> task, Fate fate) {}

    private static final class Chosen extends Exception {}

    @Override
    public String name() {
        return "spawn";
    }

    @Override
    public String what() {
        return "Tasks that end, fail, are cancelled or start others: each one's end is its own.";
    }

    @Override
    public long few() {
        return 40_000;
    }

    @Override
    public long many() {
        return 5_000_000;
    }

    @Override
    public void run(Run run) {
        run.tarry(
                () -> {
                    for (long begun = 0; begun < run.count(); begun += BATCH) {
                        batch(run.random());
                        int left = Scheduler.current().tasks();
                        Run.check(left == 1, "%d tasks are left", left);
                        run.progress(begun + BATCH);
                    }
                });
    }

    private static void batch(Random random) {
        List<Planned> all = new ArrayList<>();
        int[] failures = new int[1];
        Scope.supervise(
                (task, failure) -> failures[0]++,
                scope -> {
                    for (int i = 0; i < BATCH; i++) {
                        all.add(start(scope, random));
                    }
                    for (Planned p : all) {
                        if (p.fate == Fate.IS_CANCELLED_LATER) {
                            Tarry.yieldNow();
                            p.task.cancel();
                        }
                    }
                });
        all.forEach(SpawnStress::checkEnd);
        long planned = all.stream().filter(p -> p.fate == Fate.FAILS).count();
        Run.check(failures[0] == planned, "%d failures, planned %d", failures[0], planned);
    }

    private static Planned start(Scope scope, Random random) {
        Fate fate = Fate.values()[random.nextInt(Fate.values().length)];
        int n = 1 + random.nextInt(4);
        Task<Integer> task = scope.spawn(() -> live(fate, n));
        if (fate == Fate.IS_CANCELLED_AT_ONCE) {
            task.cancel();
        }
        return new Planned(task, fate);
    }

    private static Integer live(Fate fate, int n) throws Exception {
        switch (fate) {
            case RETURNS -> {}
            case YIELDS -> {
                for (int i = 0; i < n; i++) {
                    Tarry.yieldNow();
                }
            }
            case FAILS -> throw new Chosen();
            case IS_CANCELLED_AT_ONCE, IS_CANCELLED_LATER -> Tarry.sleep(Duration.ofDays(1));
            case HAS_CHILDREN -> children(n);
        }
        return n;
    }

    private static void children(int n) {
        int[] ended = new int[1];
        Scope.run(
                scope -> {
                    for (int i = 0; i < n; i++) {
                        var unused = scope.spawn(() -> ended[0]++);
                    }
                });
        Run.check(ended[0] == n, "%d of %d children have ended with their scope", ended[0], n);
    }

    private static void checkEnd(Planned planned) {
        Outcome<?> end = planned.task.outcome();
        boolean expected =
                switch (planned.fate) {
                    case RETURNS, YIELDS, HAS_CHILDREN -> end != null && end.isValue();
                    case FAILS ->
                            end instanceof Outcome.Failed<?>(Throwable t) && t instanceof Chosen;
                    case IS_CANCELLED_AT_ONCE, IS_CANCELLED_LATER ->
                            end instanceof Outcome.Failed<?>(Throwable t)
                                    && t instanceof CancelledException;
                };
        Run.check(expected, "%s %s, but its end is %s", planned.task, planned.fate, end);
    }
}
