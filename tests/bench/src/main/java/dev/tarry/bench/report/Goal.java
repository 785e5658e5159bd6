package dev.tarry.bench.report;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Locale;

/**
 * What Tarry wants to reach: at most {@code limit}.
 *
 * @param what in words, with the unit
 * @param limit the most
 * @param top the figure, or what is divided
 * @param bottom what it is divided by; null if the figure itself counts
 * @param factor what the quotient or the figure is multiplied with
 */
record Goal(String what, double limit, Cell top, @Nullable Cell bottom, double factor) {

    /** A place in the tables. */
    record Cell(String bench, String group, String name, int column) {
        static Cell of(String bench, String group, String name) {
            return new Cell(bench, group, name, 0);
        }

        /** NaN where it was not measured. */
        double in(List<Result> results) {
            return results.stream()
                    .map(Result::table)
                    .filter(table -> table.name().equals(bench))
                    .flatMap(table -> table.rows().stream())
                    .filter(row -> row.group().equals(group) && row.name().equals(name))
                    .mapToDouble(row -> row.values().get(column))
                    .findFirst()
                    .orElse(Double.NaN);
        }
    }

    static Goal ratio(String what, double limit, Cell top, Cell bottom) {
        return new Goal(what, limit, top, bottom, 1);
    }

    static Goal figure(String what, double limit, Cell top) {
        return new Goal(what, limit, top, null, 1);
    }

    /** A row of the table of goals. */
    String markdown(List<Result> results) {
        double above = top.in(results);
        double below = bottom == null ? 1 : bottom.in(results);
        double reached = above / below * factor;
        String from = bottom == null ? "" : Table.number(above) + " to " + Table.number(below);
        String verdict = reached <= limit ? "yes" : "no";
        return String.format(
                Locale.ROOT,
                "| %s | %s | %s | %s | %s |%n",
                what,
                most(),
                Double.isNaN(reached) ? "" : Table.number(reached),
                Double.isNaN(reached) ? "not measured" : verdict,
                Double.isNaN(reached) ? "" : from);
    }

    private String most() {
        return limit == Math.rint(limit) && limit >= 10
                ? String.format(Locale.ROOT, "%,.0f", limit)
                : String.format(Locale.ROOT, "%.2f", limit);
    }
}
