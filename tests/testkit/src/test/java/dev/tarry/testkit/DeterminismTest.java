package dev.tarry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.tarry.events.Event;
import dev.tarry.events.Sockets;
import dev.tarry.runtime.Body;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.FdStream;
import dev.tarry.runtime.Tarry;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** The same seed gives the same run: programs whose trace is compared, seed by seed. */
@Timeout(60)
class DeterminismTest {
    private static final int SEEDS = 250;

    private static void requireSame(Body program) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            assertThat(Simulation.runTwice(seed, program).seed()).isEqualTo(seed);
        }
    }

    /** A lock of the JDK is no decision of the program: such runs are made again. */
    @Test
    void aRunInWhichTheJdkHasBlockedATask_isNotCompared() {
        // On the other carrier the task keeps the loop, and nothing is left to chance.
        assumeFalse("handoff".equals(System.getProperty("tarry.carrier")));
        int[] runs = {0};
        Simulation.runTwice(
                1,
                () -> {
                    if (++runs[0] == 2) {
                        Thread.sleep(1);
                    }
                });
        assertThat(runs[0]).isEqualTo(4);
        assertThatThrownBy(
                        () ->
                                Simulation.runTwice(
                                        1,
                                        () -> {
                                            Thread.sleep(1);
                                            Simulation.current().trace(++runs[0]);
                                        }))
                .hasCauseInstanceOf(DivergedException.class)
                .hasMessageContaining("blocked task 'main' (#1) at step 1 of the first");
    }

    /** What a fair choice takes first must not depend on where the JVM put the events. */
    @Test
    void fairChoices_betweenManySetsOfEvents() {
        requireSame(
                () -> {
                    List<List<Event<Integer>>> sets = new ArrayList<>();
                    for (int i = 0; i < 6; i++) {
                        List<Event<Integer>> set = new ArrayList<>();
                        for (int k = 0; k < 3; k++) {
                            Channel<Integer> channel = Channel.buffered(30);
                            for (int m = 0; m < 30; m++) {
                                channel.trySend(k);
                            }
                            set.add(channel.receiving());
                        }
                        sets.add(set);
                    }
                    for (int i = 0; i < 60; i++) {
                        var set = sets.get(i % sets.size());
                        Simulation.current().trace((Integer) Tarry.wait(set).first().get());
                    }
                });
    }

    @Test
    void channelsTimersAndCancels() {
        requireSame(
                () -> {
                    Random random = Simulation.current().random();
                    Channel<Integer> channel = Channel.buffered(2);
                    for (int i = 0; i < 5; i++) {
                        Duration pause = Duration.ofMillis(random.nextInt(3));
                        var task =
                                Tarry.spawn(
                                        () -> {
                                            for (int k = 0; k < 5; k++) {
                                                channel.send(k);
                                                Tarry.sleep(pause);
                                            }
                                        });
                        if (i == 4) {
                            Tarry.sleep(Duration.ofMillis(2));
                            task.cancel();
                        }
                    }
                    Optional<Integer> message;
                    do {
                        message = Tarry.await(channel.receiving(), Duration.ofMillis(5));
                        Simulation.current().trace(message.orElse(-1));
                    } while (message.isPresent());
                });
    }

    @Test
    void socketsOfTheSameSimulation() {
        requireSame(
                () -> {
                    for (int i = 0; i < 3; i++) {
                        var pair = Sockets.pair();
                        FdStream a = new FdStream(pair[0], pair[0]);
                        FdStream b = new FdStream(pair[1], pair[1]);
                        Tarry.spawn(
                                () -> {
                                    try (b) {
                                        for (String s; (s = b.readLine()) != null; ) {
                                            b.writeLine(s + s);
                                        }
                                    }
                                });
                        Tarry.spawn(
                                () -> {
                                    try (a) {
                                        for (int k = 0; k < 5; k++) {
                                            a.writeLine("line " + k);
                                            Simulation.current().trace(a.readLine().length());
                                        }
                                    }
                                });
                    }
                });
    }
}
