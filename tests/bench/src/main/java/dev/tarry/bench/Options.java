package dev.tarry.bench;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/**
 * What the command line asks for.
 *
 * @param effort how thoroughly
 * @param benches what to measure
 * @param all whether that is everything
 * @param pageFile the page to write, or null
 * @param help whether only to explain
 */
record Options(
        Effort effort, List<Bench> benches, boolean all, @Nullable String pageFile, boolean help) {

    static final String USAGE =
            """
            Usage: ./tarry bench [--quick] [--rounds N] [--page FILE] NAME...
                   ./tarry bench [--quick] [--rounds N] all
                   ./tarry bench --page FILE
                   ./tarry bench [--quick] --list

            Measures, prints tables, and keeps the figures in target/bench. `all` then writes
            docs/BENCHMARKS.md. With --page, FILE is written in its place, from all figures that are
            kept of this commit; without a NAME nothing is measured for it. --quick is rough, and is
            kept apart. --rounds says how often each contestant gets its turn (3; quick: 1).

            """;

    private static final String DEFAULT_PAGE = "docs/BENCHMARKS.md";

    /** Ends the program if it does not understand. */
    static Options of(String... arguments) {
        boolean quick = false;
        boolean help = arguments.length == 0;
        int rounds = 0;
        String page = null;
        List<String> names = new ArrayList<>();
        for (Iterator<String> rest = Arrays.asList(arguments).iterator(); rest.hasNext(); ) {
            String word = rest.next();
            switch (word) {
                case "--quick" -> quick = true;
                case "--help", "--list" -> help = true;
                case "--rounds" -> rounds = number(next(rest, word));
                case "--page" -> page = next(rest, word);
                default -> names.add(word);
            }
        }
        Effort.Kind kind = quick ? Effort.Kind.QUICK : Effort.Kind.FULL;
        Effort effort = new Effort(kind, rounds > 0 ? rounds : quick ? 1 : 3);
        boolean nothing = names.isEmpty() && page == null;
        return new Options(effort, choose(names), names.contains("all"), page, help || nothing);
    }

    private static String next(Iterator<String> rest, String word) {
        return rest.hasNext() ? rest.next() : refuse(word + " takes a value");
    }

    private static int number(String text) {
        String digits = text.matches("[1-9]\\d?") ? text : refuse("--rounds takes 1 to 99");
        return Integer.parseInt(digits);
    }

    private static List<Bench> choose(List<String> names) {
        List<Bench> chosen = new ArrayList<>();
        for (String name : names) {
            List<Bench> found =
                    Suite.ALL.stream()
                            .filter(b -> name.equals("all") || b.name().equals(name))
                            .toList();
            if (found.isEmpty()) {
                refuse("no benchmark is called '" + name + "'; see --list");
            }
            chosen.addAll(found);
        }
        return chosen;
    }

    /** The page to write; null if none is. */
    @Nullable Path page(Path home) {
        if (pageFile != null) {
            return Path.of(pageFile).toAbsolutePath();
        }
        return all && effort.kind() == Effort.Kind.FULL ? home.resolve(DEFAULT_PAGE) : null;
    }

    private static String refuse(String why) {
        System.err.println("tarry: " + why);
        System.exit(2);
        throw new IllegalStateException(why);
    }
}
