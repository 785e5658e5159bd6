package dev.tarry.bench.report;

/** The names of those that the goals speak of. */
public final class Contestants {
    public static final String LOOP = "Tarry, loop carrier";
    public static final String HANDOFF = "Tarry, handoff carrier";
    public static final String HANDOFF_ONE = "Tarry, handoff carrier, one processor";
    public static final String TARRY = "Tarry";
    public static final String RAW = "raw continuation";
    public static final String JDK = "JDK virtual threads";
    public static final String JDK_ONE = "JDK virtual threads, one processor";
    public static final String JOX = "Jox";
    public static final String GO = "Go";
    public static final String C_LOOP = "C, epoll loop";
    public static final String NETTY_EPOLL = "Netty, epoll";

    private Contestants() {}
}
