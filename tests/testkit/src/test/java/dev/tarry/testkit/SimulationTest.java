package dev.tarry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.events.BaseEvent;
import dev.tarry.events.Event;
import dev.tarry.events.Outcome;
import dev.tarry.events.Reactor;
import dev.tarry.events.Sockets;
import dev.tarry.events.Timer;
import dev.tarry.events.WaitQueue;
import dev.tarry.events.Waiter;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.DeadlockException;
import dev.tarry.scheduler.Scheduler;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

@Timeout(60)
class SimulationTest {
    private static List<String> order(long seed) {
        List<String> order = new ArrayList<>();
        var unused =
                Simulation.run(
                        seed,
                        () -> {
                            for (String name : List.of("a", "b", "c", "d")) {
                                Tarry.spawn(
                                        () -> {
                                            order.add(name);
                                            Tarry.yieldNow();
                                            order.add(name);
                                        });
                            }
                        });
        return order;
    }

    @Test
    void theSameSeed_givesTheSameOrder() {
        for (long seed = 0; seed < 50; seed++) {
            assertThat(order(seed)).isEqualTo(order(seed));
        }
    }

    @Test
    void seeds_giveManyOrders() {
        Set<List<String>> orders = new HashSet<>();
        for (long seed = 0; seed < 200; seed++) {
            orders.add(order(seed));
        }
        assertThat(orders).hasSizeGreaterThan(150);
    }

    @Test
    void aLongSleep_takesItsVirtualTimeExactly() {
        SimulationResult run = Simulation.run(1, () -> Tarry.sleep(Duration.ofDays(1000)));
        assertThat(run.elapsed()).isEqualTo(Duration.ofDays(1000));
    }

    @Test
    void aClockThatWraps_changesNothing() {
        SimulationResult run =
                Simulation.builder()
                        .clock(new VirtualClock(Long.MAX_VALUE - 5))
                        .run(
                                () -> {
                                    Tarry.sleep(Duration.ofNanos(3));
                                    Tarry.sleep(Duration.ofSeconds(3));
                                });
        assertThat(run.elapsed()).isEqualTo(Duration.ofNanos(3_000_000_003L));
    }

    @Test
    void aFailure_saysItsSeed() {
        assertThatThrownBy(
                        () ->
                                Simulation.run(
                                        4711,
                                        () -> {
                                            throw new IllegalStateException("oops");
                                        }))
                .isInstanceOf(SimulationFailedError.class)
                .hasMessageContaining("seed 4711")
                .hasMessageContaining("-Dtarry.seed=4711")
                .hasRootCauseMessage("oops");
    }

    @Test
    void aDeadlock_isAFailure() {
        assertThatThrownBy(() -> Simulation.run(1, () -> Channel.rendezvous().receive()))
                .isInstanceOf(SimulationFailedError.class)
                .hasCauseInstanceOf(DeadlockException.class);
    }

    @Test
    void aTaskThatGoesOnForEver_isALeak() {
        assertThatThrownBy(
                        () ->
                                Simulation.run(
                                        1,
                                        () ->
                                                Tarry.spawn(
                                                        "ticker",
                                                        () -> {
                                                            while (true) {
                                                                Tarry.sleep(Duration.ofSeconds(1));
                                                            }
                                                        })))
                .hasCauseInstanceOf(LeakException.class)
                .hasMessageContaining("'ticker' WAITING");
    }

    @Test
    void aTaskThatEndsSoonAfterTheBody_isNoLeak() {
        SimulationResult run =
                Simulation.run(1, () -> Tarry.spawn(() -> Tarry.sleep(Duration.ofSeconds(5))));
        assertThat(run.elapsed()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void aTimer_isALeak() {
        assertThatThrownBy(
                        () ->
                                Simulation.run(
                                        1,
                                        () ->
                                                Scheduler.current()
                                                        .reactor()
                                                        .schedule(
                                                                new Timer() {
                                                                    @Override
                                                                    protected void fire() {}
                                                                },
                                                                5)))
                .hasCauseInstanceOf(LeakException.class)
                .hasMessageContaining("timers that are still scheduled: 1");
    }

    @Test
    void anOpenSocket_isALeak() throws Exception {
        List<AutoCloseable> leaked = new ArrayList<>();
        assertThatThrownBy(() -> Simulation.run(1, () -> leaked.addAll(List.of(Sockets.pair()))))
                .hasCauseInstanceOf(LeakException.class)
                .hasMessageMatching("(?s).*open: socket fd \\d+, opened at .*SimulationTest.*");
        for (AutoCloseable fd : leaked) {
            fd.close();
        }
    }

    /** An event of the user's own with the mistake that nobody sees until it wakes a stranger. */
    @Test
    void anEventThatKeepsItsWaiter_isNamed() {
        WaitQueue waiters = new WaitQueue();
        Event<Integer> careless =
                new BaseEvent<>() {
                    @Override
                    public Outcome<Integer> poll(Reactor reactor) {
                        return null;
                    }

                    @Override
                    public void arm(Waiter waiter) {
                        waiters.add(waiter);
                    }

                    @Override
                    public void disarm(Waiter waiter) {}

                    @Override
                    public String toString() {
                        return "careless event";
                    }
                };
        assertThatThrownBy(
                        () -> Simulation.run(1, () -> Tarry.await(careless, Duration.ofSeconds(1))))
                .hasStackTraceContaining("careless event has kept a waiter after disarm");
    }

    @Test
    void aWaitForWhatNeverComesFromOutside_isEndedWithAReport() {
        assertThatThrownBy(
                        () ->
                                Simulation.builder()
                                        .stall(Duration.ofMillis(100))
                                        .run(() -> Tarry.await(Events.trigger())))
                .hasStackTraceContaining("nothing has come from outside for PT0.1S")
                .hasStackTraceContaining("'main' WAITING");
    }

    @Test
    void aLoopWithoutEnd_isEnded() {
        assertThatThrownBy(
                        () ->
                                Simulation.builder()
                                        .mostSteps(1000)
                                        .run(
                                                () -> {
                                                    while (true) {
                                                        Tarry.yieldNow();
                                                    }
                                                }))
                .hasStackTraceContaining("no end after 1000 steps");
    }

    @Test
    void whatIsReadyInTheSystem_comesBeforeTimePasses() {
        SimulationResult run =
                Simulation.run(
                        1,
                        () -> {
                            var pair = Sockets.pair();
                            try (var a = pair[0];
                                    var b = pair[1]) {
                                var readable = a.readable();
                                Tarry.spawn(
                                        () -> {
                                            var buffer = java.nio.ByteBuffer.allocateDirect(1);
                                            var unused = b.write(buffer);
                                        });
                                var fired = Tarry.wait(List.of(readable), Duration.ofSeconds(1));
                                assertThat(fired.has(readable)).isTrue();
                            }
                        });
        assertThat(run.elapsed()).isZero();
    }

    @Test
    void allBlocked_comesBeforeTimePasses_andAfterAllElse() {
        List<String> order = new ArrayList<>();
        SimulationResult run =
                Simulation.run(
                        3,
                        () -> {
                            Tarry.spawn(
                                    () -> {
                                        order.add("sleeps");
                                        Tarry.sleep(Duration.ofSeconds(1));
                                        order.add("slept");
                                    });
                            Tarry.spawn(
                                    () -> {
                                        for (int i = 0; i < 10; i++) {
                                            Tarry.yieldNow();
                                        }
                                        order.add("yielded");
                                    });
                            Simulation.awaitAllBlocked();
                            order.add("all blocked");
                        });
        assertThat(order).hasSize(4).startsWith(order.get(0), order.get(1), "all blocked", "slept");
        assertThat(run.elapsed()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void allBlocked_tellsAllWhoWaitForIt() {
        int[] told = {0};
        var unused =
                Simulation.run(
                        3,
                        () -> {
                            for (int i = 0; i < 3; i++) {
                                Tarry.spawn(
                                        () -> {
                                            Simulation.awaitAllBlocked();
                                            told[0]++;
                                        });
                            }
                        });
        assertThat(told[0]).isEqualTo(3);
    }

    @Test
    void aClockAdvancedByHand_firesTheTimersThatAreDue() {
        SimulationResult run =
                Simulation.run(
                        3,
                        () -> {
                            boolean[] fired = new boolean[1];
                            Tarry.spawn(
                                    () -> {
                                        Tarry.await(Events.after(Duration.ofSeconds(10)));
                                        fired[0] = true;
                                    });
                            Simulation.awaitAllBlocked();
                            Simulation.current().clock().advance(Duration.ofSeconds(9));
                            Simulation.awaitAllBlocked();
                            assertThat(fired[0]).isFalse();
                            Simulation.current().clock().advance(Duration.ofSeconds(1));
                            Simulation.awaitAllBlocked();
                            assertThat(fired[0]).isTrue();
                        });
        assertThat(run.elapsed()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void outsideASimulation_currentSaysSo() {
        assertThatThrownBy(() -> Tarry.run(Simulation::current))
                .hasMessageContaining("does not run in a simulation");
    }
}
