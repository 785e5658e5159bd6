package dev.tarry.bench;

import dev.tarry.bench.report.Contestants;
import dev.tarry.bench.report.Medians;
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

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * A class of JMH benchmarks, whose methods are the contestants, and the same loop in Go. They take
 * turns: each round runs each of them in a process of its own.
 *
 * @param name how it is called
 * @param what one sentence
 * @param type the class
 * @param go for how many events Go has the loop, in go/micro.go; empty if it has none
 */
record MicroBench(String name, String what, Class<?> type, List<Integer> go) implements Bench {
    private static final Map<String, String> CONTESTANTS =
            Map.ofEntries(
                    Map.entry("tarry", Contestants.TARRY),
                    Map.entry("tarryLoop", Contestants.LOOP),
                    Map.entry("tarryTyped", "Tarry, typed choice"),
                    Map.entry("tarryHandoff", Contestants.HANDOFF),
                    Map.entry("tarryHandoffOneProcessor", Contestants.HANDOFF_ONE),
                    Map.entry("rawContinuation", Contestants.RAW),
                    Map.entry("jdk", Contestants.JDK),
                    Map.entry("jdkOneProcessor", Contestants.JDK_ONE),
                    Map.entry("jdkSynchronousQueue", "JDK SynchronousQueue, virtual threads"),
                    Map.entry("jdkArrayBlockingQueue", "JDK ArrayBlockingQueue, virtual threads"),
                    Map.entry("jdkExecutor", "JDK cached pool and Future.get"),
                    Map.entry("jdkScheduledPool", "JDK ScheduledThreadPoolExecutor"),
                    Map.entry("jox", Contestants.JOX),
                    Map.entry("joxTyped", "Jox, with a function for each clause"),
                    Map.entry("kotlinx", "kotlinx.coroutines, runBlocking"),
                    Map.entry("nettyWheel", "Netty HashedWheelTimer"));

    /** One contestant with one value of the parameter, if there is one. */
    private record Cell(String method, String parameter, String value) {
        boolean takesLong() {
            return parameter.equals("events") && Integer.parseInt(value) > 10;
        }

        String group() {
            return parameter.isEmpty() ? "" : MicroBench.group(parameter, Integer.parseInt(value));
        }
    }

    private static String group(String parameter, int value) {
        String unit = value == 1 ? parameter.replaceFirst("s$", "") : parameter;
        return String.format("%,d %s", value, unit);
    }

    @Override
    public Duration time(Effort effort) {
        int each = effort.pick(5_700, 1_900, 100);
        int ofGo = effort.pick(2_000, 500, 0);
        long round = (long) cells().size() * each + (long) go.size() * ofGo;
        return Duration.ofMillis(effort.rounds() * round);
    }

    @Override
    public Table run(Effort effort) throws Exception {
        Tools tools = new Tools();
        Medians medians = new Medians();
        GoLoops loops = go.isEmpty() || effort.isSmoke() ? null : GoLoops.compile(tools);
        for (int round = 1; round <= effort.rounds(); round++) {
            for (Cell cell : cells()) {
                if (effort.isSmoke() && cell.takesLong()) {
                    continue;
                }
                add(medians, effort, round, cell.group(), measure(cell, effort));
            }
            for (int events : loops == null ? List.<Integer>of() : go) {
                String group = events == 0 ? "" : group("events", events);
                Row row = new Row(group, Contestants.GO, loops.measure(name, events, effort));
                add(medians, effort, round, group, row);
            }
        }
        return table(medians, tools.missing());
    }

    private static void add(Medians medians, Effort effort, int round, String group, Row row) {
        double nanos = row.values().get(0);
        medians.add(group, row.name(), nanos, row.values().get(1));
        effort.progress(
                "round %d of %d: %s%s, %.1f ns",
                round, effort.rounds(), row.name(), group.isEmpty() ? "" : ", " + group, nanos);
    }

    private List<Cell> cells() {
        List<Cell> cells = new ArrayList<>();
        for (Method method : type.getMethods()) {
            if (method.isAnnotationPresent(Benchmark.class)) {
                cells.addAll(cells(method.getName()));
            }
        }
        // Ours first, then by name, so that all rounds and all runs have one order.
        cells.sort(
                Comparator.comparingInt(
                                (Cell c) -> c.value.isEmpty() ? 0 : Integer.parseInt(c.value))
                        .thenComparing(c -> !c.method.startsWith("tarry"))
                        .thenComparing(c -> !c.method.startsWith("tarryLoop"))
                        .thenComparing(Cell::method));
        return cells;
    }

    private List<Cell> cells(String method) {
        for (Field field : type.getFields()) {
            Param values = field.getAnnotation(Param.class);
            if (values != null) {
                return Arrays.stream(values.value())
                        .map(value -> new Cell(method, field.getName(), value))
                        .toList();
            }
        }
        return List.of(new Cell(method, "", ""));
    }

    private Row measure(Cell cell, Effort effort) throws Exception {
        Path log = Files.createTempFile("tarry-bench-" + name, ".log");
        ChainedOptionsBuilder options =
                new OptionsBuilder()
                        .include("^" + type.getName() + "\\." + cell.method + "$")
                        .addProfiler(GCProfiler.class)
                        .output(log.toString())
                        .warmupIterations(effort.pick(4, 1, 0))
                        .warmupTime(TimeValue.milliseconds(effort.pick(500, 200, 1)))
                        .measurementIterations(effort.pick(4, 2, 1))
                        .measurementTime(TimeValue.milliseconds(effort.pick(500, 200, 1)))
                        .shouldFailOnError(true);
        if (effort.isSmoke()) {
            options.forks(0).mode(org.openjdk.jmh.annotations.Mode.SingleShotTime);
        }
        if (!cell.parameter.isEmpty()) {
            // A million timers take a while to set.
            boolean little = effort.isSmoke() && cell.parameter.equals("pending");
            options.param(cell.parameter, little ? "1000" : cell.value);
        }
        Row row = row(cell, new Runner(options.build()).run().iterator().next());
        Files.delete(log);
        return row;
    }

    private static Row row(Cell cell, RunResult result) {
        // The median of the iterations: to the last one, JMH adds what ending the state allocates.
        Result<?> bytes = result.getSecondaryResults().get("gc.alloc.rate.norm");
        return new Row(
                cell.group(),
                CONTESTANTS.getOrDefault(cell.method, cell.method),
                List.of(
                        result.getPrimaryResult().getScore(),
                        bytes == null ? Double.NaN : bytes.getStatistics().getPercentile(50)));
    }

    private Table table(Medians medians, List<String> missing) {
        List<Row> rows = medians.rows();
        boolean oneTarry = rows.stream().anyMatch(row -> row.name().equals(Contestants.TARRY));
        return new Table(
                name,
                what,
                List.of("ns per operation", "spread %", "bytes allocated"),
                oneTarry ? Contestants.TARRY : Contestants.LOOP,
                rows,
                missing.stream().map(one -> "Not measured: " + one).toList());
    }
}
