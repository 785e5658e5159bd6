package dev.tarry.events;

import dev.tarry.events.internal.Settings;
import dev.tarry.events.libc.Kqueue;

import java.lang.System.Logger.Level;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Which facility of the operating system is used: the only place that chooses.
 *
 * <p>The system property {@code tarry.backend} names one (in lower case) and overrides the choice.
 */
public enum Backend {
    /** Linux: epoll(7), unless a filter of system calls forbids it. */
    EPOLL {
        @Override
        public boolean isAvailable() {
            return isLinux() && EpollPoller.refusal().isEmpty();
        }

        @Override
        public boolean isForbidden() {
            return isLinux() && EpollPoller.refusal().isPresent();
        }

        @Override
        public Poller open() {
            return EpollPoller.open();
        }
    },

    /**
     * macOS, FreeBSD: kqueue(2). Elsewhere if the system property {@code tarry.kqueue.library}
     * names a library that emulates it.
     */
    KQUEUE {
        @Override
        public boolean isAvailable() {
            return Kqueue.isAvailable();
        }

        @Override
        public Poller open() {
            return KqueuePoller.open();
        }
    },

    /** poll(2): slow with many descriptors, and everywhere. */
    POLL {
        @Override
        public boolean isAvailable() {
            return true;
        }

        @Override
        public Poller open() {
            return PollPoller.open();
        }
    };

    private static final AtomicBoolean WARNED = new AtomicBoolean();

    /** Whether this machine has it, and lets us use it. */
    public abstract boolean isAvailable();

    /** Whether the system has it, but a filter of system calls does not let us use it. */
    public boolean isForbidden() {
        return false;
    }

    /**
     * A new poller.
     *
     * @throws java.io.UncheckedIOException with an {@link ErrnoException} if the system refuses
     *     (EMFILE, ENOMEM)
     */
    public abstract Poller open();

    /**
     * The one to use here. Where the system has epoll and a filter forbids it, a warning says so
     * once.
     */
    public static Backend choose() {
        String wanted = Settings.backend();
        if (!wanted.isEmpty()) {
            return valueOf(wanted.toUpperCase(Locale.ROOT)).requireSystem();
        }
        for (Backend backend : values()) {
            if (backend.isAvailable()) {
                if (EPOLL.isForbidden()) {
                    warnOnce(backend);
                }
                return backend;
            }
        }
        throw new AssertionError("poll is everywhere");
    }

    /** Somebody has asked for it. That a filter forbids it, {@link #open} tells. */
    private Backend requireSystem() {
        if (this == KQUEUE && !isAvailable()) {
            throw new SettingException("tarry.backend cannot be kqueue: " + Kqueue.lacking());
        }
        if (this == EPOLL && !isLinux()) {
            throw new SettingException("tarry.backend cannot be epoll: only Linux has it");
        }
        return this;
    }

    private static boolean isLinux() {
        return System.getProperty("os.name", "").equals("Linux");
    }

    private static void warnOnce(Backend instead) {
        if (!WARNED.getAndSet(true)) {
            EpollPoller.refusal()
                    .ifPresent(
                            why ->
                                    System.getLogger("dev.tarry")
                                            .log(
                                                    Level.WARNING,
                                                    instead.name().toLowerCase(Locale.ROOT)
                                                            + " is used instead of epoll: "
                                                            + why.getMessage()));
        }
    }
}
