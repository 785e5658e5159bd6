package dev.tarry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tarry.events.Outcome;
import dev.tarry.events.QueuedEvent;
import dev.tarry.events.Reactor;
import dev.tarry.events.WaitQueue;
import dev.tarry.runtime.Body;
import dev.tarry.runtime.Tarry;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A bug is found by seeds and by exploration, and seen again from what the failure says. */
@Timeout(60)
class SeededBugTest {
    /**
     * Permits, with a bug on purpose if told so: between the check that there is one and taking it
     * lies a wait, and who comes in the meantime finds it still there.
     */
    private static final class Permits {
        private final boolean broken;
        private final WaitQueue waiters = new WaitQueue();
        private int permits = 1;

        Permits(boolean broken) {
            this.broken = broken;
        }

        void acquire() {
            Tarry.await(new Available());
            if (broken) {
                Tarry.yieldNow();
            }
            permits--;
        }

        void release() {
            permits++;
            waiters.wakeAll();
        }

        private final class Available extends QueuedEvent<Integer> {
            Available() {
                super(waiters);
            }

            @Override
            public Outcome<Integer> poll(Reactor reactor) {
                return permits > 0 ? new Outcome.Value<>(permits) : null;
            }

            @Override
            public boolean wokenOnlyByTasks() {
                return true;
            }
        }
    }

    /** Two tasks, of which the second comes late enough, in the order of production. */
    private static Body program(boolean broken) {
        return () -> {
            Permits permits = new Permits(broken);
            boolean[] taken = {false};
            for (int i = 0; i < 2; i++) {
                int late = i * 8;
                Tarry.spawn(
                        () -> {
                            for (int k = 0; k < late; k++) {
                                Tarry.yieldNow();
                            }
                            permits.acquire();
                            assertThat(taken[0]).as("taken twice").isFalse();
                            taken[0] = true;
                            Tarry.yieldNow();
                            taken[0] = false;
                            permits.release();
                        });
            }
        };
    }

    @Test
    void theOrderOfProduction_hidesTheBug() {
        Tarry.run(program(true));
    }

    @Test
    void aThousandSeeds_findTheBug_andItsSeedShowsItAgain() {
        SimulationFailedError found = search(1000);
        assertThat(found).isNotNull().hasStackTraceContaining("taken twice");
        Matcher said = Pattern.compile("-Dtarry.seed=(\\d+)").matcher(found.getMessage());
        assertThat(said.find()).isTrue();
        long seed = Long.parseLong(said.group(1));
        for (int i = 0; i < 50; i++) {
            SimulationFailedError again =
                    catchThrowableOfType(
                            SimulationFailedError.class, () -> Simulation.run(seed, program(true)));
            assertThat(again.run()).isEqualTo(found.run());
            assertThat(again).hasStackTraceContaining("taken twice");
        }
    }

    private static SimulationFailedError search(int seeds) {
        for (long seed = 1; seed <= seeds; seed++) {
            long s = seed;
            SimulationFailedError failure =
                    catchThrowableOfType(
                            SimulationFailedError.class, () -> Simulation.run(s, program(true)));
            if (failure != null) {
                return failure;
            }
        }
        return null;
    }

    @TarryTest
    void withoutTheBug_noSeedFails() throws Exception {
        program(false).run();
    }

    @Test
    void exploration_findsTheBug_andItsScheduleShowsItAgain() {
        SimulationFailedError found =
                catchThrowableOfType(
                        SimulationFailedError.class,
                        () -> Explorer.explore(100_000, program(true)));
        assertThat(found).isNotNull();
        Matcher said = Pattern.compile("-Dtarry.schedule=([\\d.]*)").matcher(found.getMessage());
        assertThat(said.find()).isTrue();
        SimulationFailedError again =
                catchThrowableOfType(
                        SimulationFailedError.class,
                        () -> Explorer.replay(said.group(1), program(true)));
        assertThat(again.run()).isEqualTo(found.run());
        assertThat(again).hasStackTraceContaining("taken twice");
    }

    @Test
    void exploration_provesThatWithoutTheBugAllOrdersAreGood() {
        Explorer.Exploration all = Explorer.explore(100_000, program(false));
        assertThat(all.complete()).isTrue();
        assertThat(all.schedules()).isGreaterThan(50);
    }
}
