package dev.tarry.bench.report;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.StringJoiner;

/**
 * The result of one benchmark. The first column is what it is about, less is better, and is plotted
 * and compared with the baseline of the same group.
 *
 * @param name the benchmark's name
 * @param what one sentence
 * @param columns what the values are, with their units
 * @param baseline the contestant that the others are compared with
 * @param rows the values
 * @param notes who is missing and why, and what to know when reading
 */
public record Table(
        String name,
        String what,
        List<String> columns,
        String baseline,
        List<Row> rows,
        List<String> notes) {

    /** The groups in their order. */
    Set<String> groups() {
        Set<String> groups = new LinkedHashSet<>();
        rows.forEach(row -> groups.add(row.group()));
        return groups;
    }

    /** The first value by that of the baseline in its group. */
    double ratio(Row row) {
        return rows.stream()
                .filter(r -> r.group().equals(row.group()) && r.name().equals(baseline))
                .filter(r -> r.values().getFirst() > 0)
                .mapToDouble(r -> row.values().getFirst() / r.values().getFirst())
                .findFirst()
                .orElse(Double.NaN);
    }

    /** As a table in Markdown, which reads well in a terminal, too. */
    public String markdown() {
        boolean grouped = groups().size() > 1;
        StringBuilder out = new StringBuilder();
        StringJoiner head = new StringJoiner(" | ", "| ", " |\n");
        if (grouped) {
            head.add("");
        }
        head.add("").add(columns.getFirst()).add("to " + baseline);
        columns.stream().skip(1).forEach(head::add);
        out.append(head);
        out.append("|---".repeat(grouped ? 2 : 1)).append("|--:".repeat(columns.size() + 1));
        out.append("|\n");
        String last = "";
        for (Row row : rows) {
            StringJoiner line = new StringJoiner(" | ", "| ", " |\n");
            if (grouped) {
                line.add(row.group().equals(last) ? "" : row.group());
                last = row.group();
            }
            line.add(row.name()).add(number(row.values().getFirst()));
            double ratio = ratio(row);
            line.add(Double.isNaN(ratio) ? "" : String.format(Locale.ROOT, "%.2f", ratio));
            row.values().stream().skip(1).forEach(value -> line.add(number(value)));
            out.append(line);
        }
        return out.toString();
    }

    /** Three digits that matter, and no more. */
    static String number(double value) {
        if (Double.isNaN(value)) {
            return "";
        }
        int decimals = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }
}
