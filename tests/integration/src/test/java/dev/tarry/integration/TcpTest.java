package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.events.ClosedException;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;
import dev.tarry.runtime.TcpListener;
import dev.tarry.runtime.TcpStream;
import dev.tarry.scheduler.CancelledException;
import dev.tarry.scheduler.Task;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Random;

/**
 * Connections over the loopback: much data, both ends of their life, and everything that breaks.
 */
@Timeout(60)
class TcpTest {
    private static final String HOST = "127.0.0.1";

    /** Two ends of one connection. */
    private interface Ends {
        void use(TcpStream client, TcpStream server) throws Exception;
    }

    private static void connected(String carrier, String host, Ends ends) {
        Runs.on(
                carrier,
                () -> {
                    try (TcpListener listener = TcpListener.bind(host, 0);
                            TcpStream client = TcpStream.connect(host, listener.port());
                            TcpStream server = listener.accept()) {
                        assertThat(server.remoteAddress()).isEqualTo(client.localAddress());
                        ends.use(client, server);
                    }
                });
    }

    private static void connected(String carrier, Ends ends) {
        connected(carrier, HOST, ends);
    }

    // ---- data

    @BothCarriers
    void tenMegabytes_bothDirectionsAtOnce(String carrier) {
        connected(
                carrier,
                (client, server) ->
                        Scope.run(
                                scope -> {
                                    exchange(scope, client, server, 1);
                                    exchange(scope, server, client, 2);
                                }));
    }

    private static void exchange(Scope scope, TcpStream from, TcpStream to, long seed) {
        int size = 10 << 20;
        scope.spawn(
                () -> {
                    byte[] block = new byte[100_000];
                    Random random = new Random(seed);
                    for (int sent = 0; sent < size; sent += block.length) {
                        random.nextBytes(block);
                        from.write(ByteBuffer.wrap(block, 0, Math.min(block.length, size - sent)));
                    }
                    from.closeOutput();
                });
        scope.spawn(
                () -> {
                    byte[] block = new byte[100_000];
                    Random random = new Random(seed);
                    ByteBuffer buffer = ByteBuffer.allocate(33_333);
                    int received = 0;
                    while (to.read(buffer.clear()) > 0) {
                        for (int i = 0; i < buffer.position(); i++, received++) {
                            if (received % block.length == 0) {
                                random.nextBytes(block);
                            }
                            if (buffer.get(i) != block[received % block.length]) {
                                throw new AssertionError("wrong byte at " + received);
                            }
                        }
                    }
                    assertThat(received).isEqualTo(size);
                });
    }

    @BothCarriers
    void halfClosed_theOtherDirectionGoesOn(String carrier) {
        connected(
                carrier,
                (client, server) -> {
                    client.writeLine("question");
                    client.closeOutput();
                    assertThat(server.readLine()).isEqualTo("question");
                    assertThat(server.readLine()).isNull();
                    server.writeLine("answer");
                    assertThat(client.readLine()).isEqualTo("answer");
                    assertThatThrownBy(() -> client.write("more"))
                            .isInstanceOf(IOException.class)
                            .hasMessageContaining("EPIPE");
                });
    }

    @BothCarriers
    void slowReader_makesTheWriterWait(String carrier) {
        int size = 32 << 20; // more than the kernel keeps for us
        connected(
                carrier,
                (client, server) -> {
                    Task<?> writer = Tarry.spawn(() -> client.write(new byte[size]));
                    assertThat(Tarry.await(writer.done(), Duration.ofMillis(200))).isEmpty();
                    ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
                    for (int received = 0; received < size; ) {
                        received += server.read(buffer.clear());
                    }
                    Tarry.await(writer.done());
                });
    }

    @BothCarriers
    void ipv6Loopback_works(String carrier) throws IOException {
        try (var probe = new java.net.ServerSocket()) {
            probe.bind(new java.net.InetSocketAddress("::1", 0));
        } catch (IOException e) {
            Assumptions.abort("this machine has no IPv6");
        }
        connected(
                carrier,
                "::1",
                (client, server) -> {
                    client.writeLine("six");
                    assertThat(server.readLine()).isEqualTo("six");
                    assertThat(server.toString()).contains("[0:0:0:0:0:0:0:1]:");
                });
    }

    // ---- ends

    @BothCarriers
    void connectRefused_namesAddressAndError(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    int free;
                    try (TcpListener listener = TcpListener.bind(HOST, 0)) {
                        free = listener.port();
                    }
                    assertThatThrownBy(() -> TcpStream.connect(HOST, free))
                            .isInstanceOf(IOException.class)
                            .hasMessageContaining(HOST + ":" + free)
                            .hasMessageContaining("ECONNREFUSED");
                });
    }

    @BothCarriers
    void bindOfATakenPort_namesAddressAndError(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    try (TcpListener listener = TcpListener.bind(HOST, 0)) {
                        assertThatThrownBy(() -> TcpListener.bind(HOST, listener.port()))
                                .isInstanceOf(IOException.class)
                                .hasMessageContaining(HOST + ":" + listener.port())
                                .hasMessageContaining("EADDRINUSE");
                    }
                });
    }

    /** A peer that can slam the door: closing with SO_LINGER 0 sends a reset. */
    private static void withRudePeer(String carrier, RudePeer test) {
        Runs.on(
                carrier,
                () -> {
                    try (TcpListener listener = TcpListener.bind(HOST, 0);
                            SocketChannel peer = SocketChannel.open(listener.localAddress())) {
                        peer.setOption(StandardSocketOptions.SO_LINGER, 0);
                        try (TcpStream stream = listener.accept()) {
                            test.use(stream, peer);
                        }
                    }
                });
    }

    private interface RudePeer {
        void use(TcpStream stream, SocketChannel peer) throws Exception;
    }

    @BothCarriers
    void resetDuringRead_isAnError(String carrier) {
        withRudePeer(
                carrier,
                (stream, peer) -> {
                    Task<?> closer = Tarry.spawn(peer::close);
                    assertThatThrownBy(() -> stream.read(ByteBuffer.allocate(10)))
                            .isInstanceOf(IOException.class)
                            .hasMessageContaining("ECONNRESET");
                    Tarry.await(closer.done());
                });
    }

    @BothCarriers
    void resetDuringReadLine_isAnErrorNotTheEnd(String carrier) {
        withRudePeer(
                carrier,
                (stream, peer) -> {
                    Task<?> closer = Tarry.spawn(peer::close);
                    assertThatThrownBy(stream::readLine)
                            .isInstanceOf(IOException.class)
                            .hasMessageContaining("ECONNRESET");
                    Tarry.await(closer.done());
                });
    }

    @BothCarriers
    void resetDuringWrite_isAnError(String carrier) {
        withRudePeer(
                carrier,
                (stream, peer) -> {
                    Task<?> closer =
                            Tarry.spawn(
                                    () -> {
                                        Tarry.sleep(Duration.ofMillis(20)); // the writer is stuck
                                        peer.close();
                                    });
                    assertThatThrownBy(() -> stream.write(new byte[32 << 20]))
                            .isInstanceOf(IOException.class)
                            .message()
                            .containsAnyOf("ECONNRESET", "EPIPE");
                    Tarry.await(closer.done());
                });
    }

    @BothCarriers
    void closeByAnotherTask_wakesReaderAndWriter(String carrier) {
        connected(
                carrier,
                (client, server) -> {
                    Task<?> reader = Tarry.spawn(() -> closes(client::readLine));
                    Task<?> writer =
                            Tarry.spawn(
                                    () ->
                                            closes(
                                                    () -> {
                                                        client.write(new byte[32 << 20]);
                                                        return null;
                                                    }));
                    Tarry.sleep(Duration.ofMillis(10));
                    client.close();
                    reader.join();
                    writer.join();
                });
    }

    private static void closes(java.util.concurrent.Callable<?> io) {
        assertThatThrownBy(io::call).isInstanceOf(ClosedException.class);
    }

    @BothCarriers
    void closeByAnotherThread_wakesTheReader(String carrier) {
        connected(
                carrier,
                (client, server) -> {
                    Thread.ofPlatform().start(client::close);
                    closes(client::readLine);
                });
    }

    @BothCarriers
    void cancelInTheMiddleOfAWrite_endsTheWaitAndTheStreamCanBeUsedAgain(String carrier) {
        connected(
                carrier,
                (client, server) -> {
                    byte[] much = new byte[32 << 20];
                    ByteBuffer rest = ByteBuffer.wrap(much);
                    Task<?> writer = Tarry.spawn(() -> client.write(rest));
                    Tarry.sleep(Duration.ofMillis(20));
                    writer.cancel();
                    assertThat(Tarry.await(writer.done()).toString())
                            .contains(CancelledException.class.getSimpleName());
                    assertThat(rest.remaining()).isBetween(1, much.length - 1);
                    Task<?> again = Tarry.spawn(() -> client.write(rest)); // the rest, in order
                    ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
                    for (int received = 0; received < much.length; ) {
                        received += server.read(buffer.clear());
                    }
                    Tarry.await(again.done());
                });
    }

    @BothCarriers
    void secondWriterAtOnce_isRefused(String carrier) {
        connected(
                carrier,
                (client, server) -> {
                    Task<?> writer =
                            Tarry.spawn(
                                    () ->
                                            assertThatThrownBy(
                                                            () -> client.write(new byte[32 << 20]))
                                                    .isInstanceOf(ClosedException.class));
                    Tarry.sleep(Duration.ofMillis(5));
                    assertThatThrownBy(() -> client.write("mine"))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("another task is writing");
                    client.close();
                    writer.join();
                });
    }
}
