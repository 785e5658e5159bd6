package dev.tarry.demos;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/** The demos in a JVM of their own, for what only a whole process can show. */
public final class Jvm implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;

    private Jvm(Process process) {
        this.process = process;
        out =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Starts {@code tarry} with these arguments. */
    public static Jvm start(String... args) throws IOException {
        return start(List.of(), System.getProperty("java.class.path"), args);
    }

    /**
     * Starts it from a shell command.
     *
     * @param wrapper what stands in front of the command
     * @param classPath where the classes are
     */
    public static Jvm start(List<String> wrapper, String classPath, String... args)
            throws IOException {
        List<String> command = new ArrayList<>(wrapper);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("--add-opens=java.base/java.lang=ALL-UNNAMED");
        command.add("-cp");
        command.add(classPath);
        command.add(Main.class.getName());
        command.addAll(List.of(args));
        return new Jvm(new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    /** The class path, with a jar in {@code to} for each folder: reading a class opens no file. */
    public static String jars(Path to) throws IOException {
        List<String> entries = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path path = Path.of(entry);
            entries.add(Files.isDirectory(path) ? jar(path, to, entries.size()) : entry);
        }
        return String.join(File.pathSeparator, entries);
    }

    private static String jar(Path folder, Path to, int number) throws IOException {
        Path jar = to.resolve(number + ".jar");
        try (var out = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(new JarEntry(folder.relativize(file).toString()));
                Files.copy(file, out);
                out.closeEntry();
            }
        }
        return jar.toString();
    }

    /** The process. */
    public Process process() {
        return process;
    }

    /** The next line of its output with {@code part} in it. */
    public String until(String part) throws IOException {
        List<String> before = new ArrayList<>();
        for (String line; (line = out.readLine()) != null; before.add(line)) {
            if (line.contains(part)) {
                return line;
            }
        }
        throw new AssertionError("no '" + part + "' in " + before);
    }

    /** The rest of its output. */
    public List<String> rest() throws IOException {
        List<String> all = new ArrayList<>();
        for (String line; (line = out.readLine()) != null; ) {
            all.add(line);
        }
        return all;
    }

    /** The port in "Listening on 127.0.0.1:4711". */
    public int port() throws IOException {
        String line = until("Listening on ").split(" ")[2];
        return Integer.parseInt(line.replaceAll("^.*:(\\d+).*$", "$1"));
    }

    /** Sends a signal to it. */
    public void signal(String name) throws IOException, InterruptedException {
        String pid = Long.toString(process.pid());
        if (new ProcessBuilder("kill", "-" + name, pid).inheritIO().start().waitFor() != 0) {
            throw new AssertionError("kill failed");
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
