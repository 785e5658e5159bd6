package dev.tarry.runtime;

import dev.tarry.events.Acceptor;
import dev.tarry.events.BaseEvent;
import dev.tarry.events.Event;
import dev.tarry.events.EventFailedException;
import dev.tarry.events.Fd;
import dev.tarry.events.Outcome;
import dev.tarry.events.Reactor;
import dev.tarry.events.Sockets;
import dev.tarry.events.Waiter;
import dev.tarry.scheduler.Task;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetSocketAddress;

/** Accepts TCP connections. */
public final class TcpListener implements AutoCloseable {
    private static final int BACKLOG = 1024;

    private final Fd fd;
    private final InetSocketAddress local;
    private final Event<TcpStream> accepting;

    private TcpListener(Fd fd) throws IOException {
        this.fd = fd;
        this.local = Sockets.localAddress(fd);
        this.accepting = new Accepting(new Acceptor(fd));
    }

    /**
     * Listens.
     *
     * @param host an address or a name of this machine
     * @param port 0 lets the system choose; see {@link #port}
     * @throws IOException if the address cannot be had (EADDRINUSE, EACCES for ports below 1024)
     */
    public static TcpListener bind(String host, int port) throws IOException {
        return bind(Addresses.resolve(host, port));
    }

    /**
     * Listens on an address.
     *
     * @throws IOException if the address is taken or not ours, or no descriptor is left
     */
    public static TcpListener bind(InetSocketAddress address) throws IOException {
        Fd fd = Sockets.listen(address, BACKLOG);
        try {
            return new TcpListener(fd);
        } catch (Throwable t) {
            fd.close();
            throw t;
        }
    }

    /**
     * A claim: takes one connection. While there is no descriptor or no memory for it, the
     * connections are kept waiting, nothing fires, and the log says so once; see {@link Acceptor}.
     * So a failure is none that goes away: it will come again.
     */
    public Event<TcpStream> accepting() {
        return accepting;
    }

    /**
     * Takes one connection, and waits until there is one.
     *
     * @throws IOException why this listener gives no connections any more; what passes by itself is
     *     waited for
     */
    public TcpStream accept() throws IOException {
        try {
            return Task.current().await(accepting);
        } catch (EventFailedException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw e;
        }
    }

    /** The address that it listens on. */
    public InetSocketAddress localAddress() {
        return local;
    }

    /** The port that it listens on. */
    public int port() {
        return local.getPort();
    }

    /** Stops listening, and wakes whoever waits for a connection. Any thread. */
    @Override
    public void close() {
        fd.close();
    }

    @Override
    public String toString() {
        return fd.toString();
    }

    /** As what {@link Acceptor} tells, a stream. */
    private record Accepting(Acceptor acceptor) implements BaseEvent<TcpStream> {
        @Override
        public @Nullable Outcome<TcpStream> poll(Reactor reactor) {
            return switch (acceptor.poll(reactor)) {
                case null -> null;
                case Outcome.Value<Sockets.Accepted>(Sockets.Accepted(var fd, var remote)) ->
                        new Outcome.Value<>(new TcpStream(fd, remote));
                case Outcome.Failed<Sockets.Accepted>(Throwable cause) ->
                        new Outcome.Failed<>(cause);
                case Outcome.Closed<Sockets.Accepted>(String what) -> new Outcome.Closed<>(what);
            };
        }

        @Override
        public void arm(Waiter waiter) {
            acceptor.arm(waiter);
        }

        @Override
        public void disarm(Waiter waiter) {
            acceptor.disarm(waiter);
        }

        @Override
        public boolean isClaim() {
            return true;
        }

        @Override
        public String toString() {
            return acceptor.toString();
        }
    }
}
