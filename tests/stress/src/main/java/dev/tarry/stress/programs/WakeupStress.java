package dev.tarry.stress.programs;

import dev.tarry.events.Trigger;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Tarry;
import dev.tarry.runtime.TarryService;
import dev.tarry.scheduler.Scheduler;
import dev.tarry.stress.Run;
import dev.tarry.stress.Stress;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * Foreign threads wake loops at random offsets, so that some wake-ups come just when a loop goes to
 * sleep. After each burst its thread waits for the answers, and sends nothing that could cover up
 * for one that was lost.
 */
public final class WakeupStress implements Stress {
    private static final int MOST_IN_BURST = 20;
    private static final int FEW_SPINS = 50;
    private static final int MOST_SPINS = 3_000; // longer than it takes to fall asleep

    @Override
    public String name() {
        return "wakeups";
    }

    @Override
    public String what() {
        return "Threads wake tasks at random offsets: nothing is lost, doubled or out of order.";
    }

    @Override
    public long few() {
        return 100_000;
    }

    @Override
    public long many() {
        return 10_000_000;
    }

    /** A loop that one thread alone wakes, so that it sleeps often, and one that several do. */
    @Override
    public void run(Run run) throws Exception {
        AtomicLong done = new AtomicLong();
        List<Foreign> threads = new ArrayList<>();
        try (TarryService lonely = Tarry.start();
                TarryService busy = Tarry.start()) {
            for (int i = 0; i < 4; i++) {
                TarryService service = i == 0 ? lonely : busy;
                run.watch(service.submit(Scheduler::current).get());
                threads.add(new Foreign(run, service, i, done));
            }
            for (Foreign f : threads) {
                f.thread.join();
            }
        }
        for (Foreign f : threads) {
            if (f.failure != null) {
                throw f.failure;
            }
        }
        Run.check(done.get() >= run.count(), "%d of %d wake-ups", done.get(), run.count());
    }

    /** A thread and the task that it wakes. */
    private static final class Foreign {
        private final Run run;
        private final TarryService service;
        private final AtomicLong done;
        private final RandomGenerator random;
        private final Trigger<Long> trigger;
        private final CompletableFuture<?> receiver;
        private final Thread thread;
        private volatile long answered;
        private volatile @Nullable AssertionError failure;

        Foreign(Run run, TarryService service, int number, AtomicLong done) throws Exception {
            this.run = run;
            this.service = service;
            this.done = done;
            random = new java.util.Random(run.seed() + number);
            trigger = service.submit(() -> Events.<Long>trigger()).get();
            receiver = service.submit(this::receive);
            thread = Thread.ofPlatform().daemon().name("waker-" + number).start(this::send);
        }

        private void receive() {
            for (long expected = 1; ; expected++) {
                long value = Tarry.await(trigger);
                Run.check(value == expected, "wake-up %d came as number %d", value, expected);
                answered = value;
            }
        }

        private void send() {
            try {
                for (long sent = 0; done.get() < run.count(); ) {
                    if (random.nextInt(16) == 0) {
                        run.progress(done.addAndGet(otherWays()));
                    }
                    int burst = 1 + random.nextInt(1 + random.nextInt(MOST_IN_BURST));
                    for (int i = 0; i < burst; i++) {
                        Run.check(trigger.fire(++sent), "the loop has ended");
                        spin();
                    }
                    awaitAnswer(sent);
                    run.progress(done.addAndGet(burst));
                    spin();
                }
            } catch (AssertionError e) {
                failure = e;
            } catch (Exception e) {
                failure = new AssertionError(e);
            }
        }

        private void spin() {
            int most = random.nextInt(4) == 0 ? MOST_SPINS : FEW_SPINS;
            for (int n = random.nextInt(most); n > 0; n--) {
                Thread.onSpinWait();
            }
        }

        private void awaitAnswer(long sent) {
            for (int looks = 0; answered < sent; looks++) {
                if (receiver.isDone()) {
                    throw new AssertionError("its task has ended: " + receiver.exceptionNow());
                }
                if (looks > 1_000) {
                    Thread.yield();
                } else {
                    Thread.onSpinWait();
                }
            }
        }

        /** A new task, and a future that a task waits for. */
        private int otherWays() throws Exception {
            CompletableFuture<String> future = new CompletableFuture<>();
            var answer = service.submit(() -> Tarry.await(Events.done(future)).get());
            spin();
            future.complete("done");
            String got = answer.get();
            Run.check(got.equals("done"), "the future said %s", got);
            return 2;
        }
    }
}
