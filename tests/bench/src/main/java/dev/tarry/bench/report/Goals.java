package dev.tarry.bench.report;

import static dev.tarry.bench.report.Contestants.C_LOOP;
import static dev.tarry.bench.report.Contestants.GO;
import static dev.tarry.bench.report.Contestants.HANDOFF;
import static dev.tarry.bench.report.Contestants.HANDOFF_ONE;
import static dev.tarry.bench.report.Contestants.JDK;
import static dev.tarry.bench.report.Contestants.JDK_ONE;
import static dev.tarry.bench.report.Contestants.JOX;
import static dev.tarry.bench.report.Contestants.LOOP;
import static dev.tarry.bench.report.Contestants.NETTY_EPOLL;
import static dev.tarry.bench.report.Contestants.RAW;
import static dev.tarry.bench.report.Contestants.TARRY;

import dev.tarry.bench.report.Goal.Cell;

import java.util.ArrayList;
import java.util.List;

/** What Tarry wants to reach, and what it did reach by the tables. */
public final class Goals {
    private static final int ALLOCATED = 2; // the column, in the tables of the micro-benchmarks
    private static final int P999 = 5; // the column, in the table of the echo servers

    /** What keeps it back where it does not reach them. */
    static final String LIMITS =
            """

            What keeps Tarry back where it does not reach them:

            - *Echo.* Most of the CPU is the kernel's (see *kernel %*), for the same two calls whoever
              makes them, so servers that work one message after the other cannot differ by much.
              Above a hundred connections, what is left is mostly the memory of so many tasks that
              the processor's caches have no room for.
            - *Switches.* A wake-up is one switch of the JDK's virtual threads and little more, and
              that alone is above the goal. A raw continuation is cheaper since it is no thread: it
              can be neither interrupted nor seen in a thread dump. A rendezvous, or a wait for
              several channels, is mostly two such switches.
            - *Handoff carrier.* Before it leaves its thread, a task looks at its own stack: a wait
              below a native frame would hold one of the JDK's few carrier threads, and in the worst
              case stop every virtual thread of the JVM. The JDK knows the answer, and has no call
              to ask for it that costs less than walking the stack.
            """;

    private Goals() {}

    /** As a table in Markdown. */
    public static String markdown(List<Result> results) {
        StringBuilder out = new StringBuilder();
        out.append("| goal | at most | reached | | from |\n|---|--:|--:|---|---|\n");
        all().forEach(goal -> out.append(goal.markdown(results)));
        return out.toString();
    }

    static List<Goal> all() {
        List<Goal> goals = new ArrayList<>();
        servers(goals);
        tasks(goals);
        channels(goals);
        waits(goals);
        return goals;
    }

    private static void servers(List<Goal> goals) {
        echo(goals, C_LOOP, "the bare epoll loop in C", 1.10);
        echo(goals, NETTY_EPOLL, "Netty on epoll", 0.85);
        echo(goals, JDK, "the JDK's virtual threads", 0.70);
        echo(goals, GO, "Go", 0.80);
        goals.add(
                Goal.ratio(
                        "CPU per echo with 9,900 idle connections beside 100 active ones, to"
                                + " that of the 100 alone",
                        1.15,
                        Cell.of("echo", "64 B, 10,000 connections, 9,900 idle", LOOP),
                        Cell.of("echo", "64 B, 100 connections", LOOP)));
        String paced = "64 B, 100 connections, at 70 % load";
        goals.add(
                Goal.ratio(
                        "p99.9 of the echo at 70 % load, to that of Netty on epoll",
                        1.0,
                        new Cell("echo", paced, LOOP, P999),
                        new Cell("echo", paced, NETTY_EPOLL, P999)));
    }

    private static void echo(List<Goal> goals, String peer, String words, double limit) {
        for (String load : List.of("64 B, 100 connections", "64 B, 1,000 connections")) {
            goals.add(
                    Goal.ratio(
                            "server CPU per echo, " + load + ", to " + words,
                            limit,
                            Cell.of("echo", load, LOOP),
                            Cell.of("echo", load, peer)));
        }
    }

    private static void tasks(List<Goal> goals) {
        goals.add(
                Goal.ratio(
                        "task switch by wake-up, to a raw continuation",
                        1.35,
                        Cell.of("wake", "", LOOP),
                        Cell.of("wake", "", RAW)));
        goals.add(
                Goal.ratio(
                        "task switch on the handoff carrier, to a JDK virtual thread",
                        2.0,
                        Cell.of("wake", "", HANDOFF),
                        Cell.of("wake", "", JDK)));
        goals.add(
                Goal.ratio(
                        "the same with one processor",
                        2.0,
                        Cell.of("wake", "", HANDOFF_ONE),
                        Cell.of("wake", "", JDK_ONE)));
        goals.add(
                Goal.ratio(
                        "spawn and finish, to a JDK virtual thread",
                        1.0,
                        Cell.of("spawn", "", LOOP),
                        Cell.of("spawn", "", JDK_ONE)));
        goals.add(
                Goal.figure(
                        "heap per parked task that waits for one channel, bytes",
                        1000,
                        Cell.of("heap", "100,000 parked", LOOP)));
        goals.add(
                Goal.figure(
                        "the same with a million tasks in 1.5 GB of heap, bytes",
                        1500,
                        Cell.of("heap", "1,000,000 parked, -Xmx1500m", LOOP)));
    }

    private static void channels(List<Goal> goals) {
        channel(goals, "rendezvous", "rendezvous round trip", JOX, 0.75);
        channel(goals, "rendezvous", "rendezvous round trip", GO, 1.25);
        channel(goals, "buffered", "message through a buffered channel", JOX, 0.80);
        channel(goals, "buffered", "message through a buffered channel", GO, 1.0);
    }

    private static void channel(
            List<Goal> goals, String bench, String what, String peer, double limit) {
        goals.add(
                Goal.ratio(
                        what + ", to " + peer + " with one processor",
                        limit,
                        Cell.of(bench, "", LOOP),
                        Cell.of(bench, "", peer)));
    }

    private static void waits(List<Goal> goals) {
        goals.add(
                Goal.ratio(
                        "wait over three channels, to Go's select with one processor",
                        1.0,
                        Cell.of("select", "3 events", LOOP),
                        Cell.of("select", "3 events", GO)));
        goals.add(
                new Goal(
                        "wait over 1,000 events, per event, to that over 10",
                        2.0,
                        Cell.of("select", "1,000 events", LOOP),
                        Cell.of("select", "10 events", LOOP),
                        10.0 / 1000));
        goals.add(
                Goal.figure(
                        "allocated by two waits for our own handles, bytes (below one is"
                                + " what the start of the round took)",
                        1,
                        new Cell("handles", "", LOOP, ALLOCATED)));
        goals.add(
                Goal.figure(
                        "timer set and cancelled with a million pending, ns",
                        150,
                        Cell.of("timers", "1,000,000 pending", TARRY)));
        goals.add(
                Goal.figure(
                        "heap kept by a timer that was set and cancelled, bytes",
                        1,
                        Cell.of("heap", "5,000,000 timers set and cancelled", LOOP)));
    }
}
