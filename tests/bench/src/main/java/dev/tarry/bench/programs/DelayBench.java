package dev.tarry.bench.programs;

import dev.tarry.bench.Bench;
import dev.tarry.bench.report.Row;
import dev.tarry.bench.report.Table;
import dev.tarry.runtime.Tarry;

import java.time.Duration;
import java.util.ArrayList;
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
    public Duration time(boolean quick) {
        return Duration.ofSeconds(quick ? 3 : 30);
    }

    @Override
    public Table run(boolean quick) throws Exception {
        int rounds = quick ? 30 : 500;
        List<Row> rows = new ArrayList<>();
        for (Kind kind : KINDS) {
            for (String carrier : List.of("loop", "handoff")) {
                System.setProperty("tarry.carrier", carrier);
                Waiter inTask = delays -> Tarry.run(() -> kind.tarry.run(delays));
                rows.add(measure(kind, "Tarry, " + carrier + " carrier", inTask, rounds));
            }
            rows.add(measure(kind, kind.jdkName, kind.jdk, rounds));
        }
        return new Table(
                name(),
                what(),
                List.of("µs, median", "µs, 99 %"),
                "Tarry, loop carrier",
                rows,
                List.of("Most of it is the system's: a child has to die, a thread to be woken."));
    }

    private static Row measure(Kind kind, String name, Waiter waiter, int rounds) throws Exception {
        waiter.run(new Delays(rounds / 3)); // to warm up
        Delays delays = new Delays(rounds);
        waiter.run(delays);
        return new Row(kind.name, name, List.of(delays.percentile(.5), delays.percentile(.99)));
    }
}
