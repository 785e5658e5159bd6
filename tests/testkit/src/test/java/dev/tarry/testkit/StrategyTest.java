package dev.tarry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.runtime.Body;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.RunQueue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What the four ways of a seed find, and that they are fair and the same each time. */
@Timeout(120)
class StrategyTest {
    private static final int SEEDS = 1000;

    /** Seen only if one task is held up while another one goes on for 25 steps. */
    static final Body LONG_DELAY =
            () -> {
                boolean[] done = {false};
                Tarry.spawn(() -> done[0] = true);
                for (int i = 0; i < 25; i++) {
                    Tarry.yieldNow();
                }
                assertThat(done[0]).as("done").isTrue();
            };

    /** Twelve steps of one must fit between two steps of another, beside 30 tasks of noise. */
    static final Body RACE_BESIDE_NOISE =
            () -> {
                int[] balance = {1};
                Scope.run(
                        scope -> {
                            for (int i = 0; i < 30; i++) {
                                scope.spawn(() -> yields(20));
                            }
                            for (int i = 0; i < 2; i++) {
                                int late = i * 12;
                                scope.spawn(
                                        () -> {
                                            yields(late);
                                            if (balance[0] > 0) {
                                                Tarry.yieldNow();
                                                balance[0]--;
                                            }
                                        });
                            }
                        });
                assertThat(balance[0]).as("balance").isZero();
            };

    /** Seen only if two tasks take turns five times: nothing for long delays. */
    static final Body ALTERNATION =
            () -> {
                StringBuilder turns = new StringBuilder();
                Scope.run(
                        scope -> {
                            for (String name : List.of("a", "b")) {
                                scope.spawn(
                                        () -> {
                                            for (int i = 0; i < 5; i++) {
                                                turns.append(name);
                                                Tarry.yieldNow();
                                            }
                                        });
                            }
                        });
                assertThat(turns.toString()).isNotEqualTo("abbaabbaab");
            };

    static final Body RACE_WITHOUT_BUG =
            () -> {
                for (int i = 0; i < 6; i++) {
                    Tarry.spawn(() -> yields(20));
                }
            };

    private static void yields(int n) {
        for (int i = 0; i < n; i++) {
            Tarry.yieldNow();
        }
    }

    static int found(Body program, Strategy strategy) {
        int found = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            Simulation.Builder simulation = Simulation.builder().seed(seed);
            if (strategy != null) {
                var unused = simulation.strategy(strategy);
            }
            try {
                var unused = simulation.run(program);
            } catch (SimulationFailedError e) {
                found++;
            }
        }
        return found;
    }

    @Test
    void aThousandSeeds_findWhatOnlyALongDelayShows() {
        assertThat(found(LONG_DELAY, Strategy.UNIFORM)).isZero(); // so this one is hard
        assertThat(found(LONG_DELAY, null)).isGreaterThan(25);
    }

    @Test
    void aThousandSeeds_findARaceBesideThirtyTasksOfNoise() {
        assertThat(found(RACE_BESIDE_NOISE, Strategy.UNIFORM)).isZero();
        assertThat(found(RACE_BESIDE_NOISE, null)).isGreaterThan(25);
    }

    /** Why it is not priorities alone. */
    @Test
    void aThousandSeeds_findWhatOnlyManySmallChangesShow() {
        assertThat(found(ALTERNATION, Strategy.PRIORITIES)).isZero();
        assertThat(found(ALTERNATION, Strategy.PCT)).isZero();
        assertThat(found(ALTERNATION, null)).isPositive();
    }

    @ParameterizedTest
    @EnumSource(ClassicBug.class)
    void aThousandSeeds_findTheClassicBugs(ClassicBug bug) {
        assertThat(found(bug.program(true), null)).isGreaterThan(5);
        assertThat(found(bug.program(false), null)).isZero();
    }

    @Test
    void neighbouringSeeds_takeTurns() {
        Set<Strategy> four = new HashSet<>();
        for (long seed = -3; seed < 3; seed++) {
            four.add(Strategy.of(seed));
        }
        assertThat(four).containsExactlyInAnyOrder(Strategy.values());
        assertThat(Simulation.run(5, () -> {}).strategy()).isEqualTo(Strategy.of(5).name());
    }

    @ParameterizedTest
    @EnumSource(Strategy.class)
    void theSameSeed_givesTheSameRun(Strategy strategy) {
        for (long seed = 1; seed <= 50; seed++) {
            long s = seed;
            var run =
                    Simulation.runTwice(
                            () -> Simulation.builder().seed(s).strategy(strategy),
                            RACE_WITHOUT_BUG);
            assertThat(run.strategy()).isEqualTo(strategy.name());
        }
    }

    @ParameterizedTest
    @EnumSource(Strategy.class)
    void differentSeeds_giveDifferentOrders(Strategy strategy) {
        Set<Long> orders = new HashSet<>();
        for (long seed = 1; seed <= 200; seed++) {
            var simulation = Simulation.builder().seed(seed).strategy(strategy);
            orders.add(simulation.run(RACE_WITHOUT_BUG).orderHash());
        }
        assertThat(orders).hasSizeGreaterThan(150);
    }

    /** Who yields until something has happened must not keep away who does it. */
    @ParameterizedTest
    @EnumSource(Strategy.class)
    void nobodyIsPassedOverForEver(Strategy strategy) {
        for (long seed = 1; seed <= 200; seed++) {
            Simulation.builder()
                    .seed(seed)
                    .strategy(strategy)
                    .mostSteps(100_000)
                    .run(
                            () -> {
                                int[] count = {0};
                                for (int i = 0; i < 5; i++) {
                                    int turn = i;
                                    Tarry.spawn(
                                            () -> {
                                                while (count[0] < turn) {
                                                    Tarry.yieldNow();
                                                }
                                                count[0]++;
                                            });
                                }
                                while (count[0] < 5) {
                                    Tarry.yieldNow();
                                }
                            });
        }
    }

    /** A queue alone, with things in it that are no tasks: each comes out once. */
    @ParameterizedTest
    @EnumSource(Strategy.class)
    void whatIsAdded_isTakenOnce(Strategy strategy) {
        RunQueue queue = strategy.queue(7);
        Set<Runnable> inside = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            if (i % 3 < 2) {
                Runnable ready = new Numbered(i);
                inside.add(ready);
                queue.add(ready);
            } else {
                assertThat(inside.remove(queue.take())).isTrue();
            }
            assertThat(queue.size()).isEqualTo(inside.size());
        }
        while (queue.size() > 0) {
            assertThat(inside.remove(queue.take())).isTrue();
        }
        assertThat(inside).isEmpty();
    }

    private record Numbered(int number) implements Runnable {
        @Override
        public void run() {}
    }

    @Test
    void aFailure_saysHowTheOrderWasMade() {
        for (long seed = 1; seed <= 8; seed++) {
            long s = seed;
            assertThatThrownBy(() -> Simulation.run(s, () -> assertThat(s).isZero()))
                    .hasMessageContaining("order by " + Strategy.of(seed));
        }
    }

    @Test
    void theCallersOwnOrder_isCalledSo() {
        var run = Simulation.builder().order(RunQueue.fifo()).run(() -> {});
        assertThat(run.strategy()).isEqualTo("the caller");
    }
}
