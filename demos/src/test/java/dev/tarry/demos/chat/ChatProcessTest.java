package dev.tarry.demos.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.demos.Jvm;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The server as a process: its signals, and its limits. */
@Timeout(60)
class ChatProcessTest {
    private static final String BYE = "ERROR :Closing Link: 127.0.0.1 (Server shutting down)";

    @Test
    void term_tellsEverybody_andEndsThoughSomebodyDoesNotRead() throws Exception {
        try (Jvm chat = Jvm.start("chat", "--port", "0")) {
            int port = chat.port();
            try (TestClient reader = TestClient.registered(port, "reader");
                    TestClient deaf = deaf(port)) {
                chat.signal("TERM");
                assertThat(reader.rest()).containsExactly(BYE);
                assertThat(chat.process().waitFor(5, TimeUnit.SECONDS)).isTrue();
                assertThat(chat.process().exitValue()).isZero();
                assertThat(chat.rest()).anyMatch(l -> l.contains("Server shutting down"));
            }
        }
    }

    @Test
    void secondInt_endsItAtOnce() throws Exception {
        try (Jvm chat = Jvm.start("chat", "--port", "0")) {
            int port = chat.port();
            try (TestClient reader = TestClient.registered(port, "reader");
                    TestClient deaf = deaf(port)) {
                chat.signal("INT");
                assertThat(reader.rest()).containsExactly(BYE);
                chat.signal("INT");
                assertThat(chat.process().waitFor()).isEqualTo(130); // by the signal, not by itself
            }
        }
    }

    /** A client for whom there are more answers than it has taken, and than the system keeps. */
    private static TestClient deaf(int port) throws Exception {
        Socket narrow = new Socket();
        narrow.setReceiveBufferSize(4096);
        narrow.connect(new InetSocketAddress("127.0.0.1", port));
        TestClient deaf = new TestClient(narrow);
        deaf.register("deaf");
        String[] many = new String[20_000];
        Arrays.fill(many, "LUSERS");
        deaf.send(many); // its answers are many times as long
        try (TestClient other = TestClient.registered(port, "other")) {
            other.send("QUIT");
            other.rest();
        }
        return deaf;
    }

    @Test
    void noMoreDescriptors_isLogged_andPasses(@TempDir Path jars) throws Exception {
        List<String> few = List.of("sh", "-c", "ulimit -n 80; exec \"$0\" \"$@\"");
        try (Jvm chat = Jvm.start(few, Jvm.jars(jars), "chat", "--port", "0")) {
            int port = chat.port();
            List<Socket> many = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                many.add(new Socket("127.0.0.1", port)); // the backlog takes what the server cannot
            }
            assertThat(chat.until("connections have to wait")).contains("EMFILE");
            for (Socket s : many) {
                s.close();
            }
            TestClient.registered(port, "late").close();
        }
    }
}
