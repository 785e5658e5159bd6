package dev.tarry.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.bench.report.Contestants;
import dev.tarry.bench.report.Goals;
import dev.tarry.bench.report.Machine;
import dev.tarry.bench.report.Medians;
import dev.tarry.bench.report.Page;
import dev.tarry.bench.report.Result;
import dev.tarry.bench.report.Row;
import dev.tarry.bench.report.Table;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What becomes of figures. */
class PageTest {
    @TempDir private Path folder;

    private static Result result(double tarry, double raw) {
        List<Row> rows =
                List.of(
                        new Row("", Contestants.LOOP, List.of(tarry, 1.5, 0.0)),
                        new Row("", Contestants.RAW, List.of(raw, 2.5, Double.NaN)));
        List<String> columns = List.of("ns", "spread %", "bytes");
        Table table =
                new Table("wake", "What.", columns, Contestants.LOOP, rows, List.of("A note."));
        return new Result("abc", "Measured.", table);
    }

    @Test
    void whatWasKept_isReadAsItWas() throws IOException {
        result(130, 100).keep(folder);
        assertThat(Result.read(folder, "wake")).contains(result(130, 100));
        assertThat(Result.read(folder, "spawn")).isEmpty();
    }

    @Test
    void aGoal_isReachedUpToItsLimit() {
        assertThat(Goals.markdown(List.of(result(135, 100)))).contains("| 1.35 | 1.35 | yes |");
        assertThat(Goals.markdown(List.of(result(136, 100)))).contains("| 1.35 | 1.36 | no |");
    }

    @Test
    void aGoalWithoutFigures_isNamedAsNotMeasured() {
        assertThat(Goals.markdown(List.of())).contains("| 1.35 |  | not measured |");
    }

    @Test
    void thePage_hasASectionWithAPlotForEachResult_andNamesTheMissing() throws IOException {
        Path page = folder.resolve("page.md");
        Page.write(page, new Machine(folder), List.of(result(130, 100)), List.of("echo", "chat"));
        assertThat(page)
                .content()
                .contains("## wake", "| raw continuation | 100 | 0.77 |", "- A note.", "Measured.")
                .contains("Not measured of this commit: echo, chat")
                .contains("(benchmarks/wake.svg)");
        assertThat(Files.readString(folder.resolve("benchmarks/wake.svg"))).contains("</svg>");
    }

    @Test
    void ofThreeRounds_theMedianCounts_andTheirSpreadShows() {
        Medians medians = new Medians();
        medians.add("group", "name", 10, 1);
        medians.add("group", "name", 30, 2);
        medians.add("group", "name", 20, 9);
        assertThat(medians.rows())
                .containsExactly(new Row("group", "name", List.of(20.0, 100.0, 2.0)));
    }
}
