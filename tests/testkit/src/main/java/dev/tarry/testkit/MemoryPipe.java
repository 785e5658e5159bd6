package dev.tarry.testkit;

import dev.tarry.events.Event;
import dev.tarry.events.Fd;
import dev.tarry.events.Order;
import dev.tarry.events.Sockets;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Tarry;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * One direction of a {@link MemoryLink}: takes chunks as they are sent, up to the window, and hands
 * each over when it is due, so that many are on their way at once. In order, as TCP does: a chunk
 * that drew a short latency arrives together with the one before.
 */
final class MemoryPipe {
    static final int CHUNK = 4096;

    private static final long SECOND = 1_000_000_000L;

    private final MemoryNetwork network;
    private final Fd from;
    private final Fd to;
    private final Event<?> broken;
    private final Deque<Chunk> chunks = new ArrayDeque<>();
    private int size; // bytes on their way
    private boolean ended; // and the end of the stream is on its way, too

    // When the last chunk will have left, and what was rounded off that.
    private long left;
    private long remainder;

    /**
     * @param bytes what has not been handed over yet; null for the end of the stream
     * @param due when it arrives, unless one before it arrives later
     */
    private record Chunk(@Nullable ByteBuffer bytes, long due) {}

    /**
     * @param broken fires when the connection is cut
     */
    MemoryPipe(MemoryNetwork network, Fd from, Fd to, Event<?> broken) {
        this.network = network;
        this.from = from;
        this.to = to;
        this.broken = broken;
        left = network.nanos();
    }

    /**
     * Carries all there is, and the end of it; or until the connection is cut.
     *
     * @throws IOException if one end has gone
     */
    void carry() throws IOException {
        boolean isWhole = true;
        while (isWhole) {
            take();
            handOver();
            if (ended && chunks.isEmpty()) {
                return;
            }
            isWhole = awaitSomething();
        }
    }

    private void take() throws IOException {
        ByteBuffer scratch = network.scratch();
        while (!ended && size < network.window()) {
            scratch.clear().limit(Math.min(CHUNK, network.window() - size));
            int n = from.read(scratch);
            if (n == 0) {
                return;
            }
            ended = n < 0;
            send(ended ? null : ByteBuffer.allocate(n).put(scratch.flip()).flip());
        }
    }

    private void send(@Nullable ByteBuffer bytes) {
        long now = network.nanos();
        if (left - now <= 0) {
            left = now; // the line was free
            remainder = 0;
        }
        if (bytes != null) {
            size += bytes.remaining();
            long rate = network.bandwidth();
            long work = bytes.remaining() * SECOND + remainder;
            left += work / rate;
            remainder = work % rate;
        }
        chunks.add(new Chunk(bytes, left + network.drawLatency()));
    }

    private void handOver() throws IOException {
        ByteBuffer scratch = network.scratch();
        Chunk chunk;
        while ((chunk = chunks.peek()) != null && isDue(chunk) && network.gate() == null) {
            ByteBuffer bytes = chunk.bytes;
            if (bytes == null) {
                Sockets.shutdownOutput(to);
            } else {
                scratch.clear().put(bytes.duplicate()).flip();
                int n = to.write(scratch);
                size -= n;
                if (bytes.position(bytes.position() + n).hasRemaining()) {
                    return; // the receiver has no room
                }
            }
            chunks.remove();
        }
    }

    private boolean isDue(Chunk chunk) {
        return chunk.due - network.nanos() <= 0;
    }

    /** Answers false if the connection was cut. */
    private boolean awaitSomething() {
        List<Event<?>> events = new ArrayList<>();
        events.add(broken);
        if (!ended && size < network.window()) {
            events.add(from.readable());
        }
        Duration limit = null;
        Chunk chunk = chunks.peek();
        if (chunk != null) {
            Channel<Integer> gate = network.gate();
            if (!isDue(chunk)) {
                limit = Duration.ofNanos(chunk.due - network.nanos());
            } else {
                events.add(gate != null ? gate.closed() : to.writable());
            }
        }
        return !Tarry.wait(events, limit, Order.FAIR).has(broken);
    }
}
