package dev.tarry.stress;

import dev.tarry.runtime.Body;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.Scheduler;

import org.jspecify.annotations.Nullable;

import java.io.PrintStream;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;

/** One run of a program: how often, with which seed; it is told how far the program has come. */
public final class Run {
    private static final long SECOND = 1_000_000_000L;

    // Immutable.
    private final String name;
    private final long count;
    private final long seed;
    private final Random random;
    private final @Nullable PrintStream out;
    private final long began = System.nanoTime();
    private final List<Scheduler> schedulers = new CopyOnWriteArrayList<>();

    // Any thread.
    private volatile long done;
    private volatile long progressAt = began;
    private volatile long printedAt = began;

    /**
     * @param out where progress is printed; null for nowhere
     */
    Run(String name, long count, long seed, @Nullable PrintStream out) {
        this.name = name;
        this.count = count;
        this.seed = seed;
        this.random = new Random(seed);
        this.out = out;
    }

    /** How often. */
    public long count() {
        return count;
    }

    /** The seed; for further generators. */
    public long seed() {
        return seed;
    }

    /** The generator of the tasks, which run one at a time; a thread has its own. */
    public Random random() {
        return random;
    }

    /** A scheduler that is dumped if nothing happens any more. */
    public void watch(Scheduler scheduler) {
        schedulers.add(scheduler);
    }

    /** It is over. */
    public void forget(Scheduler scheduler) {
        schedulers.remove(scheduler);
    }

    /** {@link Tarry#run}, watched. */
    public void tarry(Body main) {
        Tarry.run(
                () -> {
                    Scheduler scheduler = Scheduler.current();
                    watch(scheduler);
                    try {
                        main.run();
                    } finally {
                        forget(scheduler);
                    }
                });
    }

    /** So many are done; a line every other second. Any thread, one at a time. */
    public void progress(long soFar) {
        long now = System.nanoTime();
        done = soFar;
        progressAt = now;
        if (now - printedAt > 2 * SECOND) {
            printedAt = now;
            say("%,d of %,d", soFar, count);
        }
    }

    /** A line for whoever watches. */
    public void say(String format, @Nullable Object... arguments) {
        progressAt = System.nanoTime();
        if (out != null) {
            String line = String.format(format, arguments);
            out.printf("%-12s %6.1f s  %s%n", name, seconds(), line);
        }
    }

    /** Since it began. */
    public double seconds() {
        return (System.nanoTime() - began) / (double) SECOND;
    }

    /** For how long nothing was heard of it. */
    long silentNanos() {
        return System.nanoTime() - progressAt;
    }

    /** Who it is, how far it has come, and what its tasks wait for. */
    String describe() {
        StringBuilder text = new StringBuilder(toString());
        text.append(String.format(", %,d done%n", done));
        for (Scheduler scheduler : schedulers) {
            text.append(scheduler.dump()).append('\n');
        }
        return text.toString();
    }

    /** The account must balance. */
    public static void check(boolean balanced, String format, @Nullable Object... arguments) {
        if (!balanced) {
            throw new AssertionError(String.format(format, arguments));
        }
    }

    @Override
    public String toString() {
        return name + " --count " + count + " --seed " + seed;
    }
}
