package dev.tarry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import dev.tarry.events.Fd;
import dev.tarry.events.Sockets;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Tarry;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

@Timeout(60)
class TarryTestTest {
    private static final List<Long> SEEDS_THAT_RAN = new ArrayList<>();

    private static final List<Fd> LEAKED = new ArrayList<>();

    /** Run by the tests below only. */
    static class Examples {
        @TarryTest(seeds = 100)
        void failsWithSeed7(Simulation simulation) {
            SEEDS_THAT_RAN.add(simulation.seed());
            assertThat(simulation.seed()).isNotEqualTo(7);
        }

        @TarryTest(seeds = 5)
        void isGood(Simulation simulation) {
            SEEDS_THAT_RAN.add(simulation.seed());
        }

        @TarryTest(seeds = 100)
        void leaksWithSeed7(Simulation simulation) throws IOException {
            if (simulation.seed() == 7) {
                LEAKED.addAll(List.of(Sockets.pair()));
            }
        }

        @TarryTest(seeds = 5)
        void isAborted() {
            assumeTrue(false, "not here");
        }
    }

    private static TestExecutionResult execute(String method, Class<?>... parameters) {
        LauncherDiscoveryRequest request =
                LauncherDiscoveryRequestBuilder.request()
                        .selectors(selectMethod(Examples.class, method, parameters))
                        .build();
        List<TestExecutionResult> results = new ArrayList<>();
        LauncherFactory.create()
                .execute(
                        request,
                        new TestExecutionListener() {
                            @Override
                            public void executionFinished(
                                    TestIdentifier id, TestExecutionResult result) {
                                if (id.isTest()) {
                                    results.add(result);
                                }
                            }
                        });
        assertThat(results).hasSize(1);
        return results.getFirst();
    }

    @BeforeEach
    @AfterEach
    void forget() {
        SEEDS_THAT_RAN.clear();
        System.clearProperty("tarry.seed");
        System.clearProperty("tarry.seeds");
    }

    @Test
    void theFirstSeedThatFails_endsTheTest_andIsSaid() {
        TestExecutionResult result = execute("failsWithSeed7", Simulation.class);
        assertThat(result.getStatus()).isEqualTo(Status.FAILED);
        assertThat(result.getThrowable().orElseThrow())
                .hasMessageStartingWith("with seed 7, ")
                .hasMessageContaining("-Dtarry.seed=7 -Dtest=Examples#failsWithSeed7");
        assertThat(SEEDS_THAT_RAN).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L);
    }

    @Test
    void aSeedThatIsNamed_isTheOnlyOne() {
        System.setProperty("tarry.seed", "7");
        TestExecutionResult result = execute("failsWithSeed7", Simulation.class);
        assertThat(result.getStatus()).isEqualTo(Status.FAILED);
        assertThat(SEEDS_THAT_RAN).containsExactly(7L);
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
                .hasMessageContaining("(socket:");
    }

    @Test
    void anAssumption_isNoFailure() {
        assertThat(execute("isAborted").getStatus()).isEqualTo(Status.ABORTED);
    }

    @TarryTest(seeds = 10_000)
    void tenThousandSeeds() {
        Channel<Integer> channel = Channel.buffered(3);
        Tarry.spawn(
                () -> {
                    for (int i = 0; i < 10; i++) {
                        channel.send(i);
                    }
                    channel.close();
                });
        List<Integer> received = new ArrayList<>();
        channel.forEach(received::add);
        assertThat(received).hasSize(10).isSorted();
    }

    @TarryTest(seeds = 20)
    void theSimulation_isAParameter(Simulation simulation) {
        assertThat(simulation).isSameAs(Simulation.current());
        assertThat(simulation.seed()).isPositive();
    }
}
