package dev.tarry.events;

import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Waits for a descriptor of ours to be readable, for no task: whenever there may be something, it
 * has some of it read; the rest on a later turn, so that the tasks run in between. Loop only.
 */
final class FdReader extends Waiter {
    /** What to do. */
    interface Source {
        /**
         * Reads some.
         *
         * @return whether there may be more
         * @throws IOException if it failed, which is nobody's task's fault: it stops the loop
         */
        boolean readSome() throws IOException;
    }

    private final Reactor reactor;
    private final Fd fd;
    private final Source source;

    private FdReader(Reactor reactor, Fd fd, Source source) {
        this.reactor = reactor;
        this.fd = fd;
        this.source = source;
    }

    /**
     * Begins to read.
     *
     * @throws ErrnoException if the system will not tell of {@code fd}, which is then closed
     */
    static FdReader start(Reactor reactor, Fd fd, Source source) throws ErrnoException {
        FdReader reader = new FdReader(reactor, fd, source);
        try {
            fd.slot(reactor); // registers it, or says why not: arming would only wake a deaf reader
        } catch (ErrnoException e) {
            fd.close();
            throw e;
        }
        fd.readable().arm(reader);
        return reader;
    }

    /** Ends it, and closes the descriptor. */
    void stop() {
        fd.readable().disarm(this);
        fd.close();
    }

    @Override
    public Reactor reactor() {
        return reactor;
    }

    @Override
    public BaseEvent<?> event() {
        return fd.readable();
    }

    @Override
    public void wake() {
        if (!fd.isOpen()) {
            return;
        }
        try {
            boolean more = source.readSome();
            if (!fd.isOpen()) {
                return; // what it has read has ended it
            }
            if (more) {
                reactor.post(this::wake);
            } else {
                reactor.fds().expect(fd.number(), Readiness.READ);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean commit(Outcome<?> outcome) {
        throw new IllegalStateException("readiness is not a claim");
    }
}
