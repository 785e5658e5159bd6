package dev.tarry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Tarry;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

@Timeout(60)
class ExplorerTest {
    @Test
    void threeTasksOfOneStep_runInAllSixOrders_eachOnce() {
        List<String> orders = new ArrayList<>();
        Explorer.Exploration all =
                Explorer.explore(
                        1000,
                        () -> {
                            StringBuilder order = new StringBuilder();
                            for (String name : List.of("a", "b", "c")) {
                                Tarry.spawn(() -> order.append(name));
                            }
                            Simulation.awaitAllBlocked();
                            orders.add(order.toString());
                        });
        assertThat(orders).containsExactlyInAnyOrder("abc", "acb", "bac", "bca", "cab", "cba");
        assertThat(all).isEqualTo(new Explorer.Exploration(6, true));
    }

    @Test
    void twoTasksOfThreeSteps_interleaveInAllTwentyWays() {
        Set<String> orders = new HashSet<>();
        Explorer.Exploration all =
                Explorer.explore(
                        1000,
                        () -> {
                            StringBuilder order = new StringBuilder();
                            for (String name : List.of("a", "b")) {
                                Tarry.spawn(
                                        () -> {
                                            order.append(name);
                                            Tarry.yieldNow();
                                            order.append(name);
                                            Tarry.yieldNow();
                                            order.append(name);
                                        });
                            }
                            Simulation.awaitAllBlocked();
                            orders.add(order.toString());
                        });
        assertThat(all.complete()).isTrue();
        assertThat(orders).hasSize(20);
    }

    @Test
    void theBound_endsIt_whereSomeAreEnough() {
        Explorer.Exploration some =
                Explorer.exploreSome(
                        5,
                        () -> {
                            for (int i = 0; i < 4; i++) {
                                Tarry.spawn(Tarry::yieldNow);
                            }
                        });
        assertThat(some).isEqualTo(new Explorer.Exploration(5, false));
    }

    @Test
    void aScheduleOfAnotherProgram_isRefused() {
        assertThatThrownBy(
                        () ->
                                Explorer.replay(
                                        "7",
                                        () -> {
                                            Tarry.spawn(() -> {});
                                            Tarry.spawn(() -> {});
                                        }))
                .hasStackTraceContaining("does not fit");
    }

    /** Each value goes to exactly one, in every order: a proof of the small case. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRendezvousOfTwoSendersAndTwoReceivers_isRightInAllOrders(boolean shared) {
        Explorer.Exploration all =
                Explorer.explore(
                        200_000,
                        () -> {
                            Channel<Integer> channel =
                                    shared ? Channel.shared(0) : Channel.rendezvous();
                            List<Integer> received = new ArrayList<>();
                            for (int i = 0; i < 2; i++) {
                                int message = i;
                                Tarry.spawn(() -> channel.send(message));
                                Tarry.spawn(() -> received.add(channel.receive()));
                            }
                            Simulation.awaitAllBlocked();
                            assertThat(received).containsExactlyInAnyOrder(0, 1);
                        });
        assertThat(all.complete()).isTrue();
    }
}
