package dev.tarry.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.tarry.bench.report.Row;
import dev.tarry.bench.report.Table;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.time.Duration;
import java.util.stream.Stream;

/** Each benchmark runs: each contestant that is written in Java, for a moment. */
class SmokeTest {
    private static final Effort SMOKE = new Effort(Effort.Kind.SMOKE, 1);

    @TestFactory
    Stream<DynamicTest> eachBenchmarkHasRowsOfFigures() {
        System.setProperty("jmh.ignoreLock", "true"); // nothing is measured here
        return Suite.ALL.stream()
                .map(bench -> DynamicTest.dynamicTest(bench.name(), () -> runInTime(bench)));
    }

    private static void runInTime(Bench bench) {
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> check(bench.run(SMOKE)));
    }

    private static void check(Table table) {
        assertThat(table.rows()).isNotEmpty();
        assertThat(table.notes()).noneMatch(note -> note.startsWith("Failed"));
        assertThat(table.rows()).allMatch(row -> row.values().size() == table.columns().size());
        assertThat(table.rows()).extracting(Row::name).contains(table.baseline());
    }
}
