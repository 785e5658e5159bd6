package dev.tarry.stress.programs;

import dev.tarry.events.Event;
import dev.tarry.events.Outcome;
import dev.tarry.events.Ticker;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.ScopeTimeoutException;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.CancelledException;
import dev.tarry.scheduler.Scheduler;
import dev.tarry.scheduler.Task;
import dev.tarry.stress.Run;
import dev.tarry.stress.Stress;

import java.time.Duration;
import java.util.List;
import java.util.Random;

/** Timers set, cancelled and expired at random: none is early, none is lost, none is left. */
public final class TimerStress implements Stress {
    // With many more, each one comes so late that nobody would notice an early timer.
    private static final int TASKS = 64;
    private static final Duration LONG = Duration.ofHours(1);

    @Override
    public String name() {
        return "timers";
    }

    @Override
    public String what() {
        return "Timers set, cancelled and expired at random: none is early, lost or left.";
    }

    @Override
    public long few() {
        return 15_000;
    }

    @Override
    public long many() {
        return 2_000_000;
    }

    @Override
    public void run(Run run) {
        Channel<String> silent = Channel.rendezvous();
        long[] done = new long[1];
        run.tarry(
                () -> {
                    Scope.run(
                            scope -> {
                                for (int i = 0; i < TASKS; i++) {
                                    var unused = scope.spawn(() -> operations(run, silent, done));
                                }
                            });
                    int left = Scheduler.current().reactor().timers();
                    Run.check(left == 0, "%d timers are left", left);
                });
        Run.check(done[0] >= run.count(), "%d done", done[0]);
    }

    private static void operations(Run run, Channel<String> silent, long[] done) {
        while (done[0] < run.count()) {
            done[0]++;
            one(run.random(), silent);
            run.progress(done[0]);
        }
    }

    private static void one(Random random, Channel<String> silent) {
        Duration brief = Duration.ofNanos(random.nextInt(5_000_000));
        switch (random.nextInt(8)) {
            case 0, 1 -> notEarlier(brief, () -> Tarry.sleep(brief));
            case 2 -> notEarlier(brief, () -> waitInVain(silent, brief));
            case 3 -> notEarlier(brief, () -> deadlineBeatsTimeout(silent, brief));
            case 4 -> notEarlier(brief, () -> limitExpires(brief));
            case 5 -> limitIsKept(brief);
            case 6 -> cancelSleeper(random.nextBoolean());
            default -> ticks(1 + random.nextInt(3));
        }
    }

    private static void notEarlier(Duration time, Runnable wait) {
        long began = System.nanoTime();
        wait.run();
        long took = System.nanoTime() - began;
        Run.check(took >= time.toNanos(), "%,d ns instead of %,d", took, time.toNanos());
    }

    private static void waitInVain(Channel<String> silent, Duration time) {
        var message = Tarry.await(silent.receiving(), time);
        Run.check(message.isEmpty(), "received %s", message);
    }

    private static void deadlineBeatsTimeout(Channel<String> silent, Duration time) {
        Event<Duration> passed = Events.after(time);
        Event<Duration> later = Events.after(LONG);
        var fired = Tarry.wait(List.of(silent.receiving(), later, passed), LONG);
        Run.check(fired.size() == 1 && fired.has(passed), "fired: %s", fired);
    }

    private static void limitExpires(Duration time) {
        try {
            var unused =
                    Scope.within(
                            time,
                            scope -> {
                                Tarry.sleep(LONG);
                                return "slept";
                            });
            throw new AssertionError("slept for " + LONG);
        } catch (ScopeTimeoutException expected) {
            // as it should
        }
    }

    private static void limitIsKept(Duration time) {
        String result =
                Scope.within(
                        LONG,
                        scope -> {
                            Tarry.sleep(time);
                            return "slept";
                        });
        Run.check(result.equals("slept"), "%s", result);
    }

    private static void cancelSleeper(boolean atOnce) {
        Task<?> sleeper = Tarry.spawn(() -> Tarry.sleep(LONG));
        if (!atOnce) {
            Tarry.yieldNow();
        }
        sleeper.cancel();
        var end = Tarry.await(sleeper.done());
        Run.check(
                end instanceof Outcome.Failed<?>(Throwable t) && t instanceof CancelledException,
                "a cancelled sleeper: %s",
                end);
    }

    private static void ticks(int n) {
        Duration period = Duration.ofNanos(500_000);
        notEarlier(
                period.multipliedBy(n),
                () -> {
                    Event<Ticker.Ticks> tick = Events.every(period);
                    for (long seen = 0; seen < n; ) {
                        seen += Tarry.await(tick).count();
                    }
                });
    }
}
