package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.events.Sockets;
import dev.tarry.runtime.FdStream;
import dev.tarry.runtime.LineTooLongException;
import dev.tarry.runtime.Tarry;

import org.junit.jupiter.api.Timeout;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Lines: where they end, how long they may be, and in which parts they come. */
@Timeout(60)
class TcpLinesTest {

    private interface Ends {
        void use(FdStream here, FdStream there) throws Exception;
    }

    private static void connected(String carrier, Ends ends) {
        Runs.on(
                carrier,
                () -> {
                    var pair = Sockets.pair();
                    try (FdStream here = new FdStream(pair[0], pair[0]);
                            FdStream there = new FdStream(pair[1], pair[1])) {
                        ends.use(here, there);
                    }
                });
    }

    private static List<String> allLines(FdStream stream) throws Exception {
        List<String> lines = new ArrayList<>();
        for (String line; (line = stream.readLine()) != null; ) {
            lines.add(line);
        }
        return lines;
    }

    @BothCarriers
    void lfAndCrLf_bothEndALine(String carrier) {
        connected(
                carrier,
                (here, there) -> {
                    there.write("unix\ndos\r\n\n\r\nco\rrect\r\r\n");
                    there.close();
                    assertThat(allLines(here)).containsExactly("unix", "dos", "", "", "co\rrect\r");
                });
    }

    @BothCarriers
    void lastLineWithoutEnd_isALine(String carrier) {
        connected(
                carrier,
                (here, there) -> {
                    there.write("a\nb");
                    there.close();
                    assertThat(allLines(here)).containsExactly("a", "b");
                });
    }

    @BothCarriers
    void peerClosesWithoutAWord_isTheEnd(String carrier) {
        connected(
                carrier,
                (here, there) -> {
                    there.close();
                    assertThat(here.readLine()).isNull();
                    assertThat(here.readLine()).as("and stays so").isNull();
                });
    }

    @BothCarriers
    void lineThatComesByteByByte_isOneLine(String carrier) {
        connected(
                carrier,
                (here, there) -> {
                    Tarry.spawn(
                            () -> {
                                for (byte b : "h\u00e9llo\r\n".getBytes("UTF-8")) {
                                    there.write(new byte[] {b});
                                    Tarry.yieldNow();
                                }
                            });
                    assertThat(here.readLine()).isEqualTo("h\u00e9llo");
                });
    }

    @BothCarriers
    void limit_isInclusiveForBothEnds(String carrier) {
        connected(
                carrier,
                (here, there) -> {
                    here.lineLimit(10);
                    there.write("0123456789\n0123456789\r\n");
                    assertThat(here.readLine()).isEqualTo("0123456789");
                    assertThat(here.readLine()).isEqualTo("0123456789");
                });
    }

    @BothCarriers
    void oneByteTooLong_failsAndTheNextLineIsRead(String carrier) {
        connected(
                carrier,
                (here, there) -> {
                    here.lineLimit(10);
                    there.write("01234567890\nnext\n");
                    assertThatThrownBy(here::readLine).isInstanceOf(LineTooLongException.class);
                    assertThat(here.readLine()).isEqualTo("next");
                });
    }

    @BothCarriers
    void megabyteWithoutAnEnd_failsOnceIsNotKeptAndTheNextLineIsRead(String carrier) {
        connected(
                carrier,
                (here, there) -> {
                    Tarry.spawn(
                            () -> {
                                there.write("x".repeat(1 << 20));
                                there.write("\nnext\n");
                            });
                    assertThatThrownBy(here::readLine).isInstanceOf(LineTooLongException.class);
                    assertThat(here.readLine()).isEqualTo("next");
                    assertThat(here.available()).isZero();
                });
    }

    @BothCarriers
    void malformedUtf8_becomesTheReplacement(String carrier) {
        connected(
                carrier,
                (here, there) -> {
                    there.write(new byte[] {'a', (byte) 0xff, 'b', '\n'});
                    assertThat(here.readLine()).isEqualTo("a\ufffdb");
                });
    }

    @BothCarriers
    void readAfterALine_givesTheRestOfTheBytesInOrder(String carrier) {
        connected(
                carrier,
                (here, there) -> {
                    there.write("header\nbody");
                    assertThat(here.readLine()).isEqualTo("header");
                    ByteBuffer buffer = ByteBuffer.allocate(10);
                    while (buffer.position() < 4) {
                        here.read(buffer);
                    }
                    assertThat(new String(buffer.array(), 0, 4, "US-ASCII")).isEqualTo("body");
                });
    }

    @BothCarriers
    void waitForALineTimesOut_nothingIsLost(String carrier) {
        connected(
                carrier,
                (here, there) -> {
                    there.write("begin ");
                    assertThat(Tarry.await(here.readingLine(), Duration.ofMillis(2))).isEmpty();
                    there.write("end\n");
                    assertThat(Tarry.await(here.readingLine())).isEqualTo("begin end");
                });
    }

    @BothCarriers
    void randomLinesInRandomParts_comeAsTheyWereSent(String carrier) {
        Random random = new Random(11);
        List<String> sent = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 2_000; i++) {
            String line = "z".repeat(random.nextInt(300)) + i;
            sent.add(line);
            text.append(line).append(random.nextBoolean() ? "\n" : "\r\n");
        }
        connected(
                carrier,
                (here, there) -> {
                    Tarry.spawn(
                            () -> {
                                for (int at = 0; at < text.length(); ) {
                                    int n = Math.min(1 + random.nextInt(2_000), text.length() - at);
                                    there.write(text.substring(at, at + n));
                                    at += n;
                                    Tarry.yieldNow();
                                }
                                there.close();
                            });
                    assertThat(allLines(here)).isEqualTo(sent);
                });
    }
}
