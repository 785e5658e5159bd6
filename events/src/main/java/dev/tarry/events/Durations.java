package dev.tarry.events;

import java.time.Duration;

/** Durations as nanoseconds, without surprises at the ends. */
public final class Durations {
    // Half the range, so that the difference of two points in time never overflows.
    private static final long LONGEST = Long.MAX_VALUE / 2;

    private Durations() {}

    /** The nanoseconds of {@code d}; negative is 0, and more than 146 years is 146 years. */
    public static long nanos(Duration d) {
        if (d.isNegative()) {
            return 0;
        }
        // toNanos throws beyond 292 years.
        return d.getSeconds() >= LONGEST / 1_000_000_000L ? LONGEST : d.toNanos();
    }

    /** Short, for people: 1.5s, 0.02s, 2h5m. */
    public static String text(Duration d) {
        return d.toString().substring(2).toLowerCase(java.util.Locale.ROOT);
    }
}
