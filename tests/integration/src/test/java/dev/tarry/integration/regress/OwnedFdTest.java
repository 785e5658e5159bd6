package dev.tarry.integration.regress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.events.Event;
import dev.tarry.events.Fd;
import dev.tarry.events.Outcome;
import dev.tarry.events.Pipe;
import dev.tarry.events.libc.Libc;
import dev.tarry.runtime.Tarry;
import dev.tarry.runtime.TcpListener;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Remembered readiness is never remembered wrongly. */
@Timeout(30)
class OwnedFdTest {
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;

    @Test
    void secondDatagramBehindAShortRead_isReadable() {
        Tarry.run(
                () -> {
                    int[] numbers = new int[2];
                    assertThat(Libc.functions().socketpair(AF_UNIX, SOCK_DGRAM, 0, numbers))
                            .isZero();
                    try (Fd in = Fd.own(numbers[0]);
                            Fd out = Fd.own(numbers[1])) {
                        assertThat(Tarry.await(in.readable(), Duration.ZERO)).isEmpty();
                        out.write(bytes("first"));
                        out.write(bytes("second"));
                        assertThat(readAfterWait(in)).isEqualTo("first");
                        assertThat(readAfterWait(in)).isEqualTo("second");
                    }
                });
    }

    @Test
    void dataBehindUrgentData_isReadable() {
        Tarry.run(
                () -> {
                    try (var listener = TcpListener.bind("127.0.0.1", 0);
                            var peer = new Socket("127.0.0.1", listener.port());
                            var stream = listener.accept()) {
                        assertThat(Tarry.await(stream.readable(), Duration.ZERO)).isEmpty();
                        peer.getOutputStream().write('a');
                        peer.sendUrgentData('!');
                        peer.getOutputStream().write('b');
                        Tarry.sleep(Duration.ofMillis(50)); // all of it is here, in one report

                        ByteBuffer buffer = ByteBuffer.allocateDirect(10);
                        for (char expected : new char[] {'a', 'b'}) {
                            var unused = Tarry.await(stream.readable());
                            assertThat(stream.read(buffer.clear())).isEqualTo(1);
                            assertThat(buffer.get(0)).isEqualTo((byte) expected);
                        }
                    }
                });
    }

    @Test
    void regularFile_isAlwaysReady(@TempDir Path directory) throws IOException {
        Path path = Files.writeString(directory.resolve("file"), "text");
        int number = nextNumber();
        try (var file = new RandomAccessFile(path.toFile(), "r")) {
            assertThat(file.getFilePointer()).isZero();
            Tarry.run(
                    () -> {
                        Fd fd = Fd.own(number);
                        for (int i = 0; i < 2; i++) {
                            var fired = Tarry.wait(List.of(fd.readable()), Duration.ZERO);
                            assertThat(fired.first().outcome()).isInstanceOf(Outcome.Value.class);
                        }
                    });
        }
    }

    @Test
    void closedWhileAnotherLoopThatWaitedForIt_isBusy_wakesTheWaitersHereAtOnce() {
        CountDownLatch finish = new CountDownLatch(1);
        Tarry.run(
                () -> {
                    Pipe pipe = Pipe.open();
                    var event = pipe.source().readable();
                    assertThat(Tarry.await(event, Duration.ZERO)).isEmpty();
                    keepAnotherLoopBusy(event, finish);
                    var unused = Tarry.spawn(() -> pipe.source().close());
                    assertThat(Tarry.wait(event).first().outcome())
                            .isInstanceOf(Outcome.Closed.class);
                    finish.countDown();
                    pipe.sink().close();
                });
    }

    private static void keepAnotherLoopBusy(Event<?> event, CountDownLatch until)
            throws InterruptedException {
        CountDownLatch busy = new CountDownLatch(1);
        var unused =
                Thread.ofPlatform()
                        .start(
                                () ->
                                        Tarry.run(
                                                () -> {
                                                    var none = Tarry.await(event, Duration.ZERO);
                                                    busy.countDown();
                                                    awaitBusily(until);
                                                }));
        busy.await();
    }

    // Holds its loop: neither waits nor blocks.
    private static void awaitBusily(CountDownLatch latch) {
        while (latch.getCount() > 0) {
            Thread.onSpinWait();
        }
    }

    private static String readAfterWait(Fd fd) throws IOException {
        assertThat(Tarry.await(fd.readable()).isReadable()).isTrue();
        ByteBuffer buffer = ByteBuffer.allocateDirect(100);
        fd.read(buffer);
        return StandardCharsets.UTF_8.decode(buffer.flip()).toString();
    }

    private static ByteBuffer bytes(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocateDirect(utf8.length).put(utf8).flip();
    }

    private static int nextNumber() throws IOException {
        try (Pipe pipe = Pipe.open()) {
            return pipe.source().number();
        }
    }
}
