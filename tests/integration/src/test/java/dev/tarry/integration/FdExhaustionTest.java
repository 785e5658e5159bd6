package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;

import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;
import dev.tarry.runtime.TcpListener;
import dev.tarry.runtime.TcpStream;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A server whose process has no descriptors left, and which does nothing about it. */
@Timeout(120)
class FdExhaustionTest {
    private static final int CLIENTS = 300;

    @TempDir private Path jars;

    /** Runs with `ulimit -n 128`: an echo server as in the README, for 300 clients at once. */
    static final class Server {
        private static final OperatingSystemMXBean SYSTEM =
                (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

        private static int accepted;

        public static void main(String[] args) {
            SYSTEM.getProcessCpuTime();
            Tarry.run(
                    () -> {
                        try (var listener = TcpListener.bind("127.0.0.1", 0)) {
                            System.out.println("port " + listener.port());
                            Tarry.spawn(Server::watch);
                            var connection = listener.accepting();
                            for (; accepted < CLIENTS + 1; accepted++) {
                                var fired = Tarry.wait(connection);
                                fired.get(connection).ifPresent(s -> Tarry.spawn(() -> echo(s)));
                            }
                        }
                        System.out.println("all " + accepted);
                        Scope.current().cancel();
                    });
        }

        private static void echo(TcpStream stream) throws IOException {
            try (stream) {
                for (String line; (line = stream.readLine()) != null; ) {
                    stream.writeLine(line);
                }
            }
        }

        /** Another task of the loop; it begins when the clients have filled the process. */
        private static void watch() {
            int before;
            do {
                before = accepted;
                Tarry.sleep(Duration.ofMillis(300));
            } while (accepted == 0 || accepted != before);
            long cpu = SYSTEM.getProcessCpuTime();
            Tarry.sleep(Duration.ofSeconds(1));
            System.out.println("cpu " + (SYSTEM.getProcessCpuTime() - cpu) / 10_000_000);
            System.out.println("full " + (accepted < 128));
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @CsvSource({"loop,epoll", "loop,poll", "handoff,epoll", "handoff,poll"})
    void noDescriptorLeft_connectionsWaitAndAreServedAfter(String carrier, String backend)
            throws Exception {
        try (ServerProcess server = ServerProcess.start(carrier, backend, jars)) {
            int port = Integer.parseInt(server.until("port "));
            List<Socket> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(new Socket("127.0.0.1", port));
            }
            // Hundredths of a second, in one second of a full house.
            assertThat(Integer.parseInt(server.until("cpu "))).isLessThan(50);
            assertThat(server.until("full ")).isEqualTo("true");
            for (Socket client : clients) {
                assertThat(echoed(client)).isEqualTo("hello");
                client.close();
            }
            new Socket("127.0.0.1", port).close();
            assertThat(server.until("all ")).isEqualTo(Integer.toString(CLIENTS + 1));
            assertThat(server.process.waitFor()).isZero();
            assertThat(server.errors())
                    .containsPattern("accept4 on .*EMFILE.*ulimit -n")
                    .containsOnlyOnce("EMFILE");
        }
    }

    private static String echoed(Socket client) throws IOException {
        client.getOutputStream().write("hello\n".getBytes());
        return new String(client.getInputStream().readNBytes(6)).trim();
    }

    /** The server, and what it says. */
    private record ServerProcess(Process process, Path err) implements AutoCloseable {
        static ServerProcess start(String carrier, String backend, Path jars) throws IOException {
            List<String> command =
                    new ArrayList<>(List.of("/bin/sh", "-c", "ulimit -n 128; exec \"$@\"", "sh"));
            List<String> options = new ArrayList<>(ChildJvm.FLAGS);
            options.add("-Dtarry.carrier=" + carrier);
            options.add("-Dtarry.backend=" + backend);
            command.addAll(ChildJvm.command(options, Server.class));
            int classPath = command.indexOf("-cp") + 1;
            command.set(classPath, Jars.of(command.get(classPath), jars));
            Path err = Files.createTempFile("tarry", ".err");
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(err.toFile());
            builder.environment().remove("JAVA_TOOL_OPTIONS");
            return new ServerProcess(builder.start(), err);
        }

        /** The rest of the next line that begins so. */
        String until(String word) throws IOException {
            String line;
            while ((line = process.inputReader().readLine()) != null) {
                if (line.startsWith(word)) {
                    return line.substring(word.length());
                }
            }
            throw new AssertionError("no line begins with " + word + "; " + errors());
        }

        String errors() throws IOException {
            return Files.readString(err);
        }

        @Override
        public void close() throws IOException {
            process.destroyForcibly();
            Files.delete(err);
        }
    }
}
