package dev.tarry.bench.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The figures of several rounds, which become one row for each contestant: the median of each
 * column, and how far apart the rounds were in the first one.
 */
public final class Medians {
    private record Key(String group, String name) {}

    private final Map<Key, List<double[]>> rounds = new LinkedHashMap<>();

    /** What one round had to say of one contestant. */
    public void add(String group, String name, double... figures) {
        rounds.computeIfAbsent(new Key(group, name), key -> new ArrayList<>()).add(figures);
    }

    /** The groups as they came, each with its contestants as they came. */
    public List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        rounds.keySet().stream()
                .map(Key::group)
                .distinct()
                .forEach(
                        group ->
                                rounds.forEach(
                                        (key, figures) -> {
                                            if (key.group.equals(group)) {
                                                rows.add(row(key, figures));
                                            }
                                        }));
        return rows;
    }

    private static Row row(Key key, List<double[]> figures) {
        List<Double> values = new ArrayList<>();
        for (int column = 0; column < figures.getFirst().length; column++) {
            double[] sorted = sorted(figures, column);
            values.add(median(sorted));
        }
        double[] first = sorted(figures, 0);
        values.add(1, 100 * (first[first.length - 1] - first[0]) / median(first));
        return new Row(key.group, key.name, values);
    }

    private static double[] sorted(List<double[]> figures, int column) {
        double[] values = figures.stream().mapToDouble(round -> round[column]).toArray();
        Arrays.sort(values);
        return values;
    }

    private static double median(double[] sorted) {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
