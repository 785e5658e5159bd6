package dev.tarry.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A table, and of what it was measured. Kept in a file of lines whose fields are separated by tabs.
 *
 * @param source the commit that the measured sources are of
 * @param measured when, and how busy the machine was
 * @param table the figures
 */
public record Result(String source, String measured, Table table) {

    /** Writes it into a folder, in the place of an older one. */
    public void keep(Path folder) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add(line("source", source));
        lines.add(line("measured", measured));
        lines.add(line("what", table.what()));
        lines.add(line("columns", table.columns().toArray(String[]::new)));
        lines.add(line("baseline", table.baseline()));
        for (Row row : table.rows()) {
            String values =
                    row.values().stream()
                            .map(value -> String.format(Locale.ROOT, "%.4f", value))
                            .collect(Collectors.joining("\t"));
            lines.add(line("row", row.group(), row.name(), values));
        }
        table.notes().forEach(note -> lines.add(line("note", note)));
        Files.createDirectories(folder);
        Files.write(file(folder, table.name()), lines);
    }

    private static String line(String key, String... fields) {
        return key + "\t" + String.join("\t", fields);
    }

    private static Path file(Path folder, String name) {
        return folder.resolve(name + ".tsv");
    }

    /** What was kept of a benchmark, if anything. */
    public static Optional<Result> read(Path folder, String name) throws IOException {
        Path file = file(folder, name);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        List<List<String>> lines =
                Files.readAllLines(file).stream()
                        .map(line -> List.of(line.split("\t", -1)))
                        .toList();
        Table table =
                new Table(
                        name,
                        one(lines, "what"),
                        rest(all(lines, "columns").findFirst().orElseThrow(), 1),
                        one(lines, "baseline"),
                        all(lines, "row").map(Result::row).toList(),
                        all(lines, "note").map(note -> note.get(1)).toList());
        return Optional.of(new Result(one(lines, "source"), one(lines, "measured"), table));
    }

    private static Stream<List<String>> all(List<List<String>> lines, String key) {
        return lines.stream().filter(line -> line.getFirst().equals(key));
    }

    private static String one(List<List<String>> lines, String key) {
        return all(lines, key).findFirst().orElseThrow().get(1);
    }

    private static Row row(List<String> line) {
        return new Row(
                line.get(1), line.get(2), rest(line, 3).stream().map(Double::valueOf).toList());
    }

    private static List<String> rest(List<String> line, int from) {
        return line.subList(from, line.size());
    }
}
