package dev.tarry.runtime;

import dev.tarry.events.Fd;
import dev.tarry.events.Sockets;
import dev.tarry.scheduler.Task;

import java.io.IOException;
import java.net.InetSocketAddress;

/** A TCP connection. */
public final class TcpStream extends FdStream {
    private final Fd fd;
    private final InetSocketAddress remote;

    TcpStream(Fd fd, InetSocketAddress remote) {
        super(fd, fd);
        this.fd = fd;
        this.remote = remote;
    }

    /**
     * Connects, and waits until that has worked. A host name is looked up off the loop.
     *
     * @throws IOException if it fails; for a limit of time wrap it into {@link Scope#within}
     */
    public static TcpStream connect(String host, int port) throws IOException {
        return connect(Addresses.resolve(host, port));
    }

    /**
     * Connects to an address, and waits until that has worked.
     *
     * @throws IOException if it fails: the peer has refused it, or cannot be reached, or no
     *     descriptor is left
     */
    public static TcpStream connect(InetSocketAddress address) throws IOException {
        Fd fd = Sockets.connect(address);
        try {
            var unused = Task.current().await(fd.writable());
            Sockets.finishConnect(fd);
            return new TcpStream(fd, address);
        } catch (Throwable t) {
            fd.close();
            throw t;
        }
    }

    /**
     * Ends our direction: the peer reads the end of the stream, and may go on sending.
     *
     * @throws IOException if the connection is gone
     */
    public void closeOutput() throws IOException {
        Sockets.shutdownOutput(fd);
    }

    /** The address of the peer. */
    public InetSocketAddress remoteAddress() {
        return remote;
    }

    /**
     * The address of this side.
     *
     * @throws IOException if the system does not tell, since the stream is closed, say
     */
    public InetSocketAddress localAddress() throws IOException {
        return Sockets.localAddress(fd);
    }
}
