package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.Scheduler;
import dev.tarry.scheduler.Task;

import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Time on the real clock: never early, whatever else goes on. */
@Timeout(60)
class TimersTest {

    @BothCarriers
    void tenThousandRandomTimers_noneIsEarly(String carrier) {
        Random random = new Random(8);
        int[] ended = new int[1];
        Runs.on(
                carrier,
                () -> {
                    Scope.run(
                            scope -> {
                                for (int i = 0; i < 10_000; i++) {
                                    long nanos = random.nextInt(500_000_000);
                                    boolean asEvent = random.nextBoolean();
                                    scope.spawn(
                                            () -> {
                                                sleep(nanos, asEvent);
                                                ended[0]++;
                                            });
                                }
                            });
                    assertThat(Scheduler.current().reactor().timers()).isZero();
                });
        assertThat(ended[0]).isEqualTo(10_000);
    }

    private static void sleep(long nanos, boolean asEvent) {
        long began = System.nanoTime();
        if (asEvent) {
            Duration late = Tarry.await(Events.after(Duration.ofNanos(nanos)));
            assertThat(late).isGreaterThanOrEqualTo(Duration.ZERO);
        } else {
            assertThat(Tarry.wait(List.of(), Duration.ofNanos(nanos))).isEmpty();
        }
        assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(nanos);
    }

    @BothCarriers
    void cancelledTimers_neverFire(String carrier) {
        int[] fired = new int[1];
        Runs.on(
                carrier,
                () -> {
                    List<Task<?>> tasks = new ArrayList<>();
                    for (int i = 0; i < 1_000; i++) {
                        tasks.add(
                                Tarry.spawn(
                                        () -> {
                                            Tarry.sleep(Duration.ofMillis(20));
                                            fired[0]++;
                                        }));
                    }
                    Tarry.yieldNow();
                    tasks.forEach(Task::cancel);
                    Tarry.yieldNow();
                    assertThat(Scheduler.current().reactor().timers()).isZero();
                    Tarry.sleep(Duration.ofMillis(40)); // their time comes, and nothing happens
                });
        assertThat(fired[0]).isZero();
    }

    @BothCarriers
    void taskWhoseWaitsNeverBlock_doesNotStarveTimersChannelsAndDescriptors(String carrier) {
        Runs.on(
                carrier,
                () ->
                        Scope.run(
                                scope -> {
                                    boolean[] stop = new boolean[1];
                                    Channel<Integer> always = Channel.buffered(1);
                                    scope.spawn(
                                            () -> {
                                                while (!stop[0]) {
                                                    always.send(1);
                                                    always.receive();
                                                }
                                            });
                                    try (var pipe = dev.tarry.events.Pipe.open()) {
                                        Tarry.sleep(Duration.ofMillis(5));
                                        var writer =
                                                scope.spawn(
                                                        () -> {
                                                            Tarry.await(pipe.sink().writable());
                                                            pipe.sink().close();
                                                        });
                                        Tarry.await(pipe.source().readable());
                                        writer.join();
                                    }
                                    stop[0] = true;
                                }));
    }

    @BothCarriers
    void tickerThatWasLate_tellsHowManyTicksItIs(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    Duration period = Duration.ofMillis(2);
                    long began = System.nanoTime();
                    var ticker = Events.every(period);
                    long ticks = 0;
                    for (int i = 0; i < 10; i++) {
                        if (i % 3 == 0) {
                            busyFor(period.multipliedBy(5));
                        }
                        var tick = Tarry.await(ticker);
                        ticks += tick.count();
                        assertThat(tick.late()).isLessThan(period);
                        long elapsed = System.nanoTime() - began;
                        assertThat(ticks * period.toNanos()).isLessThanOrEqualTo(elapsed);
                    }
                    assertThat(ticks).as("the late ones were counted").isGreaterThan(20);
                });
    }

    private static void busyFor(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }

    @BothCarriers
    void longestTimeout_doesNotOverflow(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    Duration forever = Duration.ofSeconds(Long.MAX_VALUE);
                    Channel<Integer> channel = Channel.rendezvous();
                    Tarry.spawn(
                            () -> {
                                Tarry.sleep(Duration.ofMillis(2));
                                channel.send(1);
                            });
                    var fired =
                            Tarry.wait(
                                    List.of(channel.receiving(), Events.after(forever)), forever);
                    assertThat(fired).hasSize(1);
                });
    }
}
