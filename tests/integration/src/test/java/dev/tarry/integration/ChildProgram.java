package dev.tarry.integration;

import dev.tarry.events.Fd;
import dev.tarry.runtime.Child;
import dev.tarry.runtime.Tarry;

import java.io.IOException;
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
                        case "kill" -> kill(said);
                        case "closed" -> closed(said);
                        default -> throw new IllegalArgumentException(args[0]);
                    }
                });
        said.forEach(System.out::println);
    }

    private static Child sh(String script) throws IOException {
        return Child.start(new ProcessBuilder("sh", "-c", script));
    }

    private static void signals(List<String> said) throws IOException {
        try (Child child =
                Child.start(
                        new ProcessBuilder("grep", "-E", "Sig(Blk|Ign)", "/proc/self/status"))) {
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

    /** Our pipes get the numbers that the child's streams shall have. */
    private static void closed(List<String> said) throws IOException {
        Fd.own(2).close();
        Fd.own(0).close();
        try (Child child = sh("cat; cat /no/such/file")) {
            child.stdin().writeLine("hello");
            child.stdin().close();
            said.add(String.valueOf(child.stdout().readLine()));
        }
        try (Child child = sh("cat >&2")) {
            child.stdin().writeLine("");
            child.stdin().close();
            said.add(child.await().toString());
        }
    }
}
