package dev.tarry.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.runtime.Tarry;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Tasks may use the sockets of the JDK, and leave them usable for the other virtual threads. In a
 * JVM of its own, since who is the first to do so makes the difference.
 */
class JdkSocketsTest {

    @Test
    @Timeout(60)
    void taskIsFirstToBlockOnASocket_otherVirtualThreadsStillHearOfTheirs() throws Exception {
        Process probe =
                new ProcessBuilder(command())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.PIPE)
                        .start();
        try {
            boolean ended = probe.waitFor(30, TimeUnit.SECONDS);
            assertThat(ended).as("the virtual thread has read").isTrue();
            assertThat(new String(probe.getInputStream().readAllBytes())).isEmpty();
            assertThat(probe.exitValue()).isZero();
        } finally {
            probe.destroyForcibly();
        }
    }

    private static List<String> command() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "-Dtarry.carrier=loop",
                "-cp",
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path")),
                Probe.class.getName());
    }

    /** The program: reads in a task, then in another virtual thread, each after a moment. */
    static final class Probe {
        private Probe() {}

        public static void main(String[] args) throws Exception {
            Tarry.run(Probe::readAByte);
            Thread reader = Thread.ofVirtual().start(Probe::readAByte);
            System.exit(reader.join(Duration.ofSeconds(20)) ? 0 : 1);
        }

        private static void readAByte() {
            try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                    Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
                    Socket accepted = server.accept()) {
                Thread reader = Thread.currentThread();
                Thread.ofPlatform().daemon().start(() -> writeOnceBlocked(reader, accepted));
                assertThat(client.getInputStream().read()).isEqualTo(7);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void writeOnceBlocked(Thread reader, Socket socket) {
            while (reader.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            try {
                socket.getOutputStream().write(7);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
