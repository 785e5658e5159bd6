package dev.tarry.events;

import dev.tarry.events.libc.Libc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/**
 * What a poller watches besides the descriptors of its loop, so that any thread can end its sleep:
 * an eventfd(2), or a pipe where there is none. Both take eight bytes and give back what they were
 * given, so nobody else has to know which it is.
 */
final class Doorbell implements AutoCloseable {
    private static final int EFD_CLOEXEC = 0x80000;
    private static final int EFD_NONBLOCK = 0x800;

    private final Fd watched;
    private final Fd button;
    private final int number;
    private final Turnstile door = new Turnstile(this::end);
    private final ByteBuffer one = Libc.struct(Long.BYTES).putLong(0, 1);
    private final long oneAddress = Libc.address(one);
    private final ByteBuffer drain = ByteBuffer.allocateDirect(64);

    private Doorbell(Fd watched, Fd button) {
        this.watched = watched;
        this.button = button;
        this.number = button.number();
    }

    /**
     * A new one.
     *
     * @throws UncheckedIOException with an {@link ErrnoException} if the system refuses
     */
    static Doorbell open() {
        int number = eventfd();
        if (number >= 0) {
            Fd eventfd = Fd.opened(number, "eventfd " + number);
            return new Doorbell(eventfd, eventfd);
        }
        if (!SystemFilter.refuses(number)) {
            throw new ErrnoException("eventfd", "", -number).unchecked();
        }
        try {
            Pipe pipe = Pipe.open();
            return new Doorbell(pipe.source(), pipe.sink());
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    private static int eventfd() {
        return System.getProperty("os.name", "").equals("Linux")
                ? Libc.orErrno(Libc.functions().eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
                : -Libc.ENOSYS;
    }

    /** What is readable once it has rung. */
    int number() {
        return watched.number();
    }

    /**
     * Makes it readable. Any thread. A late one must not write into a number that belongs to
     * somebody else by then, so the last one inside closes.
     */
    void ring() {
        if (door.enter()) {
            try {
                Libc.write(
                        number, oneAddress, Long.BYTES); // EAGAIN: it is full, which wakes as well
            } finally {
                door.leave();
            }
        }
    }

    /** All of them: any number of rings before a poll ends that one, and no other. Loop only. */
    void silence() {
        while (Libc.read(watched.number(), drain.clear()) == drain.capacity()) {}
    }

    @Override
    public void close() {
        door.close();
    }

    private void end() {
        button.close();
        watched.close();
    }

    @Override
    public String toString() {
        return watched.toString();
    }
}
