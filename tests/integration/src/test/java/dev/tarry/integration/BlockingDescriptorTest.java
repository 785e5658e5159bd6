package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.events.Acceptor;
import dev.tarry.events.Fd;
import dev.tarry.events.Pipe;
import dev.tarry.events.Sockets;
import dev.tarry.events.libc.Libc;
import dev.tarry.runtime.FdStream;
import dev.tarry.runtime.Tarry;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** Descriptors of others that block: to read one would stop all tasks. */
@Timeout(60)
class BlockingDescriptorTest {
    private static Fd borrowedBlocking(Fd fd) {
        int flags = Libc.functions().fcntl(fd.number(), Libc.F_GETFL, 0);
        Libc.functions().fcntl(fd.number(), Libc.F_SETFL, flags & ~Libc.O_NONBLOCK);
        return Fd.borrow(fd.number());
    }

    private static void isRefused(Fd fd, ThrowingCallable use) {
        assertThatThrownBy(use)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("fd " + fd.number() + " is somebody else's and blocking")
                .hasMessageContaining("Fd.own(" + fd.number() + ")");
    }

    @Test
    void blockingOfSomebodyElse_isRefusedWhereverItCouldBlock() {
        Tarry.run(
                () -> {
                    try (Pipe pipe = Pipe.open();
                            Fd server = Sockets.listen(new InetSocketAddress("127.0.0.1", 0), 1)) {
                        Fd source = borrowedBlocking(pipe.source());
                        Fd sink = borrowedBlocking(pipe.sink());
                        Fd listener = borrowedBlocking(server);
                        isRefused(source, () -> new FdStream(source, null));
                        isRefused(sink, () -> new FdStream(null, sink));
                        isRefused(sink, () -> new FdStream(pipe.source(), sink));
                        isRefused(source, () -> source.read(ByteBuffer.allocateDirect(1)));
                        isRefused(sink, () -> sink.write(ByteBuffer.allocateDirect(1)));
                        isRefused(listener, () -> Sockets.accept(listener));
                        isRefused(listener, () -> new Acceptor(listener));
                    }
                });
    }

    @Test
    void nonBlockingOfSomebodyElse_andWhatWasTakenOver_areStreams() {
        Tarry.run(
                () -> {
                    Pipe pipe = Pipe.open();
                    Fd source = borrowedBlocking(pipe.source());
                    Fd taken = Fd.own(source.number());
                    try (FdStream in = new FdStream(taken, null);
                            FdStream out = new FdStream(null, Fd.borrow(pipe.sink().number()))) {
                        writeLines(out);
                        assertThat(in.readLine()).isEqualTo("one");
                        assertThat(in.readLine()).isEqualTo("two");
                    }
                    pipe.sink().close();
                });
    }

    private static void writeLines(FdStream out) throws IOException {
        out.writeLine("one");
        out.writeLine("two");
    }
}
