package dev.tarry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.ScopeTimeoutException;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.CancelledException;
import dev.tarry.scheduler.Scheduler;
import dev.tarry.scheduler.Task;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;

/** Virtual time, and code in {@code blocking()}, which takes real time. */
@Timeout(120)
class BlockingTimeTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration HOUR = Duration.ofHours(1);

    /** Works for a moment of real time. */
    private static int work(int value) throws InterruptedException {
        Thread.sleep(value % 3);
        return value;
    }

    /** What was taken for a leak: the grace of a minute was over at once. */
    @Test
    void codeThatWorksAfterTheBodyHasEnded_isNoLeak() {
        for (long seed = 0; seed < 100; seed++) {
            SimulationResult run =
                    Simulation.run(
                            seed,
                            () -> {
                                for (int i = 0; i < 3; i++) {
                                    int number = i;
                                    Tarry.spawn(() -> Tarry.blocking(() -> work(number)));
                                }
                            });
            assertThat(run.elapsed()).isZero();
        }
    }

    @Test
    void timeHolds_whileCodeWorks() {
        for (long seed = 0; seed < 50; seed++) {
            List<String> order = new ArrayList<>();
            SimulationResult run =
                    Simulation.run(
                            seed,
                            () -> {
                                Tarry.spawn(
                                        () -> {
                                            Tarry.sleep(SECOND);
                                            order.add("slept");
                                        });
                                Scope.within(
                                        Duration.ofMillis(1),
                                        scope -> {
                                            int worked = 0;
                                            for (int i = 1; i <= 3; i++) {
                                                int number = i;
                                                worked += Tarry.blocking(() -> work(number));
                                            }
                                            return order.add("worked " + worked);
                                        });
                            });
            assertThat(order).containsExactly("worked 6", "slept");
            assertThat(run.elapsed()).isEqualTo(SECOND);
        }
    }

    @Test
    void timeHolds_onAVirtualClockWithoutASimulation() {
        for (int i = 0; i < 50; i++) {
            VirtualClock clock = new VirtualClock();
            Tarry.run(
                    Scheduler.builder().clock(clock),
                    () -> {
                        Task<?> sleeper = Tarry.spawn(() -> Tarry.sleep(HOUR));
                        assertThat(Tarry.<Integer>blocking(() -> work(2))).isEqualTo(2);
                        assertThat(clock.nanos()).isZero();
                        sleeper.join();
                        assertThat(clock.nanos()).isEqualTo(HOUR.toNanos());
                    });
        }
    }

    @Test
    void whoWaitsForCode_isNotBlocked() {
        List<String> order = new ArrayList<>();
        Simulation.run(
                1,
                () -> {
                    Tarry.spawn(
                            () -> {
                                Tarry.blocking(() -> work(2));
                                order.add("worked");
                            });
                    Simulation.awaitAllBlocked();
                    order.add("all blocked");
                });
        assertThat(order).containsExactly("worked", "all blocked");
    }

    // ---- the same seed, the same run

    private static SimulationResult severalAtOnce(long seed, Set<List<Integer>> orders) {
        List<Integer> order = new ArrayList<>();
        SimulationResult run =
                Simulation.runTwice(
                        seed,
                        () -> {
                            order.clear();
                            Channel<Integer> results = Channel.buffered(2);
                            for (int i = 0; i < 4; i++) {
                                int number = i;
                                Tarry.spawn(
                                        () -> {
                                            for (int k = 0; k < number; k++) {
                                                Tarry.yieldNow();
                                            }
                                            int base = number * 10;
                                            for (int k = 0; k < 2; k++) {
                                                int value = base + k;
                                                // Later ones end earlier, at any moment.
                                                results.send(
                                                        Tarry.blocking(() -> work(100 - value)));
                                            }
                                        });
                            }
                            for (int i = 0; i < 8; i++) {
                                order.add(results.receive());
                                Tarry.sleep(Duration.ofMillis(i));
                            }
                        });
        orders.add(List.copyOf(order));
        return run;
    }

    @Test
    void severalAtOnce_comeBackInTheSameOrderInEachRunOfASeed() {
        Set<List<Integer>> orders = new HashSet<>();
        for (long seed = 0; seed < 100; seed++) {
            assertThat(severalAtOnce(seed, orders).traceHash())
                    .isEqualTo(severalAtOnce(seed, orders).traceHash());
        }
        assertThat(orders).as("the seed decides").hasSizeBetween(10, 100);
    }

    /** With one thread it depends on the queue who runs when; a cancel takes out of the queue. */
    @Test
    void aCancelOfCodeInTheQueue_isTheSameInEachRunOfASeed() {
        for (long seed = 0; seed < 50; seed++) {
            Simulation.runTwice(
                    seed,
                    () -> {
                        List<Task<?>> tasks = new ArrayList<>();
                        for (int i = 0; i < 80; i++) { // more than there are threads
                            tasks.add(Tarry.spawn(() -> Tarry.blocking(() -> forEver())));
                        }
                        Tarry.yieldNow();
                        tasks.forEach(Task::cancel);
                    });
        }
    }

    private static boolean forEver() throws InterruptedException {
        new CountDownLatch(1).await();
        return true;
    }

    // ---- code that does not come back

    @Test
    void codeThatWaitsForTime_isOvertakenOnceTheClockHasBeenPatient() {
        VirtualClock clock = new VirtualClock();
        clock.blockingPatience(Duration.ofMillis(50));
        SimulationResult run =
                Simulation.builder()
                        .clock(clock)
                        .run(
                                () ->
                                        assertThatThrownBy(
                                                        () ->
                                                                Scope.within(
                                                                        HOUR,
                                                                        s ->
                                                                                Tarry.blocking(
                                                                                        () ->
                                                                                                forEver())))
                                                .isInstanceOf(ScopeTimeoutException.class));
        assertThat(run.elapsed()).isEqualTo(HOUR);
    }

    /** Once it was overtaken, it holds up nothing any more. */
    @Test
    void codeThatIsFedByATaskThatSleeps_goesOn() {
        VirtualClock clock = new VirtualClock();
        clock.blockingPatience(Duration.ofMillis(50));
        SimulationResult run =
                Simulation.builder()
                        .clock(clock)
                        .run(
                                () -> {
                                    LinkedBlockingQueue<Integer> queue =
                                            new LinkedBlockingQueue<>();
                                    Task<Integer> taking =
                                            Tarry.spawn(() -> Tarry.blocking(queue::take));
                                    for (int i = 0; i < 1_000; i++) {
                                        Tarry.sleep(HOUR);
                                    }
                                    queue.add(1);
                                    assertThat(taking.join()).isEqualTo(1);
                                });
        assertThat(run.elapsed()).isEqualTo(HOUR.multipliedBy(1_000));
    }

    /** The first to start waits for what the task of the second does: their order gives way. */
    @Test
    void codeThatNeedsLaterCode_goesOn() {
        LinkedBlockingQueue<Integer> queue = new LinkedBlockingQueue<>();
        Simulation.run(
                1,
                () -> {
                    Task<Integer> first = Tarry.spawn(() -> Tarry.blocking(queue::take));
                    Simulation.current().clock().blockingPatience(Duration.ofMillis(100));
                    Tarry.yieldNow();
                    Tarry.yieldNow();
                    Tarry.spawn(() -> queue.add(Tarry.blocking(() -> work(1))));
                    assertThat(first.join()).isEqualTo(1);
                });
    }

    @Test
    void abandonedCode_doesNotHoldTheTime() {
        CountDownLatch end = new CountDownLatch(1);
        VirtualClock clock = new VirtualClock();
        clock.blockingPatience(HOUR);
        try {
            SimulationResult run =
                    Simulation.builder()
                            .clock(clock)
                            .run(
                                    () -> {
                                        Task<?> task =
                                                Tarry.spawn(
                                                        () ->
                                                                Tarry.blockingAbandonable(
                                                                        () -> await(end),
                                                                        late -> {}));
                                        Tarry.yieldNow();
                                        Tarry.yieldNow();
                                        task.cancel();
                                        Tarry.sleep(HOUR);
                                        assertThatThrownBy(task::join)
                                                .hasCauseInstanceOf(CancelledException.class);
                                    });
            assertThat(run.elapsed()).isEqualTo(HOUR);
        } finally {
            end.countDown();
        }
    }

    private static boolean await(CountDownLatch latch) {
        while (true) {
            try {
                latch.await();
                return true;
            } catch (InterruptedException e) {
                // ignores it
            }
        }
    }

    // ---- the end of time

    @Test
    void virtualTimeThatOverflows_endsTheRunWithAHint() {
        for (long origin : new long[] {0, Long.MAX_VALUE - 5, Long.MIN_VALUE}) {
            assertThatThrownBy(
                            () ->
                                    Simulation.builder()
                                            .clock(new VirtualClock(origin))
                                            .run(
                                                    () -> {
                                                        while (true) {
                                                            Tarry.sleep(Duration.ofDays(36_500));
                                                        }
                                                    }))
                    .isInstanceOf(SimulationFailedError.class)
                    .hasStackTraceContaining("virtual time has come to its end")
                    .hasMessageMatching("(?s).*PT\\d{7}H.* of virtual time.*");
        }
    }

    @Test
    void aClockAdvancedBeyondTheEndOfTime_saysSo() {
        VirtualClock clock = new VirtualClock(7);
        clock.advance(Duration.ofDays(365 * 140));
        clock.advance(Duration.ofDays(365 * 140));
        long before = clock.nanos();
        assertThatThrownBy(() -> clock.advance(Duration.ofDays(365 * 140)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("virtual time has come to its end");
        assertThat(clock.nanos()).isEqualTo(before);
    }

    @Test
    void sleepsWithoutEnd_reachTheEndOfTimeOnly() {
        SimulationResult run =
                Simulation.run(
                        1,
                        () -> {
                            Tarry.sleep(Duration.ofSeconds(Long.MAX_VALUE)); // 146 years
                            Tarry.sleep(Duration.ofSeconds(Long.MAX_VALUE));
                        });
        assertThat(run.elapsed()).isPositive();
    }
}
