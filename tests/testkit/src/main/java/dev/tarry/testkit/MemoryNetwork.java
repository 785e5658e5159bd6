package dev.tarry.testkit;

import dev.tarry.events.ClosedException;
import dev.tarry.events.Event;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A network inside a simulation: listeners and connections by name, whose bytes travel in virtual
 * time and can be held up or cut off. The streams are real descriptors (socket pairs), so programs
 * written for {@link dev.tarry.runtime.FdStream} run on it unchanged; between the two ends of a
 * connection tasks of the network carry the bytes.
 *
 * <p>What is sent is in a pipe, as on a wire: each chunk (at most 4 KiB) leaves when those before
 * it have left, as the {@linkplain #bandwidth bandwidth} has it, and arrives its {@linkplain
 * #latency latency} later, however many others are on their way, up to the {@linkplain #window
 * window}. Latency is drawn for each chunk from a range, by a seed; order within a direction is
 * kept, as TCP does. Without a limit to the bandwidth a megabyte takes one latency; with one of
 * {@code b} bytes per second, {@code n} bytes take {@code n / b} and one latency.
 */
public final class MemoryNetwork {
    private final Scope scope;
    private final Random random;
    private final Map<String, Listener> listeners = new HashMap<>();
    private final List<MemoryLink> links = new ArrayList<>();
    private long shortest;
    private long longest;
    private long bandwidth = Long.MAX_VALUE;
    private int window = 1 << 20;
    private final ByteBuffer scratch = ByteBuffer.allocateDirect(MemoryPipe.CHUNK);
    private @Nullable Channel<Integer> gate;

    /**
     * A network without latency.
     *
     * @param scope where the tasks that carry bytes run
     * @param seed for the latencies
     */
    public MemoryNetwork(Scope scope, long seed) {
        this.scope = scope;
        this.random = Seeds.random(seed, "network");
    }

    /**
     * What is sent from now on needs between {@code min} and {@code max}, in virtual time, from
     * when it has left until it arrives.
     */
    public void latency(Duration min, Duration max) {
        if (min.isNegative() || max.compareTo(min) < 0) {
            throw new IllegalArgumentException("not a range of times: " + min + " to " + max);
        }
        shortest = min.toNanos();
        longest = max.toNanos();
    }

    /**
     * What is sent from now on leaves at this rate, in each direction of each connection. Unlimited
     * unless said otherwise, and again with {@code Long.MAX_VALUE}.
     */
    public void bandwidth(long bytesPerSecond) {
        if (bytesPerSecond <= 0) {
            throw new IllegalArgumentException("not a bandwidth: " + bytesPerSecond + " bytes/s");
        }
        bandwidth = bytesPerSecond;
    }

    /**
     * How much may be on its way in each direction of each connection, sent and not yet in the
     * buffer of the receiver; one MiB unless said otherwise. Beyond that the sender's own buffer
     * fills, and then its writes wait. No more than a window arrives per latency.
     */
    public void window(int bytes) {
        if (bytes <= 0) {
            throw new IllegalArgumentException("not a window: " + bytes + " bytes");
        }
        window = bytes;
    }

    /** Nothing arrives any more, and nothing is lost, until {@link #release}. */
    public void hold() {
        if (gate == null) {
            gate = Channel.rendezvous();
        }
    }

    /** What was held up goes on. */
    public void release() {
        if (gate != null) {
            gate.close();
            gate = null;
        }
    }

    /** Breaks all connections: what was on the way is lost, and both sides see the end. */
    public void cut() {
        links.forEach(MemoryLink::close);
        links.clear();
    }

    /**
     * Listens under a name.
     *
     * @throws IOException if somebody does already
     */
    public Listener listen(String name) throws IOException {
        if (listeners.containsKey(name)) {
            throw new IOException("address already in use: " + name);
        }
        Listener listener = new Listener(name);
        listeners.put(name, listener);
        return listener;
    }

    /**
     * Connects, and waits until somebody has accepted.
     *
     * @throws IOException if nobody listens under this name
     */
    public MemoryStream connect(String name) throws IOException {
        travel();
        Listener listener = listeners.get(name);
        if (listener == null) {
            throw new IOException("connection refused: " + name);
        }
        MemoryLink link = new MemoryLink(this, name);
        try {
            listener.backlog.send(link.there());
        } catch (ClosedException e) {
            link.abandon();
            throw new IOException("connection refused: " + name, e);
        } catch (Throwable t) {
            link.abandon();
            throw t;
        }
        links.add(link);
        link.carry(scope);
        return link.here();
    }

    void ended(MemoryLink link) {
        links.remove(link);
    }

    /** The way of a request to connect: one latency, and as long as all is held up. */
    void travel() {
        long nanos = drawLatency();
        if (nanos > 0) {
            Tarry.sleep(Duration.ofNanos(nanos));
        }
        while (gate != null) {
            var unused = Tarry.await(gate.closed());
        }
    }

    // ---- for the pipes

    long drawLatency() {
        return shortest + (longest > shortest ? random.nextLong(longest - shortest + 1) : 0);
    }

    long bandwidth() {
        return bandwidth;
    }

    int window() {
        return window;
    }

    /** Is closed when what is held up goes on; null if nothing is. */
    @Nullable Channel<Integer> gate() {
        return gate;
    }

    /** For whoever reads or writes now; one for all, since nobody waits meanwhile. */
    ByteBuffer scratch() {
        return scratch;
    }

    long nanos() {
        return scope.scheduler().reactor().nanos();
    }

    /** Takes connections to a name. */
    public final class Listener implements AutoCloseable {
        private final String name;
        private final Channel<MemoryStream> backlog = Channel.rendezvous();

        private Listener(String name) {
            this.name = name;
        }

        /** A claim: takes one connection. */
        public Event<MemoryStream> accepting() {
            return backlog.receiving();
        }

        /** Waits for a connection and takes it. */
        public MemoryStream accept() {
            return Tarry.await(accepting());
        }

        /** Refuses from now on. */
        @Override
        public void close() {
            backlog.close();
            listeners.remove(name, this);
        }

        @Override
        public String toString() {
            return "listener " + name;
        }
    }
}
