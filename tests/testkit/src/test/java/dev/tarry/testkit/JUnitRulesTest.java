package dev.tarry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.Task;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** How tests of many seeds go together with the rest of JUnit. */
@Timeout(60)
class JUnitRulesTest {
    private static final List<String> LOG = new ArrayList<>();

    private static void log(String what) {
        LOG.add(what + (Simulation.isCurrent() ? " " + Simulation.current().seed() : " outside"));
    }

    private final Map<String, TestExecutionResult> results = new LinkedHashMap<>();
    private final Map<String, String> skipped = new LinkedHashMap<>();

    private void launch(Class<?> type) {
        LOG.clear();
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(selectClass(type))
                                .build(),
                        new TestExecutionListener() {
                            @Override
                            public void executionFinished(
                                    TestIdentifier id, TestExecutionResult result) {
                                if (id.isTest()) {
                                    results.put(id.getDisplayName(), result);
                                }
                            }

                            @Override
                            public void executionSkipped(TestIdentifier id, String reason) {
                                skipped.put(id.getDisplayName(), reason);
                            }
                        });
    }

    private @Nullable Throwable failure(String test) {
        return results.get(test).getThrowable().orElse(null);
    }

    private final @Nullable String seeds = System.getProperty("tarry.seeds");

    @BeforeEach
    void forget() {
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

    // ---- before and after each

    static class Base {
        @BeforeEach
        void beforeOfBase() {
            log("before of base");
        }

        @AfterEach
        void afterOfBase() {
            log("after of base");
        }
    }

    static class Lifecycles extends Base {
        private Channel<String> jobs;
        private Task<?> worker;

        @BeforeEach
        void before(TestInfo info, Simulation simulation) {
            assertThat(simulation).isSameAs(Simulation.current());
            Tarry.sleep(Duration.ofSeconds(1));
            jobs = Channel.rendezvous();
            worker = Tarry.spawn("worker", () -> jobs.forEach(LOG::add));
            log("before " + info.getDisplayName());
        }

        @AfterEach
        void after(Simulation simulation) {
            assertThat(worker.done()).isNotNull();
            jobs.close();
            worker.join();
            log("after at " + Duration.ofNanos(simulation.clock().nanos()));
        }

        @TarryTest(seeds = 2, twice = false)
        void works() {
            Tarry.spawn(
                    () -> {
                        Tarry.sleep(Duration.ofSeconds(5));
                        jobs.send("last job");
                    });
            jobs.send("job");
        }
    }

    @Test
    void whatIsBeforeAndAfterEach_isInEachSeed_andOutlivesTheTasksOfTheTest() {
        launch(Lifecycles.class);
        assertThat(failure("works()")).isNull();
        List<String> expected = new ArrayList<>();
        for (int seed = 1; seed <= 2; seed++) {
            expected.add("before of base " + seed);
            expected.add("before works() " + seed);
            expected.add("job");
            expected.add("last job");
            expected.add("after at PT6S " + seed);
            expected.add("after of base " + seed);
        }
        assertThat(LOG).isEqualTo(expected);
    }

    static class Outer {
        @BeforeEach
        void beforeOuter() {
            log("outer before");
        }

        @AfterEach
        void afterOuter() {
            log("outer after");
        }

        @Nested
        class Inner {
            @BeforeEach
            void beforeInner() {
                log("inner before");
            }

            @AfterEach
            void afterInner() {
                log("inner after");
            }

            @TarryTest(seeds = 1)
            void twice() {
                log("test");
            }

            @Test
            void plain() {
                log("test");
            }
        }
    }

    @Test
    void nestedClasses_andPlainTests_haveTheirs() {
        launch(Outer.class);
        assertThat(results.values()).allMatch(r -> r.getStatus() == Status.SUCCESSFUL);
        List<String> order =
                List.of("outer before", "inner before", "test", "inner after", "outer after");
        List<String> simulated = order.stream().map(step -> step + " 1").toList();
        List<String> plain = order.stream().map(step -> step + " outside").toList();
        assertThat(LOG)
                .hasSize(15)
                .containsSubsequence(simulated)
                .containsSubsequence(plain)
                .filteredOn(step -> step.endsWith(" 1"))
                .hasSize(10)
                .startsWith(simulated.toArray(new String[0]))
                .endsWith(simulated.toArray(new String[0]));
    }

    static class Failing {
        @BeforeEach
        void before(TestInfo info) {
            if (info.getDisplayName().startsWith("before")) {
                throw new IllegalStateException("before fails");
            }
        }

        @AfterEach
        void first() {
            log("after");
            throw new IllegalStateException("after fails");
        }

        @AfterEach
        void second() {
            log("after");
        }

        @TarryTest(seeds = 3)
        void beforeFails() {
            log("test");
        }

        @TarryTest(seeds = 3)
        void testFails() {
            throw new IllegalStateException("test fails");
        }

        @TarryTest(seeds = 3)
        void afterFails() {}
    }

    @Test
    void whatFailsBefore_during_orAfter_failsTheSeed_andAllAfterIsDone() {
        launch(Failing.class);
        assertThat(failure("beforeFails()"))
                .hasMessageContaining("with seed 1")
                .cause()
                .hasMessage("before fails")
                .satisfies(e -> assertThat(e.getSuppressed()[0]).hasMessage("after fails"));
        assertThat(failure("testFails()"))
                .cause()
                .hasMessage("test fails")
                .satisfies(e -> assertThat(e.getSuppressed()[0]).hasMessage("after fails"));
        assertThat(failure("afterFails()")).cause().hasMessage("after fails");
        assertThat(LOG).isNotEmpty().containsOnly("after 1");
        assertThat(LOG.size() % 2).isZero(); // both, each time
    }

    // ---- assumptions

    static class Assuming {
        @TarryTest(seeds = 5, twice = false)
        void notWithSeed3(Simulation simulation) {
            log("test");
            assumeTrue(simulation.seed() != 3, "not with 3");
        }

        @TarryTest(seeds = 5, twice = false)
        void inATask(Simulation simulation) {
            Tarry.spawn(() -> assumeTrue(simulation.seed() != 3, "not with 3"));
        }

        @TarryTest(seeds = 5)
        void never() {
            assumeTrue(false, "not here");
        }

        @TarryTest(seeds = 5)
        void failsLater(Simulation simulation) {
            assumeTrue(simulation.seed() != 3, "not with 3");
            assertThat(simulation.seed()).isNotEqualTo(4);
        }
    }

    @Test
    void anAssumption_abortsItsSeed_andTheTestIfItIsAll() {
        launch(Assuming.class);
        assertThat(results.get("notWithSeed3(Simulation)").getStatus())
                .isEqualTo(Status.SUCCESSFUL);
        assertThat(LOG).containsExactly("test 1", "test 2", "test 3", "test 4", "test 5");
        assertThat(results.get("inATask(Simulation)").getStatus()).isEqualTo(Status.SUCCESSFUL);
        assertThat(results.get("never()").getStatus()).isEqualTo(Status.ABORTED);
        assertThat(failure("never()"))
                .hasMessageContaining("all 5 seeds were aborted")
                .hasMessageContaining("not here");
        assertThat(results.get("failsLater(Simulation)").getStatus()).isEqualTo(Status.FAILED);
        assertThat(failure("failsLater(Simulation)")).hasMessageContaining("with seed 4");
    }

    @Test
    void anAssumption_abortsTheSeedThatIsNamed() {
        System.setProperty("tarry.seed", "3");
        launch(Assuming.class);
        assertThat(results.get("notWithSeed3(Simulation)").getStatus()).isEqualTo(Status.ABORTED);
        assertThat(results.get("inATask(Simulation)").getStatus()).isEqualTo(Status.ABORTED);
    }

    // ---- numbers that are none

    static class Numbers {
        @TarryTest(seeds = 0)
        void none() {}

        @TarryTest(seeds = 1)
        void one() {}
    }

    @Test
    void aTestOfNoSeeds_isAnError() {
        launch(Numbers.class);
        assertThat(failure("none()"))
                .hasMessageContaining("a test of no seeds")
                .hasMessageContaining("none()");
        assertThat(failure("one()")).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tarry.seeds=0",
                "tarry.seeds=-3",
                "tarry.seeds=1e6",
                "tarry.seeds=",
                "tarry.seed=abc",
                "tarry.seed=0x10",
                "tarry.seed=99999999999999999999"
            })
    void aPropertyThatIsNoNumber_isAnError(String property) {
        String[] parts = property.split("=", 2);
        System.setProperty(parts[0], parts[1]);
        launch(Numbers.class);
        assertThat(failure("one()"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-D" + property);
    }

    // ---- other kinds of tests

    static class OtherKinds {
        @ParameterizedTest
        @ValueSource(ints = {1, 2, 3})
        @Simulated(seeds = 3, twice = false)
        void parameterized(int value, Simulation simulation) {
            log("value " + value);
            assertThat(value == 2 && simulation.seed() == 2).isFalse();
        }

        @ParameterizedTest
        @NullSource
        @Simulated(seeds = 1)
        void nothing(String value, Simulation simulation) {
            assertThat(value).isNull();
            assertThat(simulation).isSameAs(Simulation.current());
        }

        @RepeatedTest(2)
        @Simulated(seeds = 2, twice = false)
        void repeated() {
            log("repeated");
        }

        @TarryTest(seeds = 1)
        @ParameterizedTest
        @ValueSource(ints = {7})
        void both(int value) {
            assertThat(value).isEqualTo(7);
        }
    }

    @Test
    void invocationsOfOtherKindsOfTests_areRunForEachSeed() {
        launch(OtherKinds.class);
        assertThat(results).hasSize(7);
        assertThat(LOG)
                .containsOnlyOnce("value 1 1", "value 1 2", "value 1 3")
                .contains("value 2 1", "value 2 2")
                .doesNotContain("value 2 3")
                .containsOnlyOnce("value 3 3")
                .filteredOn(step -> step.startsWith("repeated"))
                .containsExactly("repeated 1", "repeated 2", "repeated 1", "repeated 2");
        assertThat(results.values().stream().filter(r -> r.getStatus() == Status.FAILED))
                .singleElement()
                .satisfies(
                        r ->
                                assertThat(r.getThrowable().orElseThrow())
                                        .hasMessageStartingWith("with seed 2"));
        assertThat(skipped).containsOnlyKeys("both(int)");
        assertThat(skipped.get("both(int)")).contains("write @Simulated instead");
    }

    // ---- time limits

    static class TooLong {
        private static void beatBesideAReceive() {
            Tarry.spawn(
                    "heartbeat",
                    () -> {
                        while (true) {
                            Tarry.sleep(Duration.ofSeconds(1));
                        }
                    });
            Channel.rendezvous().receive();
        }

        @TarryTest(mostSteps = Long.MAX_VALUE)
        @Timeout(value = 100, unit = TimeUnit.MILLISECONDS)
        void busy() {
            beatBesideAReceive();
        }

        @TarryTest
        @Timeout(value = 100, unit = TimeUnit.MILLISECONDS)
        void asleep() {
            Tarry.await(Events.trigger());
        }

        @TarryTest(mostSteps = Long.MAX_VALUE)
        @Timeout(value = 100, unit = TimeUnit.MILLISECONDS, threadMode = ThreadMode.SEPARATE_THREAD)
        void onAnotherThread() {
            beatBesideAReceive();
        }

        @TarryTest(mostSteps = 1000)
        void boundedSteps() {
            beatBesideAReceive();
        }
    }

    @Test
    void aTestWhoseTimeIsOver_saysItsSeed_andWhoWaitsForWhat() {
        System.setProperty("tarry.seed", "17");
        launch(TooLong.class);
        for (String test : List.of("busy()", "asleep()", "onAnotherThread()")) {
            assertThat(failure(test))
                    .hasMessageContaining("timed out after 100 milliseconds")
                    .hasMessageContaining("with seed 17")
                    .hasMessageContaining("-Dtarry.seed=17");
        }
        assertThat(failure("busy()"))
                .hasMessageContaining("'heartbeat' ")
                .hasMessageContaining("interrupted");
        assertThat(failure("busy()").getMessage()).contains("#1 'main' ", "#2 'heartbeat' ");
        assertThat(failure("asleep()").getMessage()).contains("#1 'main' ", "TooLong.asleep");
        assertThat(failure("boundedSteps()"))
                .hasMessageContaining("a livelock: no end after 1000 steps");
        assertThat(Thread.interrupted()).isFalse();
    }
}
