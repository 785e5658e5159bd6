package dev.tarry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tarry.events.Fd;
import dev.tarry.events.Sockets;
import dev.tarry.runtime.Tarry;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

@Timeout(60)
class TarryTestTest {
    private static final List<Long> SEEDS_THAT_RAN = new ArrayList<>();

    private static final List<Fd> LEAKED = new ArrayList<>();

    /** Run by the tests below only. */
    static class Examples {
        @TarryTest(seeds = 100, twice = false)
        void failsWithSeed7(Simulation simulation) {
            SEEDS_THAT_RAN.add(simulation.seed());
            assertThat(simulation.seed()).isNotEqualTo(7);
        }

        @TarryTest(seeds = 5, twice = false)
        void isGood(Simulation simulation) {
            SEEDS_THAT_RAN.add(simulation.seed());
        }

        @TarryTest(seeds = 100)
        void leaksWithSeed7(Simulation simulation) throws IOException {
            if (simulation.seed() == 7) {
                LEAKED.addAll(List.of(Sockets.pair()));
            }
        }

        @TarryTest(seeds = 100)
        void hasSixOrders() {
            for (int i = 0; i < 3; i++) {
                Tarry.spawn(() -> {});
            }
            Simulation.awaitAllBlocked();
        }

        @TarryTest(seeds = 5)
        void isGoodTwice(Simulation simulation) {
            SEEDS_THAT_RAN.add(simulation.seed());
        }

        /** At its tenth step the second run of seed 7 does otherwise. */
        @TarryTest(seeds = 100)
        void differsWithSeed7(Simulation simulation) {
            boolean again = SEEDS_THAT_RAN.contains(simulation.seed());
            SEEDS_THAT_RAN.add(simulation.seed());
            for (int i = 1; i < 20; i++) {
                Tarry.yieldNow();
                if (simulation.seed() == 7 && i == 10 && again) {
                    Tarry.sleep(Duration.ofSeconds(1));
                }
            }
        }

        @TarryTest(seeds = 100)
        void failsTheSecondTime(Simulation simulation) {
            assertThat(SEEDS_THAT_RAN).as("run before").doesNotContain(7L);
            simulation.trace(SEEDS_THAT_RAN.size());
            SEEDS_THAT_RAN.add(7L);
        }

        @TarryTest(seeds = 5)
        void isAborted() {
            assumeTrue(false, "not here");
        }
    }

    private static TestExecutionResult execute(String method, Class<?>... parameters) {
        return Launch.test(Examples.class, method, parameters);
    }

    private final String seeds = System.getProperty("tarry.seeds");

    @BeforeEach
    void forget() {
        SEEDS_THAT_RAN.clear();
        System.clearProperty("tarry.seed");
        System.clearProperty("tarry.seeds");
    }

    @AfterEach
    void restore() {
        forget();
        if (seeds != null) {
            System.setProperty("tarry.seeds", seeds);
        }
    }

    @Test
    void theFirstSeedThatFails_endsTheTest_andIsSaid() {
        TestExecutionResult result = execute("failsWithSeed7", Simulation.class);
        assertThat(result.getStatus()).isEqualTo(Status.FAILED);
        assertThat(result.getThrowable().orElseThrow())
                .hasMessageStartingWith("with seed 7, ")
                .hasMessageContaining("-Dtarry.seed=7 -Dtest=Examples#failsWithSeed7");
        assertThat(SEEDS_THAT_RAN).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 7L);
    }

    @Test
    void theEndOfManySeeds_saysHowManyOrdersTheyWere() {
        assertThat(execute("hasSixOrders").getStatus()).isEqualTo(Status.SUCCESSFUL);
        assertThat(Launch.REPORTED)
                .containsEntry("tarry.orders", "100 seeds were 6 different orders");
    }

    @Test
    void aSeedThatIsNamed_isTheOnlyOne() {
        System.setProperty("tarry.seed", "7");
        TestExecutionResult result = execute("failsWithSeed7", Simulation.class);
        assertThat(result.getStatus()).isEqualTo(Status.FAILED);
        assertThat(SEEDS_THAT_RAN).containsExactly(7L, 7L); // it fails, so once more
    }

    @Test
    void aNumberOfSeeds_replacesThatOfTheTest() {
        System.setProperty("tarry.seeds", "300");
        TestExecutionResult result = execute("isGood", Simulation.class);
        assertThat(result.getStatus()).isEqualTo(Status.SUCCESSFUL);
        assertThat(SEEDS_THAT_RAN).isEqualTo(LongStream.rangeClosed(1, 300).boxed().toList());
    }

    @Test
    void theSeedThatLeavesASocketOpen_isNamed() {
        TestExecutionResult result = execute("leaksWithSeed7", Simulation.class);
        LEAKED.forEach(Fd::close);
        assertThat(result.getStatus()).isEqualTo(Status.FAILED);
        assertThat(result.getThrowable().orElseThrow())
                .hasMessageStartingWith("with seed 7, ")
                .hasCauseInstanceOf(LeakException.class)
                .hasMessageContaining("open: socket fd ")
                .hasMessageContaining("opened at " + Examples.class.getName() + ".leaksWithSeed7");
    }

    @Test
    void eachSeed_isRunTwice() {
        TestExecutionResult result = execute("isGoodTwice", Simulation.class);
        assertThat(result.getStatus()).isEqualTo(Status.SUCCESSFUL);
        assertThat(SEEDS_THAT_RAN).containsExactly(1L, 1L, 2L, 2L, 3L, 3L, 4L, 4L, 5L, 5L);
    }

    @Test
    void twoRunsOfOneSeedThatDiffer_areAFailureThatSaysWhere() {
        TestExecutionResult result = execute("differsWithSeed7", Simulation.class);
        assertThat(result.getStatus()).isEqualTo(Status.FAILED);
        assertThat(result.getThrowable().orElseThrow())
                .hasMessageStartingWith("with seed 7, ")
                .hasCauseInstanceOf(DivergedException.class)
                .hasMessageMatching("(?s).*with trace [0-9a-f]+ and then [0-9a-f]+; they part .*")
                .hasMessageContaining("at step 12: the first run went on with task #1 at PT0S,")
                .hasMessageContaining("the second with task 'main' (#1) at PT1S");
    }

    @Test
    void theSecondRunThatFails_saysThatItIsNotLikeTheFirst() {
        TestExecutionResult result = execute("failsTheSecondTime", Simulation.class);
        assertThat(result.getThrowable().orElseThrow())
                .hasMessageStartingWith("with seed 1, ")
                .hasStackTraceContaining("run before")
                .hasStackTraceContaining("DivergedException: the same seed gave two runs");
    }

    @Test
    void anAssumption_isNoFailure() {
        assertThat(execute("isAborted").getStatus()).isEqualTo(Status.ABORTED);
    }

    @TarryTest(seeds = 20)
    void theSimulation_isAParameter(Simulation simulation) {
        assertThat(simulation).isSameAs(Simulation.current());
        assertThat(simulation.seed()).isPositive();
    }
}
