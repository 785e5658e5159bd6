package dev.tarry.runtime;

import dev.tarry.events.Event;
import dev.tarry.events.EventFailedException;
import dev.tarry.events.Fd;
import dev.tarry.events.Outcome;
import dev.tarry.events.Reactor;
import dev.tarry.events.Sockets;
import dev.tarry.events.Timer;
import dev.tarry.events.WaitQueue;
import dev.tarry.events.Waiter;
import dev.tarry.scheduler.Task;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;

/** Accepts TCP connections. */
public final class TcpListener implements AutoCloseable {
    private static final int BACKLOG = 1024;

    /**
     * When accepting fails, most likely for want of descriptors, the connection stays in the
     * backlog and would fail again at once: that long nobody tries, or the server would spin.
     */
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(100);

    private final Fd fd;
    private final InetSocketAddress local;
    private final Event<TcpStream> accepting = new Accepting();
    private final WaitQueue pausing = new WaitQueue();
    private @Nullable Pause pause;

    private TcpListener(Fd fd) throws IOException {
        this.fd = fd;
        this.local = Sockets.localAddress(fd);
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

    /** Listens on an address. */
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
     * A claim: takes one connection. If that fails (no more descriptors, say) the event fires as
     * failed, and the connection is kept for the next try, a moment later.
     */
    public Event<TcpStream> accepting() {
        return accepting;
    }

    /** Takes one connection, and waits until there is one. */
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
        Pause now = pause;
        if (now != null) {
            now.reactor.post(now::end);
        }
    }

    private final class Pause extends Timer {
        private final Reactor reactor;

        Pause(Reactor reactor) {
            this.reactor = reactor;
        }

        @Override
        protected void fire() {
            end();
        }

        void end() {
            reactor.cancel(this);
            pause = null;
            pausing.wakeAll();
        }
    }

    @Override
    public String toString() {
        return fd.toString();
    }

    private final class Accepting implements Event<TcpStream> {
        @Override
        public @Nullable Outcome<TcpStream> poll(Reactor reactor) {
            if (!fd.isOpen()) {
                return new Outcome.Closed<>(fd.toString());
            }
            if (pause != null) {
                return null;
            }
            try {
                var accepted = Sockets.accept(fd);
                return accepted == null
                        ? Refusals.of(fd, reactor)
                        : new Outcome.Value<>(new TcpStream(accepted.fd(), accepted.remote()));
            } catch (IOException e) {
                pause = new Pause(reactor);
                reactor.schedule(pause, reactor.nanos() + PAUSE_AFTER_FAILURE.toNanos());
                return new Outcome.Failed<>(e);
            }
        }

        @Override
        public void arm(Waiter waiter) {
            if (pause != null) {
                pausing.add(waiter);
            } else {
                fd.readable().arm(waiter);
            }
        }

        @Override
        public void disarm(Waiter waiter) {
            pausing.remove(waiter);
            fd.readable().disarm(waiter);
        }

        @Override
        public boolean isClaim() {
            return true;
        }

        @Override
        public String toString() {
            return "a connection on " + fd;
        }
    }
}
