package dev.tarry.testkit;

import java.time.Duration;

/** Says every ten seconds how far many runs have come, and how fast; nothing about short ones. */
final class Progress {
    private static final long INTERVAL = Duration.ofSeconds(10).toNanos();

    private final String name;
    private final long all;
    private final long begin = System.nanoTime();
    private long said = begin;

    Progress(String name, long all) {
        this.name = name;
        this.all = all;
    }

    void say(long done) {
        long now = System.nanoTime();
        boolean end = done == all && said != begin;
        if (now - said >= INTERVAL || end) {
            said = now;
            double seconds = (now - begin) / 1e9;
            System.out.printf(
                    "%s: %,d of %,d seeds in %.0f s, %,.0f per second%n",
                    name, done, all, seconds, done / seconds);
        }
    }
}
