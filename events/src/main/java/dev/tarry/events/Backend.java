package dev.tarry.events;

import dev.tarry.events.libc.Kqueue;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Which facility of the operating system is used: the only place that chooses.
 *
 * <p>The system property {@code tarry.backend} names one (in lower case) and overrides the choice.
 */
public enum Backend {
    /** Linux: epoll(7). */
    EPOLL {
        @Override
        public boolean isAvailable() {
            return System.getProperty("os.name", "").equals("Linux");
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

    /** Whether this machine has it. */
    public abstract boolean isAvailable();

    /**
     * A new poller.
     *
     * @throws java.io.UncheckedIOException with an {@link ErrnoException} if the system refuses
     *     (EMFILE, ENOMEM)
     */
    public abstract Poller open();

    /** The one to use here. */
    public static Backend choose() {
        String wanted = System.getProperty("tarry.backend");
        for (Backend backend : values()) {
            if (wanted != null ? backend.name().equalsIgnoreCase(wanted) : backend.isAvailable()) {
                return backend;
            }
        }
        throw new IllegalArgumentException(
                "no backend is called '" + wanted + "'; tarry.backend can be " + names());
    }

    private static String names() {
        return Arrays.stream(values())
                .map(b -> b.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(" or "));
    }
}
