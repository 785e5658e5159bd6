package dev.tarry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tarry.runtime.Body;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Tarry;
import dev.tarry.testkit.Explorer.Exploration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an exploration claims is true: it has gone through all orders, or it says that it has not.
 */
@Timeout(120)
class ExplorerProofTest {
    // ---- all orders, each once

    /** So many ways to interleave sequences are there: a multinomial coefficient. */
    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "4, 1",
        "1 1, 2",
        "1 1 1 1, 24",
        "2 2, 6",
        "3 3, 20",
        "5 5, 252",
        "2 2 2, 90",
        "1 2 3, 60",
        "3 3 3, 1680",
        "1 1 1 1 1, 120",
        "1 7, 8",
        "2 2 1 1, 180"
    })
    void tasksOfKnownSteps_haveAKnownNumberOfOrders(String steps, int orders) {
        int[] lengths = Arrays.stream(steps.split(" ")).mapToInt(Integer::parseInt).toArray();
        Set<String> seen = new HashSet<>();
        Exploration all =
                Explorer.prove(
                        () -> {
                            StringBuilder order = new StringBuilder();
                            for (int i = 0; i < lengths.length; i++) {
                                int number = i;
                                Tarry.spawn(() -> steps(lengths[number], number, order));
                            }
                            Simulation.awaitAllBlocked();
                            seen.add(order.toString());
                        });
        assertThat(all).isEqualTo(new Exploration(orders, true));
        assertThat(seen).hasSize(orders);
    }

    private static void steps(int n, int name, StringBuilder order) {
        for (int i = 0; i < n; i++) {
            if (i > 0) {
                Tarry.yieldNow();
            }
            order.append(name);
        }
    }

    @ParameterizedTest
    @EnumSource(ClassicBug.class)
    void aClassicBug_isFound_andItsScheduleShowsItAgain(ClassicBug bug) {
        SimulationFailedError found =
                catchThrowableOfType(
                        SimulationFailedError.class, () -> Explorer.prove(bug.program(true)));
        assertThat(found).isNotNull();
        assertThat(found.cameAgain()).isTrue();
        Matcher said = Pattern.compile("-Dtarry.schedule=([\\d.]*)").matcher(found.getMessage());
        assertThat(said.find()).isTrue();
        SimulationFailedError again =
                catchThrowableOfType(
                        SimulationFailedError.class,
                        () -> Explorer.replay(said.group(1), bug.program(true)));
        assertThat(again.run()).isEqualTo(found.run());
    }

    @ParameterizedTest
    @EnumSource(ClassicBug.class)
    void theCureOfAClassicBug_isProved(ClassicBug bug) {
        assertThat(Explorer.prove(100_000, bug.program(false)).schedules()).isGreaterThan(1);
    }

    // ---- the bound

    private static final Body FOUR_TASKS =
            () -> {
                for (int i = 0; i < 4; i++) {
                    Tarry.spawn(Tarry::yieldNow);
                }
            };

    @Test
    void aBoundThatIsReached_isAFailure() {
        assertThatThrownBy(() -> Explorer.prove(5, FOUR_TASKS))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("all of 5 schedules were good, and there are more");
        assertThatThrownBy(() -> Explorer.explore(5, FOUR_TASKS))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("exploreSome");
    }

    @Test
    void aBoundThatIsJustNotReached_isNone() {
        int all = Explorer.prove(FOUR_TASKS).schedules();
        assertThat(all).isEqualTo(2520);
        assertThat(Explorer.prove(all, FOUR_TASKS).schedules()).isEqualTo(all);
        assertThatThrownBy(() -> Explorer.prove(all - 1, FOUR_TASKS))
                .hasMessageContaining("2,519 schedules");
    }

    @Test
    void oneScheduleThatIsAskedFor_isNoProof() {
        System.setProperty("tarry.schedule", "1.1");
        try {
            assertThat(Explorer.explore(5, FOUR_TASKS)).isEqualTo(new Exploration(1, false));
            assertThatThrownBy(() -> Explorer.prove(FOUR_TASKS))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("one order and no proof");
        } finally {
            System.clearProperty("tarry.schedule");
        }
    }

    // ---- a body that varies

    /** Bodies that are not the same in the given run; each is good in every order. */
    private enum Varying {
        ONE_TASK_MORE {
            @Override
            void run(boolean odd) {
                tasks(odd ? 3 : 2);
            }
        },
        ENDS_AT_ONCE {
            @Override
            void run(boolean odd) {
                tasks(odd ? 0 : 3);
            }
        },
        ONE_STEP_MORE {
            @Override
            void run(boolean odd) {
                Tarry.spawn(
                        () -> {
                            if (odd) {
                                Tarry.yieldNow();
                            }
                        });
                tasks(2);
            }
        },
        OTHER_TASKS {
            @Override
            void run(boolean odd) {
                Channel<Integer> a = Channel.rendezvous();
                Channel<Integer> b = Channel.rendezvous();
                for (Channel<Integer> c : java.util.List.of(a, b)) {
                    Tarry.spawn(() -> c.receive());
                }
                Simulation.awaitAllBlocked();
                (odd ? a : b).send(1);
                tasks(1);
                Simulation.awaitAllBlocked();
                (odd ? b : a).send(1);
            }
        },
        ANOTHER_VALUE {
            @Override
            void run(boolean odd) {
                Channel<String> channel = Channel.buffered(1);
                channel.send(odd ? "odd" : "even");
                tasks(3);
            }
        },
        ANOTHER_TIME {
            @Override
            void run(boolean odd) {
                Tarry.sleep(Duration.ofMillis(odd ? 1 : 2));
                tasks(3);
            }
        },
        ANOTHER_END {
            @Override
            void run(boolean odd) {
                tasks(3);
                Simulation.awaitAllBlocked();
                if (odd) {
                    Tarry.sleep(Duration.ofMillis(1));
                }
            }
        };

        abstract void run(boolean odd);

        static void tasks(int n) {
            for (int i = 0; i < n; i++) {
                Tarry.spawn(Tarry::yieldNow);
            }
        }
    }

    private static void requireRefusal(Varying body, IntFunction<Boolean> odd) {
        int[] runs = {0};
        assertThatThrownBy(() -> Explorer.prove(() -> body.run(odd.apply(++runs[0]))))
                .as("after %d runs", runs[0])
                .isInstanceOf(SimulationFailedError.class)
                .hasCauseInstanceOf(DivergedException.class);
    }

    @ParameterizedTest
    @EnumSource(Varying.class)
    void aBodyThatVaries_isRefused(Varying body) {
        requireRefusal(body, run -> run % 2 == 1);
        requireRefusal(body, run -> run == 1); // a cache that is filled once
        requireRefusal(body, run -> run == 2);
        requireRefusal(body, run -> run > 2);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5, 6, 7, 8, 9, 10})
    void aBodyThatVariesOnce_isRefused(int when) {
        for (Varying body :
                Set.of(Varying.ONE_TASK_MORE, Varying.ENDS_AT_ONCE, Varying.ANOTHER_VALUE)) {
            requireRefusal(body, run -> run == when);
        }
    }

    @Test
    void theRefusal_saysWhereAndWhat() {
        int[] runs = {0};
        assertThatThrownBy(
                        () ->
                                Explorer.prove(
                                        () -> {
                                            Varying.tasks(2);
                                            Simulation.awaitAllBlocked();
                                            Varying.tasks(++runs[0] > 3 ? 2 : 3);
                                        }))
                .hasMessageContaining("the body is not deterministic: at choice ")
                .hasMessageContaining("there were 3 ready, now 2");
    }

    @Test
    void aSleepOfTheJdk_cannotBeExplored() {
        if (!"handoff".equals(System.getProperty("tarry.carrier"))) {
            assertThatThrownBy(() -> Explorer.prove(() -> Thread.sleep(1)))
                    .hasMessageContaining("calls what blocks in the JDK");
        }
    }

    @Test
    void whatIsNoSchedule_isRefused() {
        assertThatThrownBy(() -> Explorer.replay("0.x", FOUR_TASKS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'0.x'");
        assertThatThrownBy(() -> Explorer.replay("0.1.1.0.0.0.0.1.1.1.0.1", FOUR_TASKS))
                .hasCauseInstanceOf(DivergedException.class)
                .hasMessageContaining("does not fit");
    }
}
