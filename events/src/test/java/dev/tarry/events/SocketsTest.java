package dev.tarry.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/** Addresses there and back, and what the system refuses. */
@Timeout(30)
class SocketsTest {
    private static final InetSocketAddress ANY_PORT =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    @Test
    void bothEndsOfAConnection_agreeWhoIsWho() throws IOException {
        try (TestLoop loop = new TestLoop(Backend.choose().open());
                Fd listener = Sockets.listen(ANY_PORT, 8)) {
            InetSocketAddress server = Sockets.localAddress(listener);
            try (Fd client = Sockets.connect(server)) {
                loop.await(listener.readable()).get();
                Sockets.Accepted accepted = Sockets.accept(listener);
                try (Fd fd = accepted.fd()) {
                    Sockets.finishConnect(client);
                    assertThat(Sockets.remoteAddress(client)).isEqualTo(server);
                    assertThat(Sockets.remoteAddress(fd)).isEqualTo(accepted.remote());
                    assertThat(Sockets.localAddress(client)).isEqualTo(accepted.remote());
                }
            }
        }
    }

    @Test
    void listenerOnAnyPort_isCalledByTheOneItGot() throws IOException {
        try (Fd listener = Sockets.listen(ANY_PORT, 8)) {
            InetSocketAddress local = Sockets.localAddress(listener);
            assertThat(local.getPort()).isPositive();
            assertThat(listener.toString()).endsWith("listener " + Sockets.text(local));
        }
    }

    @Test
    void endOfASocketPair_hasNoAddress() throws IOException {
        Fd[] pair = Sockets.pair();
        try (Fd one = pair[0];
                Fd other = pair[1]) {
            assertThat(Sockets.localAddress(one).getPort()).isZero();
            assertThat(Sockets.remoteAddress(other).getPort()).isZero();
        }
    }

    @Test
    void bufferWithoutRoom_movesNothing() throws IOException {
        ByteBuffer none = ByteBuffer.allocateDirect(0);
        Fd[] pair = Sockets.pair();
        try (Fd one = pair[0];
                Fd other = pair[1]) {
            assertThat(one.write(none)).isZero();
            assertThat(other.read(none)).as("not the end").isZero();
            one.close();
            assertThat(other.read(ByteBuffer.allocateDirect(1))).as("the end").isEqualTo(-1);
        }
    }

    @Test
    void connectThatIsRefusedAtOnce_namesTheAddress() {
        // TCP has no broadcast, and nothing is sent.
        InetSocketAddress broadcast = new InetSocketAddress("255.255.255.255", 9);
        assertThatThrownBy(() -> Sockets.connect(broadcast))
                .isInstanceOfSatisfying(
                        ErrnoException.class, e -> assertThat(e.call()).isEqualTo("connect"))
                .hasMessageContaining("255.255.255.255:9");
    }

    @Test
    void hostThatWasNotResolved_isUnknown() {
        InetSocketAddress unresolved = InetSocketAddress.createUnresolved("nowhere.invalid", 80);
        assertThatThrownBy(() -> Sockets.connect(unresolved))
                .isInstanceOf(UnknownHostException.class)
                .hasMessageContaining("nowhere.invalid");
        assertThat(Sockets.text(unresolved)).isEqualTo("nowhere.invalid:80");
    }
}
