package dev.tarry.integration;

import dev.tarry.events.Fd;
import dev.tarry.events.Signal;
import dev.tarry.runtime.Child;
import dev.tarry.runtime.Tarry;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What {@link ChildReapingTest} runs in a JVM that was started in its own way. */
final class ChildProgram {
    private ChildProgram() {}

    public static void main(String[] args) {
        List<String> said = new ArrayList<>();
        Tarry.run(
                () -> {
                    switch (args[0]) {
                        case "signals" -> signals(said);
                        case "status" -> statuses(said);
                        case "environment" -> run(said, "env");
                        case "script" -> run(said, "a-script-of-ours");
                        case "kill" -> kill(said);
                        case "closed" -> closed();
                        case "ignored" -> ignored(said);
                        default -> throw new IllegalArgumentException(args[0]);
                    }
                });
        said.forEach(System.out::println);
    }

    private static Child sh(String script) throws IOException {
        return Child.start(new ProcessBuilder("sh", "-c", script));
    }

    private static void signals(List<String> said) throws IOException {
        run(said, "grep", "-E", "Sig(Blk|Ign)", "/proc/self/status");
    }

    private static void run(List<String> said, String... command) throws IOException {
        try (Child child = Child.start(new ProcessBuilder(command))) {
            for (String line; (line = child.stdout().readLine()) != null; ) {
                said.add(line);
            }
        }
    }

    private static void statuses(List<String> said) throws IOException {
        for (int i = 0; i < 10; i++) {
            for (String script : List.of("exit 137", "kill -9 $$")) {
                try (Child child = sh(script)) {
                    said.add(child.await().toString());
                }
            }
        }
    }

    private static void kill(List<String> said) throws IOException {
        try (Child child = sh("exec sleep 1000")) {
            child.kill();
            said.add(child.await().toString());
        }
    }

    /** Whether the ends of children are ignored here. */
    private static void ignored(List<String> said) throws IOException {
        statuses(said);
        try (var lines = Files.lines(Path.of("/proc/self/status"))) {
            String ignored = lines.filter(line -> line.startsWith("SigIgn")).findFirst().get();
            long mask = Long.parseUnsignedLong(ignored.substring(7).trim(), 16);
            boolean lost = (mask >>> (Signal.CHLD.number() - 1) & 1) != 0;
            said.add(lost ? "SIGCHLD is ignored" : "SIGCHLD is kept");
        }
    }

    /**
     * The pipe of its errors gets the numbers that its input and output shall have. What it says is
     * said on stderr, since stdout is gone.
     */
    private static void closed() throws IOException {
        statuses(new ArrayList<>()); // the JVM opens what it needs for that, and takes no number
        Fd.own(0).close();
        Fd.own(1).close();
        ProcessBuilder builder =
                new ProcessBuilder("sh", "-c", "cat; echo hello >&2")
                        .redirectInput(new File("/dev/null"))
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        try (Child child = Child.start(builder)) {
            System.err.println(child.stderr().readLine());
            System.err.println(child.await());
        }
    }
}
