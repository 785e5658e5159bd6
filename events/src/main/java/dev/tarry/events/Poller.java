package dev.tarry.events;

import dev.tarry.events.libc.Libc;

/**
 * The operating system's way to tell that file descriptors are ready: the contract that every
 * backend meets, and that one contract test holds all of them to.
 *
 * <p><b>Threads.</b> Everything is for the loop only, but {@link #wakeup}, which is for any thread,
 * also while another one is in {@link #poll}, and harmless after {@link #close}.
 *
 * <p><b>Tokens.</b> Each registration carries a 64-bit token of the caller's, any but -1, which
 * comes back with what happened. A poller never looks into it. It may report a token that was
 * deregistered a moment ago (the batch was already read); the caller drops tokens it no longer
 * knows.
 *
 * <p><b>Spurious reports</b> are allowed: ready, and then not. Lost ones are not: if a descriptor
 * is ready for something its registration asks for when {@code poll} is called, or gets ready
 * meanwhile, a {@code poll} reports it. At most one report for each registration and call.
 *
 * <p>Bits are those of {@link Readiness}. Hang-up and error are reported whether asked for or not.
 */
public interface Poller extends AutoCloseable {

    /** Told of each ready registration, on the loop, from within {@link #poll}. */
    interface Sink {
        /**
         * Some of what a registration asks for is ready, or has failed.
         *
         * @param token as given at registration
         * @param readiness bits of {@link Readiness}
         */
        void ready(long token, int readiness);

        /**
         * Something happened that was asked for by {@link #watch}.
         *
         * @param detail see {@link Subject}
         */
        default void happened(Subject subject, int ident, long detail) {}
    }

    /** What some pollers tell of besides descriptors. */
    enum Subject {
        /** A process, by its pid: its end, once, with the status that wait(2) would give. */
        PROCESS,

        /** The file behind a descriptor of ours, by its number: that it has changed. */
        FILE
    }

    /**
     * Begins to report {@code fd}, once: after one report it is silent until {@link #rearm}. For
     * descriptors that belong to somebody else.
     *
     * @return 0, or a negative errno (EBADF, EPERM for a file that is always ready, EOPNOTSUPP for
     *     priority data where nothing tells it, ENOMEM, ENOSPC)
     */
    int addOneShot(int fd, int interest, long token);

    /**
     * Asks for one more report. Does what {@link #addOneShot} does if the registration has gone
     * (closed behind our back and opened again).
     *
     * @return 0, or a negative errno
     */
    int rearm(int fd, int interest, long token);

    /**
     * Begins to report {@code fd} whenever it becomes readable or writable (edges), and once at the
     * beginning for what it is ready for already. For descriptors that are ours alone.
     *
     * @return 0, or a negative errno
     */
    int addEdge(int fd, long token);

    /**
     * Somebody waits for a descriptor that was added by {@link #addEdge}, which was found not
     * ready. For pollers that must be asked again for each report; those with real edges ignore it.
     */
    default void expect(int fd, int interest) {}

    /**
     * Ends the reports. To be called before the descriptor is closed; an unknown one is no error.
     */
    void remove(int fd);

    /**
     * Sleeps until something is ready, {@link #wakeup} is called, or the time is over; then tells
     * {@code sink}. Returning early is allowed; the caller knows its deadlines.
     *
     * @param timeoutNanos 0 looks and does not sleep; negative sleeps without limit. A timeout is
     *     rounded up to what the system can do, never down.
     */
    void poll(long timeoutNanos, Sink sink);

    /**
     * Begins to tell of {@code subject}, until {@link #unwatch}. Again is no different from once.
     *
     * @return 0, or a negative errno: EOPNOTSUPP where this poller tells of descriptors only
     */
    default int watch(Subject subject, int ident) {
        return -Libc.EOPNOTSUPP;
    }

    /** Ends that, before a descriptor is closed. What has happened by now may still be told. */
    default void unwatch(Subject subject, int ident) {}

    /** What registers, in the words of the system: for messages about what it refused. */
    default String registrationCall() {
        return "register";
    }

    /**
     * A descriptor that poll(2) and its like find readable while {@link #poll} has something to
     * tell or was woken, for a loop inside another loop; -1 where there is none.
     */
    default int fd() {
        return -1;
    }

    /** Ends the current {@link #poll}, or the next one if there is none. Any thread. */
    void wakeup();

    /** Releases all it holds. The registered descriptors stay open. */
    @Override
    void close();
}
