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
import dev.tarry.bench.servers.EchoBench;

import java.util.List;

/** All benchmarks. */
final class Suite {
    static final List<Bench> ALL =
            List.of(
                    new MicroBench(
                            "spawn", "Starts a task that ends at once.", SpawnBenchmark.class),
                    new MicroBench(
                            "switch",
                            "From one task to the other by yielding; the raw continuation, which"
                                    + " has no scheduler, is the limit.",
                            SwitchBenchmark.class),
                    new MicroBench(
                            "wake",
                            "From one task to the other by waking it and waiting.",
                            WakeBenchmark.class),
                    new MicroBench(
                            "rendezvous",
                            "A message to another task and one back, over channels that keep"
                                    + " nothing.",
                            RendezvousBenchmark.class),
                    new MicroBench(
                            "buffered",
                            "A message through a channel with room for 64.",
                            BufferedBenchmark.class),
                    new MicroBench(
                            "select",
                            "A wait for any of n channels, of which one after the other has a"
                                    + " message.",
                            WaitBenchmark.class),
                    new MicroBench(
                            "timers",
                            "A timeout set and cancelled, while a million others are pending.",
                            TimerBenchmark.class),
                    new MicroBench(
                            "foreign",
                            "A platform thread wakes a task, which wakes it in turn.",
                            ForeignBenchmark.class),
                    new MicroBench(
                            "blocking",
                            "A blocking call handed to another thread, and its result awaited.",
                            BlockingBenchmark.class),
                    new MicroBench(
                            "handles",
                            "A byte over a pipe to another task and one back; mind the bytes that"
                                    + " are allocated.",
                            HandleBenchmark.class),
                    new HeapBench(),
                    new DelayBench(),
                    new EchoBench());

    private Suite() {}
}
