package dev.tarry.demos.chat;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;

@Timeout(60)
class TimeoutsTest {
    private static final Duration SHORT = Duration.ofMillis(300);

    /** Where the client must be in time, too, and this machine may be busy. */
    private static final Duration SHORT_FOR_A_CLIENT = Duration.ofSeconds(2);

    private static final Duration LONG = Duration.ofMinutes(5);

    @Test
    void silentClient_isAskedAndThenDropped() throws Exception {
        try (TestServer server = TestServer.start(new Settings(SHORT, LONG, 10, 100, null));
                TestClient silent = TestClient.registered(server.port(), "silent")) {
            long start = System.nanoTime();
            assertThat(silent.line()).isEqualTo("PING :tarry");
            assertThat(silent.rest())
                    .containsExactly("ERROR :Closing Link: 127.0.0.1 (Ping timeout: 0 seconds)");
            assertThat(System.nanoTime() - start).isGreaterThan(SHORT.toNanos());
            silent.close();
            server.awaitEmpty();
        }
    }

    @Test
    void clientThatAnswers_stays() throws Exception {
        try (TestServer server =
                        TestServer.start(new Settings(SHORT_FOR_A_CLIENT, LONG, 10, 100, null));
                TestClient client = TestClient.registered(server.port(), "client")) {
            for (int i = 0; i < 2; i++) {
                assertThat(client.line()).isEqualTo("PING :tarry");
                client.send("PONG :tarry");
            }
            assertThat(client.ask("NICK other")).anyMatch(l -> l.contains("NICK :other"));
        }
    }

    @Test
    void halfClosedClient_hasNoMoreTimeThanOthers() throws Exception {
        try (TestServer server = TestServer.start(new Settings(SHORT, LONG, 10, 100, null));
                TestClient client = TestClient.registered(server.port(), "client")) {
            client.socket().shutdownOutput();
            assertThat(client.rest()).last().asString().contains("Ping timeout");
            server.awaitEmpty();
        }
    }

    @Test
    void clientThatDoesNotRegister_isDropped() throws Exception {
        try (TestServer server =
                        TestServer.start(new Settings(LONG, SHORT_FOR_A_CLIENT, 10, 100, null));
                TestClient client = new TestClient(server.port())) {
            client.send("NICK me", "PING x");
            assertThat(client.rest())
                    .containsExactly(
                            ":tarry PONG tarry :x",
                            "ERROR :Closing Link: 127.0.0.1 (Registration timed out)");
            client.close();
            server.awaitEmpty();
        }
    }

    @Test
    void fullServer_saysSo_andTakesTheNextWhenThereIsRoom() throws Exception {
        try (TestServer server = TestServer.start(new Settings(LONG, LONG, 1, 100, null));
                TestClient first = TestClient.registered(server.port(), "first")) {
            try (TestClient second = new TestClient(server.port())) {
                second.send("NICK second", "USER second 0 * :Second"); // sent, and never read
                assertThat(second.rest())
                        .containsExactly("ERROR :Closing Link: 127.0.0.1 (Server is full)");
            }
            first.send("QUIT");
            first.rest();
            first.close();
            server.awaitEmpty();
            TestClient.registered(server.port(), "third").close();
        }
    }
}
