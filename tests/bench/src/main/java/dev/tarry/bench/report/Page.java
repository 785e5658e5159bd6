package dev.tarry.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * docs/BENCHMARKS.md: a section for each benchmark, which its run replaces, and leaves the others
 * as they are.
 */
public final class Page {
    private static final String INTRODUCTION =
            """
            # Benchmarks

            Written by `./tarry bench`; each section tells how to repeat it, and on what it was measured.
            `./tarry bench --list` says what there is and how long it takes. Compare within a table only:
            its contestants ran one after the other on one machine, and their ratio says more than any
            number here. Less is better in each first column.
            """;

    private final Path home;
    private final String loadBefore = Machine.load();

    /**
     * A page to be written after a measurement that begins now.
     *
     * @param home the root of the project
     */
    public Page(Path home) {
        this.home = home;
    }

    /** Writes the section and the plot of one benchmark. */
    public void write(Table table) throws IOException {
        Path docs = Files.createDirectories(home.resolve("docs"));
        Path plots = Files.createDirectories(docs.resolve("benchmarks"));
        Files.writeString(plots.resolve(table.name() + ".svg"), Plot.of(table));
        Path page = docs.resolve("BENCHMARKS.md");
        String before = Files.exists(page) ? Files.readString(page) : INTRODUCTION;
        Files.writeString(page, replace(before, table.name(), section(table)));
    }

    private String section(Table table) {
        StringBuilder out = new StringBuilder();
        out.append("## ").append(table.name()).append("\n\n");
        out.append(table.what()).append(" Repeat it with `./tarry bench ");
        out.append(table.name()).append("`.\n\n").append(table.markdown()).append("\n");
        table.notes().forEach(note -> out.append("- ").append(note).append("\n"));
        out.append("- ").append(Machine.describe(home, loadBefore)).append("\n\n");
        out.append("![").append(table.name()).append("](benchmarks/");
        return out.append(table.name()).append(".svg)\n").toString();
    }

    private static String replace(String page, String name, String section) {
        String begin = "<!-- begin " + name + " -->\n";
        String end = "<!-- end " + name + " -->\n";
        int from = page.indexOf(begin);
        int to = page.indexOf(end);
        if (from < 0 || to < from) {
            return page + "\n" + begin + section + end;
        }
        return page.substring(0, from) + begin + section + page.substring(to);
    }
}
