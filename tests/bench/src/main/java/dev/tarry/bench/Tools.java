package dev.tarry.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The tools of this machine, which may be there or not, and what they compile. */
public final class Tools {
    /** How a C program is compiled. */
    public static final List<String> C = List.of("gcc", "-O2");

    /** What is not written in Java needs one of these, which is in a Debian package. */
    private static final Map<String, String> NEEDED =
            Map.of(
                    "gcc", "gcc",
                    "go", "golang-go",
                    "pth-config", "libpth-dev",
                    "ngircd", "ngircd",
                    "taskset", "util-linux");

    private final Path folder = Files.createTempDirectory("tarry-bench");
    private final List<String> missing = new ArrayList<>();

    /** Keeps what it compiles until this JVM ends. */
    public Tools() throws IOException {
        folder.toFile().deleteOnExit();
    }

    /** Who is left out, and why: to be told, never to be passed over. */
    public List<String> missing() {
        return missing;
    }

    /** Notes that somebody cannot be measured for want of a command. */
    public void leaveOut(String contestant, String command) {
        missing.add(contestant + ": " + notInstalled(command) + ".");
    }

    private static String notInstalled(String command) {
        String more = NEEDED.containsKey(command) ? " (Debian: " + NEEDED.get(command) + ")" : "";
        return command + " is not installed" + more;
    }

    /** The commands that are not here, each with its package. */
    static List<String> notInstalled() {
        return NEEDED.entrySet().stream()
                .filter(tool -> !has(tool.getKey()))
                .map(tool -> tool.getKey() + " (Debian: " + tool.getValue() + ")")
                .sorted()
                .toList();
    }

    /** Whether a command is on the PATH. */
    public static boolean has(String command) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(part -> Files.isExecutable(Path.of(part, command)));
    }

    /** Whether commands can be pinned to cores here. */
    public static boolean pins() {
        return has("taskset") && Runtime.getRuntime().availableProcessors() > 1;
    }

    /** Pins a command to a core, if {@link #pins}. */
    public static List<String> pinned(int core, List<String> command) {
        List<String> all = new ArrayList<>();
        if (pins()) {
            all.addAll(List.of("taskset", "-c", String.valueOf(core)));
        }
        all.addAll(command);
        return all;
    }

    /** The flags for a JVM whose Tarry runs on a carrier. */
    public static List<String> tarry(String carrier, List<String> more) {
        List<String> flags = new ArrayList<>(more);
        flags.add("--enable-native-access=ALL-UNNAMED");
        flags.add("--add-opens=java.base/java.lang=ALL-UNNAMED");
        flags.add("-Dtarry.carrier=" + carrier);
        return flags;
    }

    /** A class of ours in a JVM of its own. */
    public static List<String> java(Class<?> main, List<String> flags, String... arguments) {
        List<String> all = new ArrayList<>();
        all.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        all.addAll(flags);
        all.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        all.addAll(List.of(arguments));
        return all;
    }

    /** Compiles a file of ours; empty if it cannot be, which is noted for {@code contestant}. */
    public Optional<List<String>> compile(
            String contestant, String source, List<String> before, List<String> after)
            throws IOException, InterruptedException {
        if (!has(before.getFirst())) {
            leaveOut(contestant, before.getFirst());
            return Optional.empty();
        }
        Path file = folder.resolve(source.replaceAll(".*/", ""));
        try (InputStream in = Tools.class.getResourceAsStream("/" + source)) {
            Files.write(file, in.readAllBytes());
        }
        Path program = folder.resolve(file.getFileName().toString().replaceAll("\\..*", ""));
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of("-o", program.toString(), file.toString()));
        command.addAll(after);
        Process compiler = new ProcessBuilder(command).redirectErrorStream(true).start();
        String words = new String(compiler.getInputStream().readAllBytes(), UTF_8).strip();
        file.toFile().deleteOnExit();
        if (compiler.waitFor() != 0) {
            missing.add(contestant + ": cannot be compiled here (" + firstLine(words) + ").");
            return Optional.empty();
        }
        program.toFile().deleteOnExit();
        return Optional.of(List.of(program.toString()));
    }

    private static String firstLine(String words) {
        return words.lines()
                .filter(line -> line.contains("error"))
                .map(line -> line.replaceAll(".*?error: ", ""))
                .findFirst()
                .orElse("no reason given");
    }
}
