package dev.tarry.demos.chat;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Whatever one client does, the others do not notice, and nothing of it stays. */
@Timeout(60)
class BadInputTest {
    private TestServer server;
    private TestClient good;
    private TestClient bad;

    @BeforeEach
    void start() throws IOException {
        server = TestServer.start();
        good = TestClient.registered(server.port(), "good");
        good.ask("JOIN #a");
        bad = new TestClient(server.port());
    }

    @AfterEach
    void serverIsAsItWas() throws Exception {
        assertThat(good.ask("PRIVMSG good :still here")).last().asString().endsWith(":still here");
        try (TestClient newcomer = TestClient.registered(server.port(), "newcomer")) {
            assertThat(newcomer.ask("JOIN #a")).anyMatch(l -> l.contains(" 353 "));
        }
        bad.close();
        good.close();
        server.awaitEmpty();
        server.close();
    }

    @Test
    void binary_isAnsweredAndReachesNobody() throws IOException {
        bad.register("bad");
        bad.ask("JOIN #a");
        byte[] noise = new byte[200_000];
        new Random(1).nextBytes(noise);
        bad.raw(noise);
        bad.raw("\r\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(bad.ask()).anyMatch(l -> l.contains(" 421 ") || l.contains(" 417 "));
        assertThat(good.ask()).containsExactly(":bad!bad@127.0.0.1 JOIN #a");
    }

    @Test
    void nulBytes_areDropped() throws IOException {
        bad.register("bad");
        bad.ask("JOIN #a");
        bad.raw(new byte[100_000]);
        bad.raw("\nPRIVMSG #a :a\0b\rc\n".getBytes(StandardCharsets.US_ASCII));
        bad.ask();
        assertThat(good.ask())
                .containsExactly(
                        ":bad!bad@127.0.0.1 JOIN #a", ":bad!bad@127.0.0.1 PRIVMSG #a :abc");
    }

    @Test
    void sixtyFourMegabytesWithoutLineEnd_areSkippedAndNotKept() throws IOException {
        bad.register("bad");
        byte[] much = new byte[1 << 20];
        Arrays.fill(much, (byte) 'x');
        long before = usedMemory();
        for (int i = 0; i < 64; i++) {
            bad.raw(much);
            assertThat(good.ask()).isEmpty();
        }
        assertThat(bad.until(" 417 ")).isNotNull();
        // A quarter of what was sent: test and server share this heap, and code that runs for the
        // first time costs some megabytes of it.
        assertThat(usedMemory()).isLessThan(before + (16 << 20));
        bad.raw("\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(bad.ask("NICK worse")).containsExactly(":bad!bad@127.0.0.1 NICK :worse");
    }

    private static long usedMemory() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    @Test
    void oneByteAtATime_isALineInTheEnd_andNobodyWaitsForIt() throws IOException {
        for (byte b :
                "NICK slow\nUSER slow 0 * :S\nJOIN #a\n".getBytes(StandardCharsets.US_ASCII)) {
            bad.raw(new byte[] {b});
            good.ask(); // a whole round trip passes between two bytes
        }
        bad.until(" 366 ");
        assertThat(server.counts().nicks()).isEqualTo(2);
    }

    @Test
    void halfClosed_stillReceives() throws IOException {
        bad.register("bad");
        bad.send("JOIN #a");
        bad.socket().shutdownOutput();
        bad.until("PING :tarry"); // the end has been seen
        good.ask("PRIVMSG #a :can you hear me?");
        assertThat(bad.until("PRIVMSG"))
                .isEqualTo(":good!good@127.0.0.1 PRIVMSG #a :can you hear me?");
    }

    @Test
    void halfClosedWithUnfinishedLine_executesIt() throws IOException {
        bad.register("bad");
        bad.raw("JOIN #a".getBytes(StandardCharsets.US_ASCII));
        bad.socket().shutdownOutput();
        bad.until(" 366 ");
    }

    @Test
    void moreAfterQuit_doesNotCostTheLastWords() throws IOException {
        bad.register("bad");
        byte[] much = ("QUIT :bye\n" + "x".repeat(200_000)).getBytes(StandardCharsets.US_ASCII);
        bad.raw(much);
        good.ask(); // a round trip later our words would have been overtaken
        assertThat(bad.rest()).containsExactly("ERROR :Closing Link: 127.0.0.1 (Quit: bye)");
    }

    @Test
    void closedWithoutQuit_isToldAtOnce() throws IOException {
        bad.register("bad");
        bad.ask("JOIN #a");
        bad.close();
        assertThat(good.until("QUIT")).startsWith(":bad!bad@127.0.0.1 QUIT :Connection ");
    }

    @Test
    void thousandJoinsInOnePacket_areAnsweredOneByOne() throws IOException {
        bad.register("bad");
        List<String> answers =
                bad.ask(
                        IntStream.range(0, 1000)
                                .mapToObj(i -> "JOIN #r" + i)
                                .toArray(String[]::new));
        assertThat(answers).filteredOn(l -> l.contains(" 366 ")).hasSize(Settings.ROOMS);
        assertThat(answers).filteredOn(l -> l.contains(" 405 ")).hasSize(1000 - Settings.ROOMS);
        assertThat(server.counts().rooms()).isEqualTo(1 + Settings.ROOMS);
    }

    @Test
    void endlessCommands_starveNobody() throws Exception {
        bad.register("bad");
        byte[] joins = "JOIN #b\nPART #b\n".repeat(1000).getBytes(StandardCharsets.US_ASCII);
        Thread flood =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    try {
                                        while (true) {
                                            bad.raw(joins);
                                        }
                                    } catch (IOException e) {
                                        // closed below, which ends the flood
                                    }
                                });
        Thread drain = Thread.ofPlatform().start(() -> drain(bad));
        for (int i = 0; i < 200; i++) {
            assertThat(good.ask()).isEmpty();
        }
        assertThat(flood.isAlive()).isTrue();
        bad.close();
        flood.join();
        drain.join();
    }

    private static void drain(TestClient client) {
        try {
            client.rest();
        } catch (IOException e) {
            // closed
        }
    }

    @Test
    void commandsWhoseAnswersAreNotRead_waitForTheirReader() throws IOException {
        bad.register("bad");
        bad.ask("JOIN #b", "TOPIC #b :" + "t".repeat(290));
        String[] lists = new String[40_000]; // the answers are far more than the sockets hold
        Arrays.fill(lists, "LIST");
        Thread sender =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    try {
                                        bad.send(lists);
                                    } catch (IOException e) {
                                        throw new AssertionError(e);
                                    }
                                });
        assertThat(good.ask()).isEmpty();
        for (int i = 0; i < lists.length; i++) {
            bad.until(" 323 ");
        }
        assertThat(sender).satisfies(t -> t.join());
    }

    @Test
    void resetInTheMiddle_isTheEndOfThatClientOnly() throws IOException {
        bad.register("bad");
        bad.ask("JOIN #a");
        bad.raw("PRIVMSG #a :unfin".getBytes(StandardCharsets.US_ASCII));
        bad.socket().setSoLinger(true, 0);
        bad.close();
        assertThat(good.until("QUIT")).startsWith(":bad!bad@127.0.0.1 QUIT :Connection lost");
    }

    @Test
    void slowReader_isDropped_andTheOthersGetEverything() throws IOException {
        bad.close();
        Socket narrow = new Socket();
        narrow.setReceiveBufferSize(4096);
        narrow.connect(new InetSocketAddress("127.0.0.1", server.port()));
        bad = new TestClient(narrow);
        bad.register("bad");
        bad.ask("JOIN #a");
        good.until("JOIN");
        try (TestClient talker = TestClient.registered(server.port(), "talker")) {
            talker.ask("JOIN #a");
            good.until("JOIN");
            int heard = 0;
            boolean dropped = false;
            while (!dropped) {
                String[] lines = new String[20];
                for (int i = 0; i < lines.length; i++) {
                    lines[i] = "PRIVMSG #a :" + (heard + i) + " " + "x".repeat(400);
                }
                talker.send(lines);
                for (int end = heard + lines.length; heard < end; ) {
                    String line = good.line();
                    if (line.contains("QUIT")) {
                        assertThat(line).isEqualTo(":bad!bad@127.0.0.1 QUIT :Max SendQ exceeded");
                        dropped = true;
                    } else {
                        assertThat(line).contains("PRIVMSG #a :" + heard++ + " ");
                    }
                }
            }
            assertThat(talker.ask()).singleElement().asString().contains("QUIT");
        }
        good.until("QUIT");
    }
}
