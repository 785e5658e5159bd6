package dev.tarry.bench;

import dev.tarry.bench.report.Page;
import dev.tarry.bench.report.Table;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** {@code ./tarry bench}. */
public final class Main {
    private Main() {}

    /** Runs the named benchmarks, and writes docs/BENCHMARKS.md. */
    public static void main(String[] arguments) throws Exception {
        List<String> names = new ArrayList<>(List.of(arguments));
        boolean quick = names.remove("--quick");
        if (names.isEmpty() || names.contains("--help") || names.contains("--list")) {
            help();
            return;
        }
        List<Bench> chosen = choose(names);
        System.out.printf("This takes about %s.%n", text(time(chosen, quick)));
        for (Bench bench : chosen) {
            run(bench, quick);
        }
    }

    private static void help() {
        System.out.print(
                """
                Usage: ./tarry bench [--quick] NAME...
                       ./tarry bench [--quick] all
                       ./tarry bench --list

                Measures, prints a table, and writes it with a plot into docs/BENCHMARKS.md.
                With --quick it is rough, takes less, and writes nothing.

                """);
        for (Bench bench : Suite.ALL) {
            System.out.printf(
                    "  %-11s %-7s %s%n",
                    bench.name(),
                    text(bench.time(false)).replace(" minutes", " min"),
                    bench.what());
        }
        System.out.printf("  %-11s %s%n", "all", text(time(Suite.ALL, false)));
    }

    private static List<Bench> choose(List<String> names) {
        List<Bench> chosen = new ArrayList<>();
        for (String name : names) {
            List<Bench> found =
                    Suite.ALL.stream()
                            .filter(b -> name.equals("all") || b.name().equals(name))
                            .toList();
            if (found.isEmpty()) {
                System.err.println("tarry: no benchmark is called '" + name + "'; see --list");
                System.exit(2);
            }
            chosen.addAll(found);
        }
        return chosen;
    }

    private static void run(Bench bench, boolean quick) throws Exception {
        System.out.printf("%n%s: %s%n", bench.name(), bench.what());
        System.out.printf("(about %s)%n%n", text(bench.time(quick)));
        String home = System.getenv().getOrDefault("TARRY_HOME", "");
        Page page = new Page(Path.of(home).toAbsolutePath());
        Table table = bench.run(quick);
        System.out.println(table.markdown());
        table.notes().forEach(note -> System.out.println("- " + note));
        if (!quick) {
            page.write(table);
        }
    }

    private static Duration time(List<Bench> benches, boolean quick) {
        return benches.stream().map(b -> b.time(quick)).reduce(Duration.ZERO, Duration::plus);
    }

    private static String text(Duration time) {
        return time.toSeconds() < 90
                ? time.toSeconds() + " s"
                : (time.toSeconds() + 30) / 60 + " minutes";
    }
}
