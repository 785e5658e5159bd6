package dev.tarry.bench.programs;

import dev.tarry.bench.Bench;
import dev.tarry.bench.Effort;
import dev.tarry.bench.GoLoops;
import dev.tarry.bench.Tools;
import dev.tarry.bench.report.Contestants;
import dev.tarry.bench.report.Medians;
import dev.tarry.bench.report.Table;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What a task costs that does nothing but wait, each kind in a JVM of its own. */
public final class HeapBench implements Bench {
    private static final List<String> FLAGS =
            List.of(
                    "-XX:+UseSerialGC",
                    "--sun-misc-unsafe-memory-access=allow"); // kotlinx.coroutines

    private final Medians rows = new Medians();
    private final List<String> failures = new ArrayList<>();

    @Override
    public String name() {
        return "heap";
    }

    @Override
    public String what() {
        return "What a task holds in the heap that is parked and waits for one channel.";
    }

    @Override
    public Duration time(Effort effort) {
        return Duration.ofSeconds(effort.pick(60, 60, 5)); // once, for it is always the same
    }

    @Override
    public Table run(Effort effort) throws Exception {
        Tools tools = new Tools();
        many(effort.pick(100_000, 100_000, 1000), effort, tools);
        if (!effort.isSmoke()) {
            million(effort);
            timers(effort);
        }
        List<String> notes = new ArrayList<>();
        notes.add(
                "Each kind has run for a while before, for frames of compiled methods are smaller."
                        + " A goroutine's stack is counted with its heap. Resident is with the"
                        + " garbage.");
        tools.missing().forEach(one -> notes.add("Not measured: " + one));
        failures.forEach(one -> notes.add("Failed: " + one));
        return new Table(
                name(),
                what(),
                List.of("bytes of heap each", "spread %", "bytes resident each"),
                Contestants.LOOP,
                rows.rows(),
                notes);
    }

    private void many(int count, Effort effort, Tools tools) throws Exception {
        String group = String.format("%,d parked", count);
        measure(effort, group, Contestants.LOOP, "tarry", count, "loop", "-Xmx2g");
        if (effort.isSmoke()) {
            return;
        }
        measure(effort, group, Contestants.HANDOFF, "tarry", count, "handoff", "-Xmx2g");
        measure(effort, group, "kotlinx.coroutines", "kotlinx", count, "loop", "-Xmx2g");
        measure(effort, group, "JDK SynchronousQueue", "jdkQueue", count, "loop", "-Xmx2g");
        measure(effort, group, "JDK LockSupport.park", "jdkPark", count, "loop", "-Xmx2g");
        measure(effort, group, Contestants.JOX, "jox", count, "loop", "-Xmx2g");
        GoLoops go = GoLoops.compile(tools);
        if (go != null) {
            effort.progress("%s: %s", group, Contestants.GO);
            add(group, Contestants.GO, go.parked(count));
        }
    }

    private void million(Effort effort) {
        String group = "1,000,000 parked, -Xmx1500m";
        int count = 1_000_000;
        measure(effort, group, Contestants.LOOP, "tarry", count, "loop", "-Xmx1500m");
        measure(effort, group, Contestants.HANDOFF, "tarry", count, "handoff", "-Xmx1500m");
        measure(effort, group, "JDK SynchronousQueue", "jdkQueue", count, "loop", "-Xmx1500m");
    }

    private void timers(Effort effort) {
        String group = "5,000,000 timers set and cancelled";
        measure(effort, group, Contestants.LOOP, "timers", 5_000_000, "loop", "-Xmx2g");
    }

    private void measure(
            Effort effort,
            String group,
            String name,
            String kind,
            int count,
            String carrier,
            String heap) {
        effort.progress("%s: %s", group, name);
        List<String> flags = Tools.tarry(carrier, FLAGS);
        flags.add(heap);
        List<String> command = Tools.java(Parked.class, flags, kind, String.valueOf(count));
        try {
            Process process = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
            String line = process.inputReader().readLine();
            if (process.onExit().join().exitValue() != 0 || line == null) {
                throw new IOException("ended without a result");
            }
            add(group, name, Stream.of(line.split(" ")).map(Double::valueOf).toList());
        } catch (IOException e) {
            failures.add(name + ", " + group + ": " + e.getMessage() + ".");
        }
    }

    private void add(String group, String name, List<Double> figures) {
        rows.add(group, name, figures.get(0), figures.get(1));
    }
}
