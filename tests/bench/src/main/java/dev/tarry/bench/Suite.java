package dev.tarry.bench;

import dev.tarry.bench.micro.BlockingBenchmark;
import dev.tarry.bench.micro.BufferedBenchmark;
import dev.tarry.bench.micro.ForeignBenchmark;
import dev.tarry.bench.micro.HandleBenchmark;
import dev.tarry.bench.micro.RendezvousBenchmark;
import dev.tarry.bench.micro.SpawnBenchmark;
import dev.tarry.bench.micro.SwitchBenchmark;
import dev.tarry.bench.micro.TimerBenchmark;
import dev.tarry.bench.micro.WaitBenchmark;
import dev.tarry.bench.micro.WakeBenchmark;
import dev.tarry.bench.programs.DelayBench;
import dev.tarry.bench.programs.HeapBench;
import dev.tarry.bench.servers.ChatBench;
import dev.tarry.bench.servers.EchoBench;

import java.util.List;

/** All benchmarks. */
final class Suite {
    static final List<Bench> ALL =
            List.of(
                    new MicroBench(
                            "spawn",
                            "Starts a task that ends at once.",
                            SpawnBenchmark.class,
                            List.of(0)),
                    new MicroBench(
                            "switch",
                            "From one task to the other by yielding; the raw continuation, which"
                                    + " has no scheduler, is the limit.",
                            SwitchBenchmark.class,
                            List.of(0)),
                    new MicroBench(
                            "wake",
                            "From one task to the other by waking it and waiting.",
                            WakeBenchmark.class,
                            List.of()),
                    new MicroBench(
                            "rendezvous",
                            "A message to another task and one back, over channels that keep"
                                    + " nothing.",
                            RendezvousBenchmark.class,
                            List.of(0)),
                    new MicroBench(
                            "buffered",
                            "A message through a channel with room for 64.",
                            BufferedBenchmark.class,
                            List.of(0)),
                    new MicroBench(
                            "select",
                            "A wait for any of n channels, of which one after the other has a"
                                    + " message.",
                            WaitBenchmark.class,
                            List.of(1, 3)),
                    new MicroBench(
                            "timers",
                            "A timeout set and cancelled, while a million others are pending.",
                            TimerBenchmark.class,
                            List.of()),
                    new MicroBench(
                            "foreign",
                            "A platform thread wakes a task, which wakes it in turn.",
                            ForeignBenchmark.class,
                            List.of()),
                    new MicroBench(
                            "blocking",
                            "A blocking call handed to another thread, and its result awaited.",
                            BlockingBenchmark.class,
                            List.of()),
                    new MicroBench(
                            "handles",
                            "A byte over a pipe to another task and one back; mind the bytes that"
                                    + " are allocated.",
                            HandleBenchmark.class,
                            List.of()),
                    new HeapBench(),
                    new DelayBench(),
                    new EchoBench(),
                    new ChatBench());

    private Suite() {}
}
