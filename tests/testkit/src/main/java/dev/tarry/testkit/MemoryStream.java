package dev.tarry.testkit;

import dev.tarry.events.Fd;
import dev.tarry.events.Sockets;
import dev.tarry.runtime.FdStream;

import java.io.IOException;

/** One end of a connection in a {@link MemoryNetwork}. */
public final class MemoryStream extends FdStream {
    private final Fd fd;
    private final String name;

    MemoryStream(Fd fd, String name) {
        super(fd, fd);
        this.fd = fd;
        this.name = name;
    }

    /**
     * Ends our direction: the peer reads the end of the stream, and may go on sending.
     *
     * @throws IOException if the connection is gone
     */
    public void closeOutput() throws IOException {
        Sockets.shutdownOutput(fd);
    }

    @Override
    public String toString() {
        return name;
    }
}
