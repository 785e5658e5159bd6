package dev.tarry.bench.servers;

/** How often each delay came: 32 buckets for each power of two, so within three percent. */
final class Histogram {
    private final long[] buckets = new long[64 * 32];
    private long count;

    void record(long nanos) {
        count++;
        int exponent = Math.max(0, 58 - Long.numberOfLeadingZeros(nanos));
        buckets[exponent * 32 + (int) (nanos >> exponent)]++;
    }

    long count() {
        return count;
    }

    /** In microseconds. */
    double percentile(double share) {
        long left = (long) (share * count);
        int i = 0;
        while ((left -= buckets[i]) >= 0 && i < buckets.length - 1) {
            i++;
        }
        int exponent = i < 64 ? 0 : i / 32 - 1;
        return ((long) (i - exponent * 32) << exponent) / 1000.0;
    }

    /** The last line of a load client. */
    void print(long nanos) {
        System.out.println("END");
        System.out.printf(
                java.util.Locale.ROOT,
                "%d %.6f %.3f %.3f %.3f%n",
                count,
                nanos / 1e9,
                percentile(.5),
                percentile(.99),
                percentile(.999));
    }
}
