package dev.tarry.bench.servers;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** A contestant that runs: its port, and what the kernel's accounting says about its process. */
final class Server implements AutoCloseable {
    private static final double TICKS_PER_SECOND = 100; // USER_HZ, the same on all Linux

    private final Process process;
    private final int port;

    private Server(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Starts one that prints its port. */
    static Server start(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
        BufferedReader out = process.inputReader();
        for (String line; (line = out.readLine()) != null; ) {
            if (line.startsWith("PORT ")) {
                return new Server(process, Integer.parseInt(line.substring(5)));
            }
        }
        throw failed(process, command);
    }

    /** Starts one that was told its port, and waits until it listens. */
    static Server start(List<String> command, int port) throws IOException {
        Process process =
                new ProcessBuilder(command)
                        .redirectOutput(Redirect.DISCARD)
                        .redirectError(Redirect.INHERIT)
                        .start();
        while (process.isAlive()) {
            try {
                new Socket(InetAddress.getLoopbackAddress(), port).close();
                return new Server(process, port);
            } catch (ConnectException e) {
                LockSupport.parkNanos(10_000_000); // not yet
            }
        }
        throw failed(process, command);
    }

    private static IOException failed(Process process, List<String> command) {
        process.destroyForcibly();
        return new IOException("this did not start: " + String.join(" ", command));
    }

    /** A port that nobody listens on. */
    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    int port() {
        return port;
    }

    /**
     * Seconds of the processor's time.
     *
     * @param user in the code of the process
     * @param kernel in the kernel's, on its behalf
     */
    record Cpu(double user, double kernel) {
        Cpu minus(Cpu earlier) {
            return new Cpu(user - earlier.user, kernel - earlier.kernel);
        }

        double total() {
            return user + kernel;
        }
    }

    /** The time of the processor that it has used. */
    Cpu cpu() throws IOException {
        String stat = Files.readString(proc("stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return new Cpu(
                Long.parseLong(fields[11]) / TICKS_PER_SECOND,
                Long.parseLong(fields[12]) / TICKS_PER_SECOND);
    }

    /** The memory that it occupies. */
    double residentMiB() throws IOException {
        return Files.readAllLines(proc("status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D+", "")) / 1024)
                .findFirst()
                .orElse(Double.NaN);
    }

    private Path proc(String file) {
        return Path.of("/proc", String.valueOf(process.pid()), file);
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
