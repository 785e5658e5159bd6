package dev.tarry.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.events.ErrnoException;
import dev.tarry.events.Pipe;
import dev.tarry.events.Sockets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;

/** {@link FdStream#tryWrite} and {@link FdStream#hangup}. */
@Timeout(60)
class FdStreamTryWriteTest {
    private static final Duration NOW = Duration.ZERO;

    @Test
    void tryWrite_takesWhatFitsAndKeepsTheRest() {
        Tarry.run(
                () -> {
                    try (Pipe pipe = Pipe.open()) {
                        FdStream sink = new FdStream(null, pipe.sink());
                        ByteBuffer much = ByteBuffer.allocate(1 << 20);
                        int taken = sink.tryWrite(much);
                        assertThat(taken).isBetween(4096, (1 << 20) - 1);
                        assertThat(much.position()).isEqualTo(taken);
                        assertThat(sink.tryWrite(much)).isZero();
                        assertThat(Tarry.await(sink.writable(), NOW)).isEmpty();
                    }
                });
    }

    @Test
    void tryWrite_goesOnWhenTheReaderHasMadeRoom() {
        Tarry.run(
                () -> {
                    try (Pipe pipe = Pipe.open()) {
                        FdStream sink = new FdStream(null, pipe.sink());
                        FdStream source = new FdStream(pipe.source(), null);
                        ByteBuffer much = ByteBuffer.allocate(1 << 20);
                        var reader =
                                Tarry.spawn(
                                        () -> {
                                            ByteBuffer in = ByteBuffer.allocate(10_000);
                                            int n = 0;
                                            while (n < 1 << 20) {
                                                n += source.read(in.clear());
                                            }
                                            return n;
                                        });
                        while (much.hasRemaining()) {
                            sink.tryWrite(much);
                            var unused = Tarry.await(sink.writable());
                        }
                        assertThat(reader.join()).isEqualTo(1 << 20);
                    }
                });
    }

    @Test
    void tryWrite_toReaderThatHasGone_throws() {
        Tarry.run(
                () -> {
                    try (Pipe pipe = Pipe.open()) {
                        pipe.source().close();
                        FdStream sink = new FdStream(null, pipe.sink());
                        assertThatThrownBy(() -> sink.tryWrite(ByteBuffer.allocate(1)))
                                .isInstanceOf(ErrnoException.class)
                                .hasMessageContaining("EPIPE");
                    }
                });
    }

    @Test
    void hangup_isNotTheEndOfInput_butTheReset() {
        Tarry.run(
                () -> {
                    try (var listener = TcpListener.bind("127.0.0.1", 0);
                            Socket peer = new Socket("127.0.0.1", listener.port());
                            TcpStream stream = listener.accept()) {
                        peer.shutdownOutput();
                        assertThat(stream.readLine()).isNull();
                        assertThat(Tarry.await(stream.hangup(), NOW)).isEmpty();

                        peer.close();
                        stream.write("are you there?"); // the system of the peer says no
                        assertThat(Tarry.await(stream.hangup()).isHangup()).isTrue();
                    }
                });
    }

    @Test
    void hangup_wakesWhoIsParked() {
        Tarry.run(
                () -> {
                    try (Pipe pipe = Pipe.open()) {
                        FdStream sink = new FdStream(null, pipe.sink());
                        var waiting = Tarry.spawn(() -> Tarry.await(sink.hangup()));
                        Tarry.yieldNow();
                        assertThat(waiting.outcome()).isNull();
                        pipe.source().close();
                        assertThat(waiting.join().isError()).isTrue();
                    }
                });
    }

    @Test
    void hangup_ofSomebodyElsesDescriptor() {
        Tarry.run(
                () -> {
                    var pair = Sockets.pair();
                    var borrowed = dev.tarry.events.Fd.borrow(pair[0].number());
                    var waiting = Tarry.spawn(() -> Tarry.await(borrowed.hangup()));
                    Tarry.yieldNow();
                    pair[1].write(ByteBuffer.allocateDirect(1)); // no news for this event
                    assertThat(Tarry.await(waiting.done(), Duration.ofMillis(20))).isEmpty();
                    pair[1].close();
                    assertThat(waiting.join().isHangup()).isTrue();
                    pair[0].close();
                });
    }
}
