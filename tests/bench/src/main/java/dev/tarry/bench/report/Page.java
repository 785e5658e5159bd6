package dev.tarry.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * docs/BENCHMARKS.md: the goals, and a section with a plot for each benchmark. It is composed from
 * what was measured of one state of the sources, and names what was not.
 */
public final class Page {
    private static final String INTRODUCTION =
            """
            # Benchmarks

            Written by `./tarry bench`; `./tarry bench --list` says what there is and how long it takes.
            Compare within a table only: its contestants took turns on one machine, and their ratio says
            more than any number here. Less is better in each first column; *spread* is how far its
            rounds were apart, and the median is shown.

            """;

    private Page() {}

    /**
     * Writes the page, and the plots into a folder beside it.
     *
     * @param missing the benchmarks without a result
     */
    public static void write(Path page, Machine machine, List<Result> results, List<String> missing)
            throws IOException {
        Path parent = page.toAbsolutePath().getParent();
        Path plots = Files.createDirectories(parent.resolve("benchmarks"));
        StringBuilder out = new StringBuilder(INTRODUCTION);
        out.append("- Machine: ").append(machine.hardware()).append("\n");
        out.append("- Versions: ").append(machine.versions()).append("\n");
        out.append("- Measured of commit ").append(machine.source()).append("\n");
        if (!missing.isEmpty()) {
            out.append("- Not measured of this commit: ");
            out.append(String.join(", ", missing)).append("\n");
        }
        out.append("\n## Goals\n\n");
        out.append(
                "What Tarry wants to reach, and what the tables below say. Tarry is on its loop");
        out.append(" carrier unless the other one is named.\n\n").append(Goals.markdown(results));
        out.append(Goals.LIMITS);
        for (Result result : results) {
            String name = result.table().name();
            Files.writeString(plots.resolve(name + ".svg"), Plot.of(result.table()));
            out.append(section(result));
        }
        Files.writeString(page, out);
    }

    private static String section(Result result) {
        Table table = result.table();
        StringBuilder out = new StringBuilder();
        out.append("\n## ").append(table.name()).append("\n\n");
        out.append(table.what()).append(" Repeat it with `./tarry bench ");
        out.append(table.name()).append("`.\n\n").append(table.markdown()).append("\n");
        table.notes().forEach(note -> out.append("- ").append(note).append("\n"));
        out.append("- ").append(result.measured()).append("\n\n");
        out.append("![").append(table.name()).append("](benchmarks/");
        return out.append(table.name()).append(".svg)\n").toString();
    }
}
