package dev.tarry.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/** Each micro-benchmark runs: one invocation of each contestant, in this JVM. */
class SmokeTest {

    @TestFactory
    Stream<DynamicTest> eachContestantRunsOnce() {
        return Suite.ALL.stream()
                .filter(bench -> bench instanceof MicroBench)
                .map(bench -> (MicroBench) bench)
                .map(bench -> DynamicTest.dynamicTest(bench.name(), () -> runInTime(bench)));
    }

    private static void runInTime(MicroBench bench) {
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> runOnce(bench));
    }

    private static void runOnce(MicroBench bench) throws Exception {
        System.setProperty("jmh.ignoreLock", "true"); // nothing is measured here
        Path log = Files.createTempFile("tarry-bench", ".log");
        var results =
                new Runner(
                                new OptionsBuilder()
                                        .include("^" + bench.type().getName() + "\\.")
                                        .forks(0)
                                        .mode(Mode.SingleShotTime)
                                        .warmupIterations(0)
                                        .measurementIterations(1)
                                        .param("pending", "1000")
                                        .output(log.toString())
                                        .shouldFailOnError(true)
                                        .build())
                        .run();
        Files.delete(log);
        assertThat(results).hasSizeGreaterThanOrEqualTo(2);
    }
}
