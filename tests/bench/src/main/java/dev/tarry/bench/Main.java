package dev.tarry.bench;

import dev.tarry.bench.report.Goals;
import dev.tarry.bench.report.Machine;
import dev.tarry.bench.report.Page;
import dev.tarry.bench.report.Result;
import dev.tarry.bench.report.Table;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** {@code ./tarry bench}. */
public final class Main {
    private static final Path HOME =
            Path.of(System.getenv().getOrDefault("TARRY_HOME", "")).toAbsolutePath();

    private final Options options;
    private final Effort effort;
    private final Machine machine = new Machine(HOME);

    private Main(Options options) {
        this.options = options;
        effort = options.effort();
    }

    /** Runs the named benchmarks, keeps their results, and writes a page if it is to. */
    public static void main(String[] arguments) throws Exception {
        Options options = Options.of(arguments);
        Main main = new Main(options);
        if (options.help()) {
            main.help();
            return;
        }
        // Who stops us, stops the servers and the loads that we have started.
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(
                                () ->
                                        ProcessHandle.current()
                                                .descendants()
                                                .forEach(ProcessHandle::destroyForcibly)));
        int failed = main.runAll();
        main.writePage();
        System.exit(failed == 0 ? 0 : 1);
    }

    private void help() {
        System.out.print(Options.USAGE);
        for (Bench bench : Suite.ALL) {
            System.out.printf(
                    "  %-11s %-9s %s%n", bench.name(), text(bench.time(effort)), bench.what());
        }
        System.out.printf("  %-11s %s%n", "all", text(time(Suite.ALL)));
        List<String> missing = Tools.notInstalled();
        if (!missing.isEmpty()) {
            System.out.println("\nNot installed here, so left out: " + String.join(", ", missing));
        }
    }

    private int runAll() {
        List<Bench> chosen = options.benches();
        if (!chosen.isEmpty()) {
            System.out.printf("This takes about %s.%n", text(time(chosen)));
        }
        int failed = 0;
        for (Bench bench : chosen) {
            try {
                run(bench);
            } catch (Exception e) { // the others can still be measured
                System.err.println("tarry: the benchmark '" + bench.name() + "' failed: " + e);
                failed++;
            }
        }
        return failed;
    }

    private void run(Bench bench) throws Exception {
        System.out.printf("%n%s: %s%n", bench.name(), bench.what());
        System.out.printf("(about %s)%n%n", text(bench.time(effort)));
        String load = Machine.load();
        long start = System.nanoTime();
        Table table = bench.run(effort);
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        System.out.println("\n" + table.markdown());
        table.notes().forEach(note -> System.out.println("- " + note));
        System.out.println("- This took " + text(took) + ".");
        String rounds = effort.rounds() == 1 ? "1 round" : effort.rounds() + " rounds";
        String words = effort.kind() == Effort.Kind.QUICK ? rounds + ", roughly" : rounds;
        new Result(machine.source(), Machine.measured(load, words), table).keep(kept());
    }

    /** Rough results are no results for the page that the project shows. */
    private Path kept() {
        String folder = effort.kind() == Effort.Kind.QUICK ? "quick" : "results";
        return HOME.resolve("target").resolve("bench").resolve(folder);
    }

    private void writePage() throws IOException {
        Path page = options.page(HOME);
        if (page == null) {
            System.out.println(
                    "\nThe figures are kept in target/bench; --page FILE makes a page of them.");
            return;
        }
        List<Result> results = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (Bench bench : Suite.ALL) {
            Result.read(kept(), bench.name())
                    .filter(result -> result.source().equals(machine.source()))
                    .ifPresentOrElse(results::add, () -> missing.add(bench.name()));
        }
        Page.write(page, machine, results, missing);
        System.out.println("\n" + Goals.markdown(results));
        System.out.println("Written: " + page);
        if (!missing.isEmpty()) {
            System.out.println("Not measured of this commit: " + String.join(", ", missing));
        }
    }

    private Duration time(List<Bench> benches) {
        return benches.stream().map(b -> b.time(effort)).reduce(Duration.ZERO, Duration::plus);
    }

    private static String text(Duration time) {
        return time.toSeconds() < 90
                ? time.toSeconds() + " s"
                : (time.toSeconds() + 30) / 60 + " min";
    }
}
