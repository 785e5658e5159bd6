package dev.tarry.demos.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tarry.demos.Jvm;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Two people with nc and one with irssi, as they would do it. */
@Timeout(120)
class RealClientsTest {

    @Test
    void twoWithNcAndOneWithIrssi_meetAndTalkAndLeave(@TempDir Path home) throws Exception {
        for (String program : List.of("nc", "irssi", "tmux")) {
            assumeTrue(isInstalled(program), program + " is not installed");
        }
        try (Jvm chat = Jvm.start("chat", "--port", "0")) {
            int port = chat.port();
            try (Nc ann = new Nc(port);
                    Nc bob = new Nc(port);
                    Terminal irssi = new Terminal(home)) {
                ann.type(
                        "NICK ann",
                        "USER ann 0 * :Ann",
                        "JOIN #tarry",
                        "TOPIC #tarry :Tea at five");
                ann.until("TOPIC #tarry :Tea at five");
                bob.type("NICK bob", "USER bob 0 * :Bob", "JOIN #tarry");
                bob.until(" 332 bob #tarry :Tea at five");
                assertThat(bob.until(" 353 ")).contains("ann", "bob");
                ann.until(":bob!bob@127.0.0.1 JOIN #tarry");

                irssi.run(
                        "irssi",
                        "--home=" + home,
                        "-c",
                        "127.0.0.1",
                        "-p",
                        "" + port,
                        "-n",
                        "iris");
                irssi.until("Say JOIN #tarry"); // the message of the day
                irssi.type("/join #tarry");
                ann.until(":iris!");
                irssi.until("Tea at five");
                irssi.until("ann");
                irssi.until("bob");

                irssi.type("hello from irssi");
                assertThat(ann.until("hello from irssi")).contains("PRIVMSG #tarry :");
                bob.until("hello from irssi");
                bob.type("PRIVMSG #tarry :hello from nc");
                irssi.until("hello from nc");
                ann.until(":bob!bob@127.0.0.1 PRIVMSG #tarry :hello from nc");

                irssi.type("/quit time to go");
                assertThat(bob.until("QUIT")).startsWith(":iris!").contains("time to go");
                ann.type("QUIT :bye");
                ann.until("ERROR :Closing Link");
                assertThat(bob.until(":ann!")).contains("QUIT", "bye");
            }
        }
    }

    private static boolean isInstalled(String program) throws Exception {
        return new ProcessBuilder("sh", "-c", "command -v " + program)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    /** Somebody who types into nc. */
    private static final class Nc implements AutoCloseable {
        private final Process process;
        private final BufferedReader out;
        private final Writer in;

        Nc(int port) throws IOException {
            process = new ProcessBuilder("nc", "127.0.0.1", "" + port).start();
            out =
                    new BufferedReader(
                            new InputStreamReader(
                                    process.getInputStream(), StandardCharsets.UTF_8));
            in = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        }

        void type(String... lines) throws IOException {
            for (String line : lines) {
                in.write(line + "\n");
            }
            in.flush();
        }

        String until(String part) throws IOException {
            List<String> before = new ArrayList<>();
            for (String line; (line = out.readLine()) != null; before.add(line)) {
                if (line.contains(part)) {
                    return line;
                }
            }
            throw new AssertionError("no '" + part + "' in " + before);
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    /** A terminal of tmux with one program in it. */
    private static final class Terminal implements AutoCloseable {
        private final String socket;

        Terminal(Path home) {
            socket = home.resolve("tmux").toString();
        }

        void run(String... program) throws Exception {
            List<String> command = new ArrayList<>(List.of("new-session", "-d"));
            command.addAll(List.of("-x", "120", "-y", "50"));
            command.addAll(List.of(program));
            tmux(command);
        }

        void type(String line) throws Exception {
            tmux(List.of("send-keys", "-l", line));
            tmux(List.of("send-keys", "Enter"));
        }

        /** A screen cannot be waited for, only looked at. */
        void until(String text) throws Exception {
            while (!tmux(List.of("capture-pane", "-p")).contains(text)) {
                LockSupport.parkNanos(20_000_000);
            }
        }

        private String tmux(List<String> words) throws Exception {
            List<String> command = new ArrayList<>(List.of("tmux", "-S", socket));
            command.addAll(words);
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes());
            assertThat(process.waitFor()).as(output).isZero();
            return output;
        }

        @Override
        public void close() throws Exception {
            new ProcessBuilder("tmux", "-S", socket, "kill-server")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        }
    }
}
