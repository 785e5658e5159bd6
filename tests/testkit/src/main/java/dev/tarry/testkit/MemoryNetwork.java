package dev.tarry.testkit;

import dev.tarry.events.ClosedException;
import dev.tarry.events.Event;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
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
 * <p>Latency is drawn for each chunk from a range, by a seed; order within a direction is kept, as
 * TCP does.
 */
public final class MemoryNetwork {
    private final Scope scope;
    private final Random random;
    private final Map<String, Listener> listeners = new HashMap<>();
    private final List<MemoryLink> links = new ArrayList<>();
    private long shortest;
    private long longest;
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

    /** From now on bytes need between {@code min} and {@code max}, in virtual time. */
    public void latency(Duration min, Duration max) {
        if (min.isNegative() || max.compareTo(min) < 0) {
            throw new IllegalArgumentException("not a range of times: " + min + " to " + max);
        }
        shortest = min.toNanos();
        longest = max.toNanos();
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

    /** The time that a chunk needs, and as long as all is held up. */
    void travel() {
        long nanos = shortest + (longest > shortest ? random.nextLong(longest - shortest + 1) : 0);
        if (nanos > 0) {
            Tarry.sleep(Duration.ofNanos(nanos));
        }
        while (gate != null) {
            var unused = Tarry.await(gate.closed());
        }
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
