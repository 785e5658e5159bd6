package dev.tarry.bench.servers;

import static dev.tarry.bench.report.Contestants.C_LOOP;
import static dev.tarry.bench.report.Contestants.GO;
import static dev.tarry.bench.report.Contestants.HANDOFF;
import static dev.tarry.bench.report.Contestants.JDK;
import static dev.tarry.bench.report.Contestants.LOOP;
import static dev.tarry.bench.report.Contestants.NETTY_EPOLL;

import dev.tarry.bench.Bench;
import dev.tarry.bench.Effort;
import dev.tarry.bench.Tools;
import dev.tarry.bench.report.Medians;
import dev.tarry.bench.report.Table;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The same load against echo servers of several makes, each a process of its own on core 0, with
 * the client on core 1. What counts is the time of the processor that the server needs for a
 * message, by the kernel's accounting: unlike throughput it does not depend on the client.
 */
public final class EchoBench implements Bench {
    private static final String PTH = "GNU Pth";
    private static final int PTH_CONNECTIONS = 1000; // it waits with select(2), which ends at 1024

    private static final Load USUAL = Load.of(100, 64);
    private static final List<Load> LOADS =
            List.of(
                    Load.of(1, 64),
                    USUAL,
                    Load.paced(100, 64), // right after the one whose throughput is its measure
                    Load.of(1000, 64),
                    Load.of(10_000, 64),
                    Load.idle(10_000, 100, 64),
                    Load.of(1, 16 * 1024),
                    Load.of(100, 16 * 1024),
                    Load.of(1000, 16 * 1024),
                    Load.of(10_000, 16 * 1024));
    private static final double SHARE = 0.7;

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
    public Duration time(Effort effort) {
        return Duration.ofSeconds((long) effort.rounds() * 9 * effort.pick(37, 13, 1));
    }

    @Override
    public Table run(Effort effort) throws Exception {
        Tools tools = new Tools();
        Map<String, List<String>> servers = servers(tools, effort);
        List<String> client = client(tools, effort);
        List<String> failures = new ArrayList<>();
        Medians medians = new Medians();
        for (int round = 1; round <= effort.rounds(); round++) {
            for (var server : servers.entrySet()) {
                String who = server.getKey();
                effort.progress("round %d of %d: %s", round, effort.rounds(), who);
                try {
                    measure(who, server.getValue(), client, effort, medians);
                } catch (IOException e) {
                    failures.add(who + ", round " + round + ": " + e.getMessage() + ".");
                }
            }
        }
        List<String> columns = new ArrayList<>(List.of("µs CPU per message"));
        columns.addAll(Measurement.COLUMNS);
        String baseline = servers.containsKey(C_LOOP) ? C_LOOP : LOOP;
        List<String> notes = notes(tools.missing(), failures);
        return new Table(name(), what(), columns, baseline, medians.rows(), notes);
    }

    private static List<String> client(Tools tools, Effort effort) throws Exception {
        List<String> java = Tools.java(LoadClient.class, List.of("-Xmx512m"));
        return effort.isSmoke()
                ? java
                : tools.compile("The C load client", "c/load.c", Tools.C, List.of("-lm"))
                        .orElse(java);
    }

    private static Map<String, List<String>> servers(Tools tools, Effort effort) throws Exception {
        Map<String, List<String>> all = new LinkedHashMap<>();
        all.put(LOOP, Tools.java(TarryEcho.class, Tools.tarry("loop", FLAGS)));
        if (!effort.isSmoke()) {
            all.put(HANDOFF, Tools.java(TarryEcho.class, Tools.tarry("handoff", FLAGS)));
        }
        List<String> netty = new ArrayList<>(FLAGS);
        netty.addAll(UNSAFE);
        all.put(NETTY_EPOLL, Tools.java(NettyEcho.class, netty, "epoll"));
        if (effort.isSmoke()) {
            return all; // the others take their time, and say nothing about our code
        }
        all.put("Netty, io_uring", Tools.java(NettyEcho.class, netty, "io_uring"));
        all.put(JDK, Tools.java(VirtualThreadEcho.class, FLAGS));
        all.put("NIO selector loop", Tools.java(SelectorEcho.class, FLAGS));
        tools.compile(C_LOOP, "c/epoll_echo.c", Tools.C, List.of())
                .ifPresent(command -> all.put(C_LOOP, command));
        tools.compile(GO, "go/echo.go", List.of("go", "build"), List.of())
                .ifPresent(command -> all.put(GO, command));
        tools.compile(PTH, "c/pth_echo.c", Tools.C, List.of("-lpth"))
                .ifPresent(command -> all.put(PTH, command));
        return all;
    }

    private static void measure(
            String name, List<String> command, List<String> client, Effort effort, Medians medians)
            throws IOException {
        try (Server server = Server.start(Tools.pinned(0, command))) {
            warmUp(server, client, effort);
            double rate = 0;
            for (Load load : effort.isSmoke() ? List.of(USUAL) : LOADS) {
                if (name.equals(PTH) && load.connections() > PTH_CONNECTIONS) {
                    continue;
                }
                int warmup = effort.pick(500, 100, 1);
                double[] figures = load.run(server, client, warmup, millis(effort), rate);
                medians.add(load.description(), name, figures);
                if (load == USUAL) {
                    rate = figures[1] * SHARE;
                }
            }
        }
    }

    private static int millis(Effort effort) {
        return effort.pick(2000, 300, 1);
    }

    /** By the time of the processor, not of the clock: on a busy machine a JIT is slow, too. */
    private static void warmUp(Server server, List<String> client, Effort effort)
            throws IOException {
        int seconds = effort.pick(8, 2, 0);
        for (int i = 0; i < 20 && server.cpu().total() < seconds; i++) {
            var unused = USUAL.run(server, client, 500, 100, 0);
        }
    }

    private static List<String> notes(List<String> missing, List<String> failures) {
        List<String> notes = new ArrayList<>();
        notes.add(
                "Each active connection has one message under way, so delays at many connections"
                        + " are mostly queueing.");
        notes.add(
                "At 70 % load, messages are due at random moments, 70 % of as many as the same"
                        + " server managed with 100 connections in the same round; a delay counts"
                        + " from the moment when the message was due.");
        notes.add("GNU Pth waits with select(2), which ends at 1,024 descriptors.");
        if (!Tools.pins()) {
            notes.add("Server and client are not kept to a core each: taskset is not installed.");
        }
        missing.forEach(one -> notes.add("Not measured: " + one));
        failures.forEach(one -> notes.add("Failed: " + one));
        return notes;
    }
}
