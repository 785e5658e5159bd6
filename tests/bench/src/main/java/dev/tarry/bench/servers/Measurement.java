package dev.tarry.bench.servers;

import dev.tarry.bench.Tools;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.List;

/** One run of a load client against a server. */
final class Measurement {
    /** The columns, but for how far apart the rounds were. */
    static final List<String> COLUMNS =
            List.of("spread %", "per second", "p50 µs", "p99 µs", "p99.9 µs", "MiB", "kernel %");

    private Measurement() {}

    /**
     * Answers µs of the server's CPU for each message, messages in a second, the delays at 50, 99
     * and 99.9 % in µs, the MiB that the server has, and how much of its CPU was the kernel's. The
     * client says BEGIN and END around what counts, then how many messages that were, the seconds,
     * and the delays.
     */
    static double[] of(Server server, List<String> client) throws IOException {
        Process process =
                new ProcessBuilder(Tools.pinned(1, client)).redirectError(Redirect.INHERIT).start();
        try (BufferedReader out = process.inputReader()) {
            expect(out, "BEGIN");
            Server.Cpu before = server.cpu();
            expect(out, "END");
            Server.Cpu cpu = server.cpu().minus(before);
            String[] figures = out.readLine().split(" ", -1);
            double memory = server.residentMiB();
            double messages = Double.parseDouble(figures[0]);
            return new double[] {
                cpu.total() * 1e6 / messages,
                messages / Double.parseDouble(figures[1]),
                Double.parseDouble(figures[2]),
                Double.parseDouble(figures[3]),
                Double.parseDouble(figures[4]),
                memory,
                100 * cpu.kernel() / cpu.total()
            };
        } finally {
            process.destroyForcibly();
            process.onExit().join();
        }
    }

    private static void expect(BufferedReader out, String word) throws IOException {
        String line = out.readLine();
        if (!word.equals(line)) {
            throw new IOException("the load client has failed");
        }
    }
}
