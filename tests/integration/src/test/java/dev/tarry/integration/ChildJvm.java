package dev.tarry.integration;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a main class in a JVM of its own, and collects what it says. */
final class ChildJvm {
    static final List<String> FLAGS =
            List.of(
                    "--enable-native-access=ALL-UNNAMED",
                    "--add-opens",
                    "java.base/java.lang=ALL-UNNAMED");

    /** How it ended. */
    record Result(int exit, String out, String err) {}

    private ChildJvm() {}

    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** What measures this JVM (its coverage, say) measures its children. */
    static List<String> agents() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("-javaagent:"))
                .toList();
    }

    static List<String> command(List<String> options, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(java());
        command.addAll(agents());
        command.add("-Xmx256m");
        command.addAll(options);
        command.add("-cp");
        command.add(
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path")));
        command.add(main.getName());
        command.addAll(List.of(arguments));
        return command;
    }

    static Result run(List<String> options, Class<?> main, String... arguments)
            throws IOException, InterruptedException {
        return run(command(options, main, arguments));
    }

    static Result run(List<String> command) throws IOException, InterruptedException {
        return run(command, 45);
    }

    static Result run(List<String> command, int mostSeconds)
            throws IOException, InterruptedException {
        File out = File.createTempFile("tarry", ".out");
        File err = File.createTempFile("tarry", ".err");
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command)
                            .redirectInput(new File("/dev/null"))
                            .redirectOutput(out)
                            .redirectError(err);
            builder.environment().remove("JAVA_TOOL_OPTIONS"); // announced on stderr
            Process process = builder.start();
            try {
                if (!process.waitFor(mostSeconds, TimeUnit.SECONDS)) {
                    dumpThreads(process);
                    throw new AssertionError("hangs: " + command + "\n" + text(out) + text(err));
                }
                return new Result(process.exitValue(), text(out), text(err));
            } finally {
                process.destroyForcibly();
            }
        } finally {
            Files.delete(out.toPath());
            Files.delete(err.toPath());
        }
    }

    /** Into our standard output. */
    private static void dumpThreads(Process jvm) throws IOException, InterruptedException {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        String pid = Long.toString(jvm.pid());
        Path file = Files.createTempFile("tarry", ".threads");
        try {
            new ProcessBuilder(jcmd, pid, "Thread.dump_to_file", "-overwrite", file.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor(20, TimeUnit.SECONDS);
            System.out.println(Files.readString(file));
        } finally {
            Files.delete(file);
        }
    }

    private static String text(File file) throws IOException {
        return Files.readString(file.toPath());
    }
}
