package dev.tarry.bench.programs;

import dev.tarry.bench.Bench;
import dev.tarry.bench.Tools;
import dev.tarry.bench.report.Row;
import dev.tarry.bench.report.Table;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What a task costs that does nothing but wait, each kind in a JVM of its own. */
public final class HeapBench implements Bench {
    private static final int COUNT = 100_000;
    private static final List<String> FLAGS =
            List.of(
                    "-XX:+UseSerialGC",
                    "-Xmx2g",
                    "--enable-native-access=ALL-UNNAMED",
                    "--add-opens",
                    "java.base/java.lang=ALL-UNNAMED");

    @Override
    public String name() {
        return "heap";
    }

    @Override
    public String what() {
        return "What a parked task holds in the heap.";
    }

    @Override
    public Duration time(boolean quick) {
        return Duration.ofSeconds(20);
    }

    @Override
    public Table run(boolean quick) throws Exception {
        List<Row> rows =
                List.of(
                        measure("Tarry, loop carrier", "tarry", "-Dtarry.carrier=loop"),
                        measure("Tarry, handoff carrier", "tarry", "-Dtarry.carrier=handoff"),
                        measure("JDK virtual threads", "jdk"));
        return new Table(
                name(),
                what(),
                List.of("bytes of heap per task", "bytes resident per task"),
                "JDK virtual threads",
                rows,
                List.of(
                        "A Tarry task waits for a channel; the virtual thread is in"
                                + " LockSupport.park, with nothing around it."));
    }

    private static Row measure(String name, String kind, String... more)
            throws IOException, InterruptedException {
        List<String> flags = new ArrayList<>(FLAGS);
        flags.addAll(List.of(more));
        List<String> command = Tools.java(Parked.class, flags, kind, String.valueOf(COUNT));
        Process process = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
        String line = process.inputReader().readLine();
        if (process.waitFor() != 0 || line == null) {
            throw new IOException(name + " has failed");
        }
        return new Row("", name, Stream.of(line.split(" ")).map(Double::valueOf).toList());
    }
}
