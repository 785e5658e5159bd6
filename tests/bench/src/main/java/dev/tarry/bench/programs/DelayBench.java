package dev.tarry.bench.programs;

import dev.tarry.bench.Bench;
import dev.tarry.bench.Effort;
import dev.tarry.bench.report.Contestants;
import dev.tarry.bench.report.Medians;
import dev.tarry.bench.report.Table;
import dev.tarry.runtime.Tarry;

import java.time.Duration;
import java.util.List;

/** How soon a task knows that a child, a signal, a thread or a path has something to tell. */
public final class DelayBench implements Bench {

    /** Waits again and again, and notes the delays. */
    private interface Waiter {
        void run(Delays delays) throws Exception;
    }

    private record Kind(String name, Waiter tarry, String jdkName, Waiter jdk) {}

    private static final List<Kind> KINDS =
            List.of(
                    new Kind(
                            "child exit",
                            TarryDelays::childExit,
                            "JDK Process.onExit",
                            JdkDelays::childExit),
                    new Kind(
                            "signal",
                            TarryDelays::signal,
                            "JDK sun.misc.Signal and a queue",
                            JdkDelays::signal),
                    new Kind(
                            "thread end",
                            TarryDelays::threadEnd,
                            "JDK Thread.join",
                            JdkDelays::threadEnd),
                    new Kind(
                            "path change",
                            TarryDelays::pathChange,
                            "JDK WatchService",
                            JdkDelays::pathChange));

    @Override
    public String name() {
        return "wait";
    }

    @Override
    public String what() {
        return "From the cause to the waiter that goes on, beside the means of the JDK.";
    }

    @Override
    public Duration time(Effort effort) {
        return Duration.ofSeconds((long) effort.rounds() * effort.pick(12, 3, 1));
    }

    @Override
    public Table run(Effort effort) throws Exception {
        int times = effort.pick(200, 30, 2);
        Medians medians = new Medians();
        for (int round = 1; round <= effort.rounds(); round++) {
            for (Kind kind : KINDS) {
                effort.progress("round %d of %d: %s", round, effort.rounds(), kind.name);
                onCarrier(medians, kind, "loop", Contestants.LOOP, times);
                onCarrier(medians, kind, "handoff", Contestants.HANDOFF, times);
                measure(medians, kind, kind.jdkName, kind.jdk, times);
            }
        }
        return new Table(
                name(),
                what(),
                List.of("µs, median", "spread %", "µs, 99 %"),
                Contestants.LOOP,
                medians.rows(),
                List.of("Most of it is the system's: a child has to die, a thread to be woken."));
    }

    private static void onCarrier(
            Medians medians, Kind kind, String carrier, String name, int times) throws Exception {
        System.setProperty("tarry.carrier", carrier);
        measure(medians, kind, name, delays -> Tarry.run(() -> kind.tarry.run(delays)), times);
    }

    private static void measure(Medians medians, Kind kind, String name, Waiter waiter, int times)
            throws Exception {
        waiter.run(new Delays(times / 2)); // to warm up
        Delays delays = new Delays(times);
        waiter.run(delays);
        medians.add(kind.name, name, delays.percentile(.5), delays.percentile(.99));
    }
}
