package dev.tarry.bench.report;

import java.util.Locale;

/**
 * A table's first column as bars, in SVG. Each group has a scale of its own, since the groups
 * differ by orders of magnitude; within one, the bars compare.
 */
final class Plot {
    private static final int LEFT = 250;
    private static final int BARS = 380;
    private static final int ROW = 20;
    private static final int WIDTH = LEFT + BARS + 110;

    private final StringBuilder body = new StringBuilder();
    private int y = 30;

    private Plot() {}

    static String of(Table table) {
        Plot plot = new Plot();
        plot.text(10, "title", table.name() + ": " + table.columns().getFirst());
        for (String group : table.groups()) {
            plot.group(table, group);
        }
        return String.format(
                Locale.ROOT,
                """
                <svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="%2$d" viewBox="0 0 %1$d %2$d">
                <style>
                text { font: 13px sans-serif; fill: #24292f }
                .title { font-weight: bold } .group { font-style: italic }
                .ours { fill: #1f6feb } .peer { fill: #8c959f }
                </style>
                <rect width="100%%" height="100%%" fill="#ffffff"/>
                %3$s</svg>
                """,
                WIDTH,
                plot.y + 5,
                plot.body);
    }

    private void group(Table table, String group) {
        if (!group.isEmpty()) {
            y += ROW / 2;
            text(10, "group", group);
        }
        double most =
                table.rows().stream()
                        .filter(row -> row.group().equals(group))
                        .mapToDouble(row -> row.values().getFirst())
                        .filter(value -> !Double.isNaN(value))
                        .max()
                        .orElse(1);
        for (Row row : table.rows()) {
            double value = row.values().getFirst();
            if (row.group().equals(group) && !Double.isNaN(value)) {
                bar(row.name(), value, value / most);
            }
        }
    }

    private void bar(String name, double value, double share) {
        int length = (int) Math.max(1, Math.round(share * BARS));
        body.append(
                String.format(
                        Locale.ROOT,
                        "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"14\"/>%n",
                        name.startsWith("Tarry") ? "ours" : "peer",
                        LEFT,
                        y - 12,
                        length));
        body.append(
                String.format(
                        Locale.ROOT,
                        "<text x=\"%d\" y=\"%d\">%s</text>%n",
                        LEFT + length + 6,
                        y,
                        Table.number(value)));
        text(20, "name", name);
    }

    /** A line of its own, or the label of a bar. */
    private void text(int x, String kind, String text) {
        body.append(
                String.format(
                        Locale.ROOT,
                        "<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>%n",
                        kind,
                        x,
                        y,
                        text.replace("&", "&amp;").replace("<", "&lt;")));
        y += ROW;
    }
}
