package dev.tarry.bench.servers;

import dev.tarry.bench.Bench;
import dev.tarry.bench.Tools;
import dev.tarry.bench.report.Row;
import dev.tarry.bench.report.Table;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The same load against echo servers of several makes, each a process of its own on core 0, with
 * the client on core 1. What counts is the time of the processor that the server needs for a
 * message, by the kernel's accounting: unlike throughput it does not depend on the client.
 */
public final class EchoBench implements Bench {
    private static final String C_LOOP = "C, epoll loop";
    private static final int PTH_CONNECTIONS = 1000; // it waits with select(2), which ends at 1024

    private static final List<Load> LOADS =
            List.of(
                    new Load(1, 1, 64),
                    new Load(100, 100, 64),
                    new Load(1000, 1000, 64),
                    new Load(1, 1, 16 * 1024),
                    new Load(100, 100, 16 * 1024),
                    new Load(1000, 1000, 16 * 1024),
                    new Load(10_000, 100, 64));

    private static final Load WARMUP = new Load(100, 100, 64);
    private static final List<String> FLAGS =
            List.of("-Xmx1g", "--enable-native-access=ALL-UNNAMED");
    private static final List<String> UNSAFE = List.of("--sun-misc-unsafe-memory-access=allow");

    @Override
    public String name() {
        return "echo";
    }

    @Override
    public String what() {
        return "Echo servers under the same load, the server on one core and the client on"
                + " another.";
    }

    @Override
    public Duration time(boolean quick) {
        return Duration.ofSeconds(quick ? 90 : rounds(false) * 10 * 28);
    }

    private static int rounds(boolean quick) {
        return quick ? 1 : 3;
    }

    @Override
    public Table run(boolean quick) throws Exception {
        Tools tools = new Tools();
        Map<String, List<String>> servers = servers(tools);
        List<String> client =
                tools.compile("The C load client", "c/load.c", List.of("gcc", "-O2"), List.of())
                        .orElse(Tools.java(LoadClient.class, List.of("-Xmx256m")));
        Map<Load, Map<String, List<List<Double>>>> results = new LinkedHashMap<>();
        for (int round = 1; round <= rounds(quick); round++) {
            for (var server : servers.entrySet()) {
                System.out.printf("round %d: %s%n", round, server.getKey());
                measure(server.getKey(), server.getValue(), client, quick, results);
            }
        }
        return table(results, servers, tools.missing());
    }

    private static Map<String, List<String>> servers(Tools tools) throws Exception {
        Map<String, List<String>> all = new LinkedHashMap<>();
        for (String carrier : List.of("loop", "handoff")) {
            List<String> flags = new ArrayList<>(FLAGS);
            flags.addAll(List.of("--add-opens", "java.base/java.lang=ALL-UNNAMED"));
            flags.add("-Dtarry.carrier=" + carrier);
            all.put("Tarry, " + carrier + " carrier", Tools.java(TarryEcho.class, flags));
        }
        tools.compile(C_LOOP, "c/epoll_echo.c", List.of("gcc", "-O2"), List.of())
                .ifPresent(command -> all.put(C_LOOP, command));
        List<String> netty = new ArrayList<>(FLAGS);
        netty.addAll(UNSAFE);
        all.put("Netty, epoll", Tools.java(NettyEcho.class, netty, "epoll"));
        all.put("Netty, io_uring", Tools.java(NettyEcho.class, netty, "io_uring"));
        all.put("JDK virtual threads", Tools.java(VirtualThreadEcho.class, FLAGS));
        all.put("NIO selector loop", Tools.java(SelectorEcho.class, FLAGS));
        tools.compile("Go", "go/echo.go", List.of("go", "build"), List.of())
                .ifPresent(command -> all.put("Go", command));
        tools.compile("GNU Pth", "c/pth_echo.c", List.of("gcc", "-O2"), List.of("-lpth"))
                .ifPresent(command -> all.put("GNU Pth", command));
        return all;
    }

    private static void measure(
            String name,
            List<String> command,
            List<String> client,
            boolean quick,
            Map<Load, Map<String, List<List<Double>>>> results)
            throws IOException {
        try (Server server = Server.start(Tools.pinned(0, command))) {
            warmUp(server, client, quick);
            for (Load load : LOADS) {
                if (name.equals("GNU Pth") && load.connections() > PTH_CONNECTIONS) {
                    continue;
                }
                List<Double> figures =
                        load.run(server, client, quick ? 100 : 1000, quick ? 300 : 2000);
                results.computeIfAbsent(load, k -> new LinkedHashMap<>())
                        .computeIfAbsent(name, k -> new ArrayList<>())
                        .add(figures);
            }
        } catch (IOException e) {
            System.out.println(name + ": " + e.getMessage());
        }
    }

    /** By the time of the processor, not of the clock: on a busy machine a JIT is slow, too. */
    private static void warmUp(Server server, List<String> client, boolean quick)
            throws IOException {
        for (int i = 0; i < 20 && server.cpuSeconds() < (quick ? 1 : 5); i++) {
            var unused = WARMUP.run(server, client, 1000, 100);
        }
    }

    private Table table(
            Map<Load, Map<String, List<List<Double>>>> results,
            Map<String, List<String>> servers,
            List<String> missing) {
        List<Row> rows = new ArrayList<>();
        results.forEach(
                (load, byServer) ->
                        byServer.forEach(
                                (name, rounds) ->
                                        rows.add(
                                                new Row(
                                                        load.description(),
                                                        name,
                                                        medians(rounds)))));
        return new Table(
                name(),
                what(),
                List.of("µs CPU per message", "messages/s", "p50 µs", "p99 µs", "p99.9 µs", "MiB"),
                servers.containsKey(C_LOOP) ? C_LOOP : "Tarry, loop carrier",
                rows,
                notes(missing));
    }

    private static List<Double> medians(List<List<Double>> rounds) {
        List<Double> medians = new ArrayList<>();
        for (int column = 0; column < rounds.getFirst().size(); column++) {
            List<Double> values = new ArrayList<>();
            for (List<Double> round : rounds) {
                values.add(round.get(column));
            }
            Collections.sort(values);
            medians.add(values.get(values.size() / 2));
        }
        return medians;
    }

    private static List<String> notes(List<String> missing) {
        List<String> notes = new ArrayList<>();
        notes.add(
                "Each active connection has one message under way, so delays at 1,000 connections"
                        + " are mostly queueing. Medians of several rounds, taken in turn.");
        notes.add("GNU Pth waits with select(2), which ends at 1,024 descriptors.");
        missing.forEach(one -> notes.add("Not measured: " + one));
        return notes;
    }
}
