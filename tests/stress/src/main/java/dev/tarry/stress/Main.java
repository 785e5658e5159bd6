package dev.tarry.stress;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

import java.util.List;
import java.util.concurrent.Callable;

/** {@code ./tarry stress}. */
@Command(
        name = "tarry stress",
        description = "Runs stress programs, and fails if an account does not balance.",
        mixinStandardHelpOptions = true,
        subcommands = Soak.class)
public final class Main implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", arity = "0..*", description = "What to run; 'all' for all.")
    private List<String> names = List.of();

    @Option(names = "--list", description = "List the programs.")
    private boolean list;

    @Option(names = "--count", paramLabel = "N", description = "How often.")
    private @Nullable Long count;

    @Option(names = "--few", description = "As often as in a build, which takes seconds.")
    private boolean few;

    @Option(names = "--seed", paramLabel = "S", description = "Do again what that seed did.")
    private @Nullable Long seed;

    @Option(names = "--carrier", paramLabel = "C", description = "loop or handoff.")
    private @Nullable String carrier;

    @Option(names = "--backend", paramLabel = "B", description = "epoll, poll or kqueue.")
    private @Nullable String backend;

    private Main() {}

    /** Exits with 0, with 1 if a program failed, with 2 if it was not asked properly. */
    public static void main(String[] args) {
        System.exit(run(args)); // whatever a program that failed still does
    }

    static int run(String... args) {
        try {
            return execute(args);
        } catch (AssertionError e) {
            e.printStackTrace();
            return 1;
        }
    }

    private static int execute(String... args) {
        return new CommandLine(new Main())
                .setParameterExceptionHandler(
                        (wrong, all) -> fail(2, String.valueOf(wrong.getMessage())))
                .execute(args);
    }

    private static int fail(int code, String message) {
        System.err.println("tarry: " + message);
        return code;
    }

    @Override
    public Integer call() throws Exception {
        if (names.isEmpty() || list) {
            list();
            return 0;
        }
        Runner runner = new Runner(carrier, backend, System.out);
        for (Stress stress : choose()) {
            long many = few ? stress.few() : stress.many();
            runner.run(stress, count != null ? count : many, seed != null ? seed : seedOfNow());
        }
        return 0;
    }

    static long seedOfNow() {
        return System.nanoTime() & 0xffff_ffffL;
    }

    private static void list() {
        System.out.println("Usage: ./tarry stress NAME... [--count N] [--seed S]; see --help");
        System.out.println();
        for (Stress stress : Suite.ALL) {
            System.out.printf("  %-12s %,11d  %s%n", stress.name(), stress.many(), stress.what());
        }
        System.out.printf(
                "  %-12s %11s  %s%n", "soak", "", "All of them, mixed, for some minutes.");
    }

    private List<Stress> choose() {
        if (names.equals(List.of("all"))) {
            return Suite.ALL;
        }
        return names.stream().map(Main::find).toList();
    }

    private static Stress find(String name) {
        return Suite.ALL.stream()
                .filter(s -> s.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new ParameterException(
                                        new CommandLine(new Main()),
                                        "no stress program is called '" + name + "'; see --list"));
    }
}
