package dev.tarry.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.events.Event;
import dev.tarry.events.Fd;
import dev.tarry.events.Pipe;
import dev.tarry.events.Readiness;
import dev.tarry.events.Sockets;
import dev.tarry.events.libc.Libc;
import dev.tarry.runtime.FdStream;
import dev.tarry.runtime.TcpListener;
import dev.tarry.runtime.TcpStream;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The kinds of events that stand on a file descriptor. */
final class FdKinds {
    private static final Pattern NUMBER = Pattern.compile("fd (\\d+)");

    private FdKinds() {}

    static Subject<?> readable(Stage stage, int index, boolean soon) throws IOException {
        Pipe pipe = stage.keep(Pipe.open());
        Fd borrowed = stage.keep(Fd.borrow(pipe.source().number()));
        return of(borrowed.readable(), Readiness::isReadable)
                .firedAtOnceBy(() -> write(pipe.sink(), "x"))
                .closedBy(borrowed::close);
    }

    static Subject<?> writable(Stage stage, int index, boolean soon) throws IOException {
        Pipe pipe = stage.keep(Pipe.open());
        fill(pipe.sink());
        Fd borrowed = stage.keep(Fd.borrow(pipe.sink().number()));
        return of(borrowed.writable(), Readiness::isWritable)
                .firedAtOnceBy(() -> drain(pipe.source()))
                .closedBy(borrowed::close);
    }

    /** The byte out of band of a TCP connection. */
    static Subject<?> priority(Stage stage, int index, boolean soon) throws IOException {
        Fd listener = stage.keep(Sockets.listen(loopback(), 1));
        Socket client = stage.keep(connect(listener));
        awaitPoll(listener.number(), Libc.POLLIN);
        Sockets.Accepted accepted = Sockets.accept(listener);
        assertThat(accepted).isNotNull();
        Fd server = stage.keep(accepted.fd());
        Fd borrowed = stage.keep(Fd.borrow(server.number()));
        return of(borrowed.priority(), Readiness::isPriority)
                .firedBy(() -> client.sendUrgentData('!'))
                .arrivedAfter(() -> awaitPoll(server.number(), Libc.POLLPRI))
                .closedBy(borrowed::close);
    }

    static Subject<?> hangup(Stage stage, int index, boolean soon) throws IOException {
        Fd[] pair = pair(stage);
        write(pair[1], "x"); // data alone is no hang-up
        Fd borrowed = stage.keep(Fd.borrow(pair[0].number()));
        return of(borrowed.hangup(), Readiness::isHangup)
                .firedAtOnceBy(pair[1]::close)
                .closedBy(borrowed::close);
    }

    /** Ours: it is known to be ready once the loop has asked the system. */
    static Subject<?> ownReadable(Stage stage, int index, boolean soon) throws IOException {
        Fd[] pair = pair(stage);
        return of(pair[0].readable(), Readiness::isReadable)
                .firedBy(() -> write(pair[1], "x"))
                .arrivedAfter(stage::settle)
                .closedBy(pair[0]::close);
    }

    static Subject<?> ownWritable(Stage stage, int index, boolean soon) throws IOException {
        Pipe pipe = stage.keep(Pipe.open());
        fill(pipe.sink());
        return of(pipe.sink().writable(), Readiness::isWritable)
                .firedBy(() -> drain(pipe.source()))
                .arrivedAfter(stage::settle)
                .closedBy(pipe.sink()::close);
    }

    static Subject<?> ownHangup(Stage stage, int index, boolean soon) throws IOException {
        Fd[] pair = pair(stage);
        write(pair[1], "x");
        return of(pair[0].hangup(), Readiness::isHangup)
                .firedBy(pair[1]::close)
                .arrivedAfter(stage::settle)
                .closedBy(pair[0]::close);
    }

    private interface Bit {
        boolean isIn(Readiness readiness);
    }

    private static Subject<Readiness> of(Event<Readiness> event, Bit bit) {
        return Subject.of(event).tells(r -> assertThat(bit.isIn(r)).as("%s", r).isTrue());
    }

    static Subject<?> line(Stage stage, int index, boolean soon) throws IOException {
        Fd[] pair = pair(stage);
        FdStream stream = new FdStream(pair[0], pair[0]);
        return Subject.of(stream.readingLine())
                .firedBy(() -> write(pair[1], "hello " + index + "\n"))
                .tells(line -> assertThat(line).isEqualTo("hello " + index))
                .closedBy(stream::close);
    }

    static Subject<?> connection(Stage stage, int index, boolean soon) throws IOException {
        TcpListener listener = stage.keep(TcpListener.bind("127.0.0.1", 0));
        Fd[] client = new Fd[1];
        return Subject.of(listener.accepting())
                .firedBy(
                        () -> {
                            client[0] = stage.keep(Sockets.connect(listener.localAddress()));
                            awaitPoll(numberOf(listener), Libc.POLLIN);
                        })
                .tells(stream -> assertConnected(stream, client[0]))
                .closedBy(listener::close);
    }

    private static void assertConnected(TcpStream stream, Fd client) {
        try (stream) {
            assertThat(stream.remoteAddress()).isEqualTo(Sockets.localAddress(client));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- the other side

    private static Fd[] pair(Stage stage) throws IOException {
        Fd[] pair = Sockets.pair();
        stage.keep(pair[0]);
        stage.keep(pair[1]);
        return pair;
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private static Socket connect(Fd listener) throws IOException {
        InetSocketAddress address = Sockets.localAddress(listener);
        return new Socket(address.getAddress(), address.getPort());
    }

    private static int numberOf(TcpListener listener) {
        Matcher matcher = NUMBER.matcher(listener.toString());
        assertThat(matcher.find()).isTrue();
        return Integer.parseInt(matcher.group(1));
    }

    /** Until the system says so; what crosses the loopback does in its own time. */
    static void awaitPoll(int fd, int bit) {
        ByteBuffer pollfd = Libc.struct(8);
        while ((Libc.pollNow(pollfd, fd, bit) & bit) == 0) {
            Thread.onSpinWait();
        }
    }

    // What follows goes on until the system itself says so: a call may be interrupted, or told to
    // come again, or move less than it could.

    static void write(Fd fd, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer all = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        while (all.hasRemaining()) {
            fd.write(all);
        }
    }

    static void fill(Fd fd) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect(64 * 1024);
        while (isReady(fd, Libc.POLLOUT)) {
            fd.write(zeros.clear());
        }
        fd.write(zeros.clear()); // so that the handle knows, too
        assertThat(isReady(fd, Libc.POLLOUT)).isFalse();
    }

    static void drain(Fd fd) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);
        while (isReady(fd, Libc.POLLIN)) {
            fd.read(buffer.clear());
        }
    }

    private static boolean isReady(Fd fd, short bit) {
        return (Libc.pollNow(Libc.struct(8), fd.number(), bit) & bit) != 0;
    }
}
