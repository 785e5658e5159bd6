package dev.tarry.stress.programs;

import dev.tarry.runtime.Tarry;
import dev.tarry.runtime.TarryService;
import dev.tarry.scheduler.CancelledException;
import dev.tarry.scheduler.Scheduler;
import dev.tarry.stress.Proc;
import dev.tarry.stress.Run;
import dev.tarry.stress.Stress;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;

/**
 * Closes a loop on which very many tasks wait for things of all kinds: every task ends, every
 * future is told, the thread and the descriptors are gone. It prints how long that takes.
 */
public final class ShutdownStress implements Stress {
    @Override
    public String name() {
        return "shutdown";
    }

    @Override
    public String what() {
        return "Closes a loop on which so many tasks wait for all kinds of things; prints the"
                + " time.";
    }

    @Override
    public long few() {
        return 2_000;
    }

    @Override
    public long many() {
        return 10_000;
    }

    @Override
    public boolean usesFds() {
        return true;
    }

    @Override
    public void run(Run run) throws Exception {
        for (int round = 0; round < 5; round++) {
            try (Kinds kinds = new Kinds(Math.toIntExact(run.count()), run.random())) {
                close(run, kinds);
            }
        }
    }

    private static void close(Run run, Kinds kinds) throws Exception {
        TarryService service = Tarry.start();
        Scheduler scheduler = service.submit(Scheduler::current).get();
        run.watch(scheduler);
        List<Future<?>> futures = new ArrayList<>();
        service.submit(() -> kinds.open()).get();
        for (int i = 0; i < run.count(); i++) {
            int number = i;
            futures.add(service.submit(() -> kinds.waitFor(number)));
        }
        while (kinds.parked() < run.count()) {
            service.submit(Tarry::yieldNow).get();
        }
        long began = System.nanoTime();
        long cpuBefore = Proc.cpuMillis();
        service.close();
        long took = System.nanoTime() - began;
        long cpu = Proc.cpuMillis() - cpuBefore;
        run.forget(scheduler);
        run.say(
                "%,d waiters ended in %,d ms (%,d ms of CPU time)",
                run.count(), took / 1_000_000, cpu);
        check(run, kinds, scheduler, futures);
    }

    private static void check(Run run, Kinds kinds, Scheduler scheduler, List<Future<?>> futures) {
        Run.check(kinds.ended() == run.count(), "%d of %d ended", kinds.ended(), run.count());
        Run.check(scheduler.tasks() == 0, "%d tasks are left", scheduler.tasks());
        for (Future<?> future : futures) {
            Run.check(future.isDone(), "a future was not told");
            Throwable end = future.exceptionNow();
            Run.check(end instanceof CancelledException, "a task ended with %s", end);
        }
        while (Proc.ourThreads().contains(scheduler.toString())) {
            Thread.onSpinWait(); // it ends a moment after it has said so
        }
    }
}
