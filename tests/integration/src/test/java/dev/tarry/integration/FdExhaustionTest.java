package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;

import dev.tarry.events.EventFailedException;
import dev.tarry.events.Outcome;
import dev.tarry.runtime.Tarry;
import dev.tarry.runtime.TcpListener;
import dev.tarry.runtime.TcpStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A server whose process has no descriptors left. */
@Timeout(60)
class FdExhaustionTest {

    /** Runs with `ulimit -n 256`, and reports what a server sees. */
    static final class Server {
        private static final List<TcpStream> accepted = new ArrayList<>();
        private static final OperatingSystemMXBean SYSTEM =
                (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

        public static void main(String[] args) {
            Tarry.run(
                    () -> {
                        try (var listener = TcpListener.bind("127.0.0.1", 0)) {
                            loadWhatIsNeeded(listener);
                            List<TcpStream> clients = connectUntilNoneIsLeft(listener);
                            clients.removeLast().close(); // one for the next client, which waits
                            clients.add(TcpStream.connect("127.0.0.1", listener.port()));
                            acceptUntilItFails(listener);
                            System.out.println("cpu " + cpuWhileItFails(listener));
                            clients.subList(0, 4).forEach(TcpStream::close);
                            listener.accept().close();
                            System.out.println("recovered");
                        }
                    });
        }

        /** A class that is not loaded yet is a file to open. */
        private static void loadWhatIsNeeded(TcpListener listener) throws IOException {
            SYSTEM.getProcessCpuTime();
            Tarry.wait(List.of(listener.accepting()), Duration.ofMillis(1));
            TcpStream.connect("127.0.0.1", listener.port()).close();
            Tarry.wait(List.of(listener.accepting())).get(listener.accepting()).get().close();
            try {
                TcpListener.bind("127.0.0.1", listener.port());
            } catch (IOException e) {
                System.out.println("warm-up: " + e.getMessage());
            }
            Outcome<?> failed = new Outcome.Failed<>(new IOException("warm-up"));
            try {
                failed.get();
            } catch (EventFailedException e) {
                System.out.println("warm-up: " + e.getMessage());
            }
        }

        /** Each connection takes two: one is accepted, the other one is the client's. */
        private static List<TcpStream> connectUntilNoneIsLeft(TcpListener listener) {
            List<TcpStream> clients = new ArrayList<>();
            try {
                while (true) {
                    clients.add(TcpStream.connect("127.0.0.1", listener.port()));
                }
            } catch (IOException e) {
                System.out.println("connect: " + e.getMessage());
            }
            return clients;
        }

        private static void acceptUntilItFails(TcpListener listener) {
            try {
                while (true) {
                    accepted.add(Tarry.await(listener.accepting()));
                }
            } catch (EventFailedException e) {
                System.out.println("accept: " + e.getCause().getMessage());
            }
        }

        /** The CPU time, in hundredths of a second, of one second of failing to accept. */
        private static long cpuWhileItFails(TcpListener listener) {
            long before = SYSTEM.getProcessCpuTime();
            long end = System.nanoTime() + 1_000_000_000L;
            int failures = 0;
            while (System.nanoTime() < end) {
                var fired = Tarry.wait(List.of(listener.accepting()), Duration.ofMillis(50));
                failures += fired.size();
            }
            System.out.println("failures " + failures);
            return (SYSTEM.getProcessCpuTime() - before) / 10_000_000;
        }
    }

    @Test
    void noDescriptorLeft_acceptSaysSoDoesNotSpinAndRecovers() throws Exception {
        List<String> command =
                new ArrayList<>(List.of("/bin/sh", "-c", "ulimit -n 256; exec \"$@\"", "sh"));
        command.addAll(ChildJvm.command(ChildJvm.FLAGS, Server.class));
        var result = ChildJvm.run(command);
        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .containsPattern(
                        "connect: socket on connection to 127.0.0.1:\\d+: .*EMFILE.*ulimit -n")
                .containsPattern("accept: accept4 on .*EMFILE.*ulimit -n")
                .endsWith("recovered\n");
        assertThat(number(result.out(), "failures ")).isBetween(1, 15); // one in 100 ms
        assertThat(number(result.out(), "cpu ")).isLessThan(50);
    }

    private static int number(String text, String after) {
        int from = text.indexOf(after) + after.length();
        return Integer.parseInt(text.substring(from, text.indexOf('\n', from)));
    }
}
