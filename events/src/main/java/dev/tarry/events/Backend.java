package dev.tarry.events;

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
    };

    /** Whether this machine has it. */
    public abstract boolean isAvailable();

    /** A new poller. Throws {@link ErrnoException} if the system refuses (EMFILE, ENOMEM). */
    public abstract Poller open();

    /** The one to use here. */
    public static Backend choose() {
        String wanted = System.getProperty("tarry.backend");
        for (Backend backend : values()) {
            if (wanted != null ? backend.name().equalsIgnoreCase(wanted) : backend.isAvailable()) {
                return backend;
            }
        }
        throw new UnsupportedOperationException(
                wanted != null
                        ? "no backend is called '" + wanted + "'; tarry.backend can be epoll"
                        : "Tarry has no event backend for "
                                + System.getProperty("os.name")
                                + " yet; it runs on Linux");
    }
}
