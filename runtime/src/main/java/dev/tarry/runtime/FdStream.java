package dev.tarry.runtime;

import dev.tarry.events.BaseEvent;
import dev.tarry.events.ClosedException;
import dev.tarry.events.Event;
import dev.tarry.events.EventFailedException;
import dev.tarry.events.Fd;
import dev.tarry.events.Outcome;
import dev.tarry.events.Reactor;
import dev.tarry.events.Readiness;
import dev.tarry.events.Waiter;
import dev.tarry.scheduler.Scheduler;
import dev.tarry.scheduler.Task;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Bytes and lines over descriptors of ours: a socket, or one end of a pipe. A method that cannot go
 * on waits, and the other tasks run meanwhile.
 *
 * <p>One task at a time may read, and one write; these may be two. {@link #close} by any task wakes
 * both. Lines end with LF or CR LF and are UTF-8, where malformed bytes become U+FFFD; they are
 * bounded by a limit, so that a peer cannot make us keep more than that.
 */
public class FdStream implements AutoCloseable {
    /** The longest line in bytes unless {@link #lineLimit} says otherwise. */
    public static final int LINE_LIMIT = 8192;

    /** After so many reads without the end of a line, the others have their turn. */
    private static final int MOST_FILLS = 8;

    private final @Nullable Fd source;
    private final @Nullable Fd sink;
    private final Event<String> readingLine = new ReadingLine();

    // What was read and not taken yet: bytes from start to end; scanned for a line end up to
    // scanned.
    private byte[] bytes = {};
    private int start;
    private int end;
    private int scanned;

    private int lineLimit = LINE_LIMIT;
    private boolean skipping;
    private boolean unfinished;
    private boolean atEnd;
    private boolean writing;

    /**
     * A stream over descriptors, which it closes when it is closed.
     *
     * @param source to read from, if that is possible
     * @param sink to write to, if that is possible; may be the same
     * @throws IllegalStateException if one of them is borrowed and blocking, see {@link
     *     Fd#requireNonBlocking}
     */
    public FdStream(@Nullable Fd source, @Nullable Fd sink) {
        if (source != null) {
            source.requireNonBlocking();
        }
        if (sink != null) {
            sink.requireNonBlocking();
        }
        this.source = source;
        this.sink = sink;
    }

    // ---- events

    /**
     * Level: the descriptor can be read. There may be bytes of ours already; see {@link
     * #available}.
     */
    public Event<Readiness> readable() {
        return source().readable();
    }

    /** Level: the descriptor can be written. */
    public Event<Readiness> writable() {
        return sink().writable();
    }

    /**
     * Level: the connection has ended in both directions, or broken. It does not tell of a peer
     * that has only closed its own direction, whose end of the stream stays readable for ever; to
     * learn whether such a peer still listens, write to it.
     */
    public Event<Readiness> hangup() {
        return (source != null ? source : sink()).hangup();
    }

    /**
     * A claim: takes the next line, without its end. At the end of the stream it fires as closed,
     * and for an error, or a line that is too long, as failed with the {@link IOException}. A last
     * line that has no end is a line.
     */
    public Event<String> readingLine() {
        return readingLine;
    }

    // ---- reading

    /**
     * The next line without its end, or null at the end of the stream.
     *
     * @throws LineTooLongException if it is longer than the limit; the next call reads the next
     *     line
     */
    public @Nullable String readLine() throws IOException {
        try {
            return Task.current().await(readingLine);
        } catch (EventFailedException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw e;
        } catch (ClosedException e) {
            if (source().isOpen()) {
                return null; // the peer's end, not ours
            }
            throw e;
        }
    }

    /**
     * Reads what is there, at least one byte, and waits until there is.
     *
     * @return the number of bytes, or -1 at the end of the stream
     * @throws IOException if the system says so: the peer has reset the connection, say
     */
    public int read(ByteBuffer to) throws IOException {
        if (!to.hasRemaining()) {
            return 0;
        }
        Task.current().checkpoint();
        while (true) {
            int n = end > start ? takeBytes(to) : readNow(to);
            if (n != 0) {
                return n;
            }
            var unused = Task.current().await(readable());
        }
    }

    private int takeBytes(ByteBuffer to) {
        int n = Math.min(to.remaining(), end - start);
        to.put(bytes, start, n);
        start += n;
        scanned = start;
        return n;
    }

    /** One call at most: what there is now. */
    private int readNow(ByteBuffer to) throws IOException {
        if (source().isDrained()) {
            return 0;
        }
        if (to.isDirect()) {
            return source().read(to);
        }
        ByteBuffer scratch = scratch();
        scratch.limit(Math.min(scratch.capacity(), to.remaining()));
        int n = source().read(scratch);
        if (n > 0) {
            to.put(scratch.flip());
        }
        return n;
    }

    /** How many bytes were read from the descriptor and not taken yet. */
    public int available() {
        return end - start;
    }

    /**
     * Sets the longest line, in bytes without its end.
     *
     * @param bytes at least 1
     */
    public void lineLimit(int bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("a line limit must be at least 1: " + bytes);
        }
        lineLimit = bytes;
    }

    /** The next line if it is complete; null if not; throws at the limit, and at the end Closed. */
    private @Nullable Outcome<String> pollLine(Reactor reactor) {
        try {
            for (int fills = 0; fills < MOST_FILLS; fills++) {
                String line = takeLine();
                if (line != null) {
                    return new Outcome.Value<>(line);
                }
                if (atEnd) {
                    return lastLine();
                }
                if (!fill(reactor)) {
                    return null;
                }
            }
            unfinished = true;
            return null;
        } catch (IOException e) {
            return new Outcome.Failed<>(e);
        }
    }

    private @Nullable String takeLine() throws LineTooLongException {
        while (true) {
            int lf = find();
            if (lf < 0) {
                if (end - start > lineLimit + 1) { // the last byte may be the CR
                    forget();
                    boolean first = !skipping;
                    skipping = true;
                    if (first) {
                        throw new LineTooLongException(this, lineLimit);
                    }
                }
                return null;
            }
            int from = start;
            start = lf + 1;
            scanned = start;
            if (skipping) {
                skipping = false;
                continue;
            }
            int to = lf > from && bytes[lf - 1] == '\r' ? lf - 1 : lf;
            if (to - from > lineLimit) {
                throw new LineTooLongException(this, lineLimit);
            }
            return new String(bytes, from, to - from, StandardCharsets.UTF_8);
        }
    }

    private int find() {
        for (int i = scanned; i < end; i++) {
            if (bytes[i] == '\n') {
                return i;
            }
        }
        scanned = end;
        return -1;
    }

    private Outcome<String> lastLine() throws LineTooLongException {
        if (end > start && !skipping) {
            String line = new String(bytes, start, end - start, StandardCharsets.UTF_8);
            boolean tooLong = end - start > lineLimit;
            forget();
            if (tooLong) {
                throw new LineTooLongException(this, lineLimit);
            }
            return new Outcome.Value<>(line);
        }
        return new Outcome.Closed<>("the peer's side of " + this);
    }

    private void forget() {
        start = 0;
        end = 0;
        scanned = 0;
        bytes = new byte[0];
    }

    /** Reads once. False if there is nothing now. */
    private boolean fill(Reactor reactor) throws IOException {
        if (source().isDrained()) {
            return false;
        }
        ByteBuffer scratch = Scratch.of(reactor);
        // Not more than a line and some: what a slow task has not taken stays in the kernel, whose
        // window then holds the peer back.
        scratch.limit(Math.min(scratch.capacity(), Math.max(lineLimit + 2, 4096)));
        int n = source().read(scratch);
        if (n < 0) {
            atEnd = true;
            return true;
        }
        if (n > 0) {
            append(scratch.flip());
        }
        return n > 0;
    }

    private void append(ByteBuffer more) {
        int kept = end - start;
        int needed = kept + more.remaining();
        if (needed > bytes.length - start) {
            byte[] target = needed > bytes.length ? new byte[Math.max(needed, 256)] : bytes;
            System.arraycopy(bytes, start, target, 0, kept);
            bytes = target;
            scanned -= start;
            start = 0;
            end = kept;
        }
        int n = more.remaining();
        more.get(bytes, end, n);
        end += n;
    }

    // ---- writing

    /**
     * Writes all of it, and waits while there is no space.
     *
     * @throws IOException if nobody reads any more, or the peer has reset the connection; some of
     *     it may be written
     */
    public void write(ByteBuffer from) throws IOException {
        Task.current().checkpoint();
        beginWrite();
        try {
            while (from.hasRemaining()) {
                int n = writeNow(from);
                if (n == 0) {
                    var unused = Task.current().await(writable());
                }
            }
        } finally {
            writing = false;
        }
    }

    /**
     * Writes what there is space for now, and waits for nothing. What is left stays in the buffer:
     * wait for {@link #writable}, together with whatever else may happen, and try again.
     *
     * @return the number of bytes, 0 if there is no space
     * @throws IOException if nobody reads any more, or the peer has reset the connection
     */
    public int tryWrite(ByteBuffer from) throws IOException {
        beginWrite();
        try {
            int before = from.remaining();
            while (from.hasRemaining()) {
                int wanted = from.remaining();
                int n = writeNow(from);
                if (n < Math.min(wanted, Scratch.SIZE)) {
                    break;
                }
            }
            return before - from.remaining();
        } finally {
            writing = false;
        }
    }

    /**
     * Writes all of it, and waits while there is no space.
     *
     * @throws IOException as {@link #write(ByteBuffer)} does
     */
    public void write(byte[] from) throws IOException {
        write(ByteBuffer.wrap(from));
    }

    /**
     * Writes the text in UTF-8.
     *
     * @throws IOException as {@link #write(ByteBuffer)} does
     */
    public void write(String text) throws IOException {
        write(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Writes the text in UTF-8, and LF.
     *
     * @throws IOException as {@link #write(ByteBuffer)} does
     */
    public void writeLine(String text) throws IOException {
        write(text + "\n");
    }

    // Between two waits the text of another writer would come in the middle of ours.
    private void beginWrite() {
        if (writing) {
            throw new IllegalStateException("another task is writing to " + this);
        }
        writing = true;
    }

    /** One call: what the system takes now. */
    private int writeNow(ByteBuffer from) throws IOException {
        return from.isDirect() ? sink().write(from) : writeHeap(from);
    }

    private int writeHeap(ByteBuffer from) throws IOException {
        ByteBuffer scratch = scratch();
        int n = Math.min(scratch.capacity(), from.remaining());
        scratch.put(from.duplicate().limit(from.position() + n)).flip();
        int written = sink().write(scratch);
        from.position(from.position() + written);
        return written;
    }

    private static ByteBuffer scratch() {
        return Scratch.of(Scheduler.current().reactor());
    }

    // ---- the rest

    final Fd source() {
        if (source == null) {
            throw new IllegalStateException(this + " is for writing only");
        }
        return source;
    }

    final Fd sink() {
        if (sink == null) {
            throw new IllegalStateException(this + " is for reading only");
        }
        return sink;
    }

    /** Closes it, and wakes whoever waits for it. Any thread. */
    @Override
    public void close() {
        if (source != null) {
            source.close();
        }
        if (sink != null && sink != source) {
            sink.close();
        }
    }

    /** Whether {@link #close} has not been called. */
    public boolean isOpen() {
        return source != null ? source.isOpen() : sink().isOpen();
    }

    @Override
    public String toString() {
        return String.valueOf(source != null ? source : sink);
    }

    private final class ReadingLine implements BaseEvent<String> {
        @Override
        public @Nullable Outcome<String> poll(Reactor reactor) {
            if (!source().isOpen()) {
                return new Outcome.Closed<>(source().toString());
            }
            Outcome<String> line = pollLine(reactor);
            return line != null ? line : Refusals.of(source(), reactor);
        }

        @Override
        public void arm(Waiter waiter) {
            source().readable().arm(waiter);
            if (unfinished) { // there may be more, of which no edge will tell
                unfinished = false;
                waiter.reactor().post(waiter::wake);
            }
        }

        @Override
        public void disarm(Waiter waiter) {
            source().readable().disarm(waiter);
        }

        @Override
        public boolean isClaim() {
            return true;
        }

        @Override
        public String toString() {
            return "a line from " + FdStream.this;
        }
    }
}
