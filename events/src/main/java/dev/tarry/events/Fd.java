package dev.tarry.events;

import dev.tarry.events.internal.Reports;
import dev.tarry.events.libc.Libc;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A handle of a file descriptor, and the events that it is readable, writable, or has priority
 * data.
 *
 * <p>There are two sorts. A <em>borrowed</em> one is a number that belongs to somebody else: each
 * wait asks the system anew, so nothing has to be known about what the owner does with it. An
 * <em>owned</em> one is ours to read, write and close: it is registered once, its readiness is
 * remembered, and a wait costs no system call. All I/O on an owned descriptor must then go through
 * this handle, which must be non-blocking.
 *
 * <p>The handle is the identity, not the number. Closing it wakes all that wait for it, at once,
 * with {@link Outcome.Closed}; when the system gives the number to another file, they do not hear
 * of that. The readiness events are level events. Readiness may be stale, as everywhere: another
 * reader may have been quicker, so a read after it may still find nothing.
 *
 * <p><b>Threads.</b> The events can be waited for on several schedulers. {@link #close} may be
 * called from any thread. Reading and writing are for one thread at a time.
 */
public final class Fd implements AutoCloseable {
    private static final int ENDS_SHORT_READ =
            Readiness.PRIORITY | Readiness.READ_HANGUP | Readiness.HANGUP | Readiness.ERROR;

    // Any thread.
    private static volatile @Nullable Consumer<? super Fd> openings;

    // Immutable.
    private final int number;
    private final boolean owned;
    // A stream of bytes, of which a short read or write has reached the end. Of others (datagrams,
    // terminals) each call moves one message or line, whatever else is there.
    private final boolean bytes;
    private final String name;
    private final BaseEvent<Readiness> readable;
    private final BaseEvent<Readiness> writable;
    private final BaseEvent<Readiness> priority;
    private final BaseEvent<Readiness> hangup;

    // Any thread.
    private volatile boolean open = true;

    // Any thread, guarded by this: where it is registered, the home first.
    private final List<Reactor> reactors = new ArrayList<>(1);

    // Loop of the home only: the edge-triggered slot of an owned descriptor.
    private @Nullable Reactor home;
    private @Nullable FdSlot homeSlot;

    private Fd(int number, boolean owned, boolean bytes, String name) {
        this.number = number;
        this.owned = owned;
        this.bytes = bytes;
        this.name = name;
        readable = new FdEvent(this, Readiness.READ, Readiness.ENDS_READ, "readable");
        writable = new FdEvent(this, Readiness.WRITE, Readiness.ENDS_WRITE, "writable");
        priority = new FdEvent(this, Readiness.PRIORITY, Readiness.ENDS_PRIORITY, "priority");
        hangup = new FdEvent(this, Readiness.HANGUP, Readiness.ENDS_HANGUP, "hang-up");
    }

    /**
     * A handle of a number that somebody else owns: {@link #close} ends the waits, not the file.
     */
    public static Fd borrow(int number) {
        return new Fd(requireNumber(number), false, false, "fd " + number);
    }

    /**
     * Takes over an open descriptor and makes it non-blocking. {@link #close} closes it.
     *
     * @throws IOException if the number is not an open descriptor
     */
    public static Fd own(int number) throws IOException {
        int flags = fcntl(requireNumber(number), Libc.F_GETFL, 0);
        if ((flags & Libc.O_NONBLOCK) == 0) {
            fcntl(number, Libc.F_SETFL, flags | Libc.O_NONBLOCK);
        }
        return told(new Fd(number, true, false, "fd " + number));
    }

    private static int fcntl(int number, int command, int argument) throws ErrnoException {
        int result = Libc.orErrno(Libc.functions().fcntl(number, command, argument));
        if (result < 0) {
            throw new ErrnoException("fcntl", "fd " + number, -result);
        }
        return result;
    }

    /** For what this package opened itself, non-blocking and close-on-exec: a pipe, a stream. */
    static Fd opened(int number, String name) {
        return told(new Fd(number, true, true, name));
    }

    /**
     * From now on {@code listener} is told of each owned descriptor, in the thread that has opened
     * it or takes it over; null tells nobody. There is one for the process. For test kits, which
     * look what a program leaves open.
     */
    public static void onOpen(@Nullable Consumer<? super Fd> listener) {
        openings = listener;
    }

    private static Fd told(Fd fd) {
        Consumer<? super Fd> listener = openings;
        if (listener != null) {
            try {
                listener.accept(fd);
            } catch (Throwable t) { // thrown from here, nobody would have the descriptor to close
                Reports.warn("whoever is told of descriptors has failed", t);
            }
        }
        return fd;
    }

    private static int requireNumber(int number) {
        if (number < 0) {
            throw new IllegalArgumentException("not a file descriptor: " + number);
        }
        return number;
    }

    /** The number. Not an identity: after closing, the system gives it to the next file. */
    public int number() {
        return number;
    }

    /** Whether {@link #close} has not been called yet. */
    public boolean isOpen() {
        return open;
    }

    /**
     * Throws if a read or a write could block the loop, and with it all tasks: the descriptor is
     * somebody else's, who has left it blocking. Readiness does not help: a write of more than
     * there is space for blocks, and so does a read when another reader was quicker.
     *
     * @throws IllegalStateException if so; says what to do
     */
    public void requireNonBlocking() {
        if (!owned && (Libc.functions().fcntl(number, Libc.F_GETFL, 0) & Libc.O_NONBLOCK) == 0) {
            throw new IllegalStateException(
                    name
                            + " is somebody else's and blocking, so that using it could stop all"
                            + " tasks; take it over with Fd.own("
                            + number
                            + "), which makes it non-blocking, or use it in Tarry.blocking(...)");
        }
    }

    /** Fires while a read does not block: data, end of stream, or error. */
    public BaseEvent<Readiness> readable() {
        return readable;
    }

    /** Fires while a write does not block: space, or error. */
    public BaseEvent<Readiness> writable() {
        return writable;
    }

    /** Fires while there is priority (out-of-band) data. */
    public BaseEvent<Readiness> priority() {
        return priority;
    }

    /**
     * Fires when both directions have ended, or on error: a reset connection, a pipe whose readers
     * (for its sink) or writers (for its source) have gone. Not when the peer has closed its own
     * direction only.
     */
    public BaseEvent<Readiness> hangup() {
        return hangup;
    }

    /**
     * Reads what is there now into a direct buffer.
     *
     * @return the number of bytes, 0 if there is nothing yet (wait for {@link #readable}), -1 at
     *     the end of the stream
     * @throws IOException if the system says so (ECONNRESET for example)
     * @throws IllegalStateException if it {@linkplain #requireNonBlocking could block}
     */
    public int read(ByteBuffer to) throws IOException {
        requireNonBlocking();
        int room = to.remaining();
        if (room == 0) {
            return 0;
        }
        int n = Libc.read(openNumber(), to);
        if (n > 0) {
            // Less than there was room for: drained, unless the end is in sight, which is no edge.
            // Urgent data ends a read, too, with more behind it.
            if (bytes && n < room) {
                drained(Readiness.READ, ENDS_SHORT_READ);
            }
            return n;
        }
        if (n == 0) {
            return -1;
        }
        if (n == -Libc.EAGAIN) {
            drained(Readiness.READ, 0);
            return 0;
        }
        throw new ErrnoException("read", name, -n);
    }

    /**
     * Writes what the system takes now from a direct buffer.
     *
     * @return the number of bytes, 0 if there is no space (wait for {@link #writable})
     * @throws IOException if the system says so (EPIPE for example)
     * @throws IllegalStateException if it {@linkplain #requireNonBlocking could block}
     */
    public int write(ByteBuffer from) throws IOException {
        requireNonBlocking();
        int wanted = from.remaining();
        if (wanted == 0) {
            return 0;
        }
        int n = Libc.write(openNumber(), from);
        if (n >= 0) {
            if (bytes && n < wanted) {
                drained(Readiness.WRITE, Readiness.HANGUP | Readiness.ERROR);
            }
            return n;
        }
        if (n == -Libc.EAGAIN) {
            drained(Readiness.WRITE, 0);
            return 0;
        }
        throw new ErrnoException("write", name, -n);
    }

    /**
     * A call would have blocked, or took less than it could: not ready until the next edge. An edge
     * that is on its way already will set it again, which costs one call in vain.
     */
    void drained(int bit, int unless) {
        Reactor at = home;
        FdSlot slot = homeSlot;
        // A slot is written by its own loop only. Another loop that reads leaves it as it is, and
        // costs the home one call in vain.
        if (at != null && slot != null && (slot.ready & unless) == 0 && at.isCurrent()) {
            slot.ready &= ~bit;
        }
    }

    /**
     * Whether a {@link #read} now would find nothing, as far as this loop knows: the last one took
     * all there was, and the system has told of nothing since. A reader that waits for {@link
     * #readable} then saves itself a call in vain.
     */
    public boolean isDrained() {
        Reactor at = home;
        FdSlot slot = homeSlot;
        return at != null
                && slot != null
                && (slot.ready & Readiness.ENDS_READ) == 0
                && at.isCurrent();
    }

    int openNumber() {
        if (!open) {
            throw new ClosedException(name);
        }
        return number;
    }

    /**
     * Where this descriptor stands in {@code reactor}; registers it there when it is first asked.
     *
     * @throws ClosedException if it was closed, perhaps a moment ago by another thread
     */
    FdSlot slot(Reactor reactor) throws ErrnoException {
        if (home == reactor) {
            FdSlot slot = homeSlot;
            assert slot != null;
            return slot;
        }
        boolean first;
        synchronized (this) {
            openNumber();
            first = owned && reactors.isEmpty();
            if (!reactors.contains(reactor)) {
                reactors.add(reactor);
            }
        }
        if (!first) {
            return reactor.fds().borrowed(number);
        }
        FdSlot slot;
        try {
            slot = reactor.fds().own(number);
        } catch (ErrnoException e) {
            if (e.errno() != Libc.EPERM) {
                synchronized (this) {
                    reactors.remove(reactor); // it is not; the next wait tries the same again
                }
                throw e;
            }
            return reactor.fds().borrowed(number); // a file, always ready: poll(2) says so
        }
        homeSlot = slot;
        home = reactor;
        return slot;
    }

    /**
     * Wakes all waiters with {@link Outcome.Closed}, ends the registrations and then, if the
     * descriptor is owned, closes it: in this order, since the number may be given away at once. On
     * a loop that waits for it this is done when the call returns, else soon after. Closing again
     * does nothing. Any thread.
     */
    @Override
    public void close() {
        List<Reactor> elsewhere;
        synchronized (this) {
            if (!open) {
                return;
            }
            open = false;
            elsewhere = new ArrayList<>(reactors);
            reactors.clear();
        }
        detach(elsewhere);
    }

    // One loop after the other, the one that calls first; the last one closes the number.
    private void detach(List<Reactor> rest) {
        rest.removeIf(this::forgottenHere);
        while (!rest.isEmpty()) {
            Reactor reactor = rest.removeLast();
            if (reactor.post(
                    () -> {
                        forget(reactor);
                        detach(rest);
                    })) {
                return;
            }
        }
        if (owned) {
            Libc.close(number);
            FreedDescriptors.tell();
        }
    }

    private boolean forgottenHere(Reactor reactor) {
        boolean here = reactor.isCurrent();
        if (here) {
            forget(reactor);
        }
        return here;
    }

    private void forget(Reactor reactor) {
        if (owned) {
            reactor.fds().remove(number);
        } else {
            reactor.fds().release(number);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
