package dev.tarry.events;

import dev.tarry.events.libc.Libc;

import java.io.IOException;

/**
 * Both ends of a new pipe, non-blocking and close-on-exec.
 *
 * @param source to read from
 * @param sink to write to
 */
public record Pipe(Fd source, Fd sink) implements AutoCloseable {

    /**
     * A new pipe.
     *
     * @throws IOException if no descriptor is left, among other things; it names the call and the
     *     errno
     */
    public static Pipe open() throws IOException {
        int[] fds = new int[2];
        int result = Libc.orErrno(Libc.functions().pipe2(fds, Libc.O_CLOEXEC | Libc.O_NONBLOCK));
        if (result < 0) {
            throw new ErrnoException("pipe2", "", -result);
        }
        return new Pipe(
                Fd.opened(fds[0], "pipe source fd " + fds[0]),
                Fd.opened(fds[1], "pipe sink fd " + fds[1]));
    }

    /** Closes both ends. */
    @Override
    public void close() {
        source.close();
        sink.close();
    }
}
