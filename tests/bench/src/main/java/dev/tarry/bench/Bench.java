package dev.tarry.bench;

import dev.tarry.bench.report.Table;

import java.time.Duration;

/** One thing that {@code ./tarry bench} measures. */
public interface Bench {
    /** How it is called on the command line. */
    String name();

    /** One sentence on what it measures. */
    String what();

    /** How long it takes, about. */
    Duration time(Effort effort);

    /** Measures. */
    Table run(Effort effort) throws Exception;
}
