package dev.tarry.bench;

import dev.tarry.bench.report.Row;
import dev.tarry.bench.report.Table;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A class of JMH benchmarks, whose methods are the contestants.
 *
 * @param name how it is called
 * @param what one sentence
 * @param type the class
 */
record MicroBench(String name, String what, Class<?> type) implements Bench {
    private static final Map<String, String> CONTESTANTS =
            Map.ofEntries(
                    Map.entry("tarry", "Tarry"),
                    Map.entry("tarryLoop", "Tarry, loop carrier"),
                    Map.entry("tarryHandoff", "Tarry, handoff carrier"),
                    Map.entry("tarryHandoffOneCarrier", "Tarry, handoff, one JDK carrier"),
                    Map.entry("rawContinuation", "raw continuation"),
                    Map.entry("jdk", "JDK virtual threads"),
                    Map.entry("jdkOneCarrier", "JDK virtual threads, one carrier"),
                    Map.entry("jdkSynchronousQueue", "JDK SynchronousQueue, one carrier"),
                    Map.entry("jdkArrayBlockingQueue", "JDK ArrayBlockingQueue, one carrier"),
                    Map.entry("jdkExecutor", "JDK cached pool and Future.get"),
                    Map.entry("jdkScheduledPool", "JDK ScheduledThreadPoolExecutor"),
                    Map.entry("jox", "Jox, one carrier"),
                    Map.entry("kotlinx", "kotlinx.coroutines, runBlocking"),
                    Map.entry("nettyWheel", "Netty HashedWheelTimer"));

    @Override
    public Duration time(boolean quick) {
        long methods =
                Arrays.stream(type.getMethods())
                        .filter(m -> m.isAnnotationPresent(Benchmark.class))
                        .count();
        long runs = methods;
        for (var field : type.getFields()) {
            Param values = field.getAnnotation(Param.class);
            runs *= values == null ? 1 : values.value().length;
        }
        return Duration.ofSeconds(runs * (quick ? 2 : 10));
    }

    @Override
    public Table run(boolean quick) throws Exception {
        Path log = Files.createTempFile("tarry-bench-" + name, ".log");
        ChainedOptionsBuilder options =
                new OptionsBuilder()
                        .include("^" + type.getName() + "\\.")
                        .addProfiler(GCProfiler.class)
                        .output(log.toString())
                        .shouldFailOnError(true);
        if (quick) {
            TimeValue moment = TimeValue.milliseconds(200);
            options.warmupIterations(1).warmupTime(moment);
            options.measurementIterations(2).measurementTime(moment);
        }
        List<Row> rows = new Runner(options.build()).run().stream().map(MicroBench::row).toList();
        Files.delete(log);
        return new Table(
                name,
                what,
                List.of("ns per operation", "± (99.9 %)", "bytes allocated"),
                baseline(rows),
                rows.stream().sorted((a, b) -> order(a) - order(b)).toList(),
                List.of());
    }

    private static Row row(RunResult result) {
        String method = result.getParams().getBenchmark().replaceAll(".*\\.", "");
        String group =
                result.getParams().getParamsKeys().stream()
                        .map(key -> result.getParams().getParam(key) + " " + key)
                        .reduce("", (a, b) -> a + b);
        Result<?> time = result.getPrimaryResult();
        Result<?> bytes = result.getSecondaryResults().get("gc.alloc.rate.norm");
        return new Row(
                group,
                CONTESTANTS.getOrDefault(method, method),
                List.of(
                        time.getScore(),
                        time.getScoreError(),
                        bytes == null ? Double.NaN : bytes.getScore()));
    }

    /** Ours first, by the group, which is a number. */
    private static int order(Row row) {
        int group = row.group().isEmpty() ? 0 : Integer.parseInt(row.group().split(" ", 2)[0]);
        return 2 * group + (row.name().startsWith("Tarry") ? 0 : 1);
    }

    private static String baseline(List<Row> rows) {
        return rows.stream().anyMatch(row -> row.name().equals("Tarry"))
                ? "Tarry"
                : CONTESTANTS.get("tarryLoop");
    }
}
