package dev.tarry.bench.servers;

import dev.tarry.bench.Tools;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.ArrayList;
import java.util.List;

/**
 * One run of the load client.
 *
 * @param connections how many there are
 * @param active how many of them have a message under way
 * @param bytes of each message
 */
record Load(int connections, int active, int bytes) {
    private static final List<String> WORDS = List.of("BEGIN", "END");

    String description() {
        return (bytes < 1024 ? bytes + " B, " : bytes / 1024 + " KiB, ")
                + String.format("%,d connection%s", connections, connections == 1 ? "" : "s")
                + (active < connections ? String.format(", %,d idle", connections - active) : "");
    }

    /**
     * Loads a server. Answers µs of its CPU for each message, messages in a second, the delays at
     * 50, 99 and 99.9 % in µs, and the MiB it has.
     */
    List<Double> run(Server server, List<String> client, int warmupMillis, int millis)
            throws IOException {
        List<String> command = new ArrayList<>(client);
        for (int n : new int[] {server.port(), connections, active, bytes, warmupMillis, millis}) {
            command.add(String.valueOf(n));
        }
        Process process =
                new ProcessBuilder(Tools.pinned(1, command))
                        .redirectError(Redirect.INHERIT)
                        .start();
        try (BufferedReader out = process.inputReader()) {
            expect(out, WORDS.get(0));
            double before = server.cpuSeconds();
            expect(out, WORDS.get(1));
            double cpu = server.cpuSeconds() - before;
            String line = out.readLine();
            double memory = server.residentMiB();
            String[] figures = line.split(" ", -1);
            double messages = Double.parseDouble(figures[0]);
            return List.of(
                    cpu * 1e6 / messages,
                    messages / Double.parseDouble(figures[1]),
                    Double.parseDouble(figures[2]),
                    Double.parseDouble(figures[3]),
                    Double.parseDouble(figures[4]),
                    memory);
        } finally {
            process.destroyForcibly();
            process.onExit().join();
        }
    }

    private void expect(BufferedReader out, String word) throws IOException {
        String line = out.readLine();
        if (!word.equals(line)) {
            throw new IOException("the load client failed with " + description());
        }
    }
}
