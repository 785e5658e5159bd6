package dev.tarry.bench.micro;

import dev.tarry.runtime.Body;
import dev.tarry.runtime.Tarry;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Hands a piece of blocking work to another thread, and waits for its result. */
@OperationsPerInvocation(BlockingBenchmark.CALLS)
public class BlockingBenchmark extends MicroBenchmark {
    static final int CALLS = 2_000;

    private int done;

    @Benchmark
    public int tarryLoop() {
        Carriers.loop(calls());
        return done;
    }

    @Benchmark
    public int tarryHandoff() {
        Carriers.handoff(calls());
        return done;
    }

    private Body calls() {
        return () -> {
            for (int i = 0; i < CALLS; i++) {
                done += Tarry.blocking(() -> 1);
            }
        };
    }

    /** What one would write with virtual threads to keep such work off their carriers. */
    @Benchmark
    public int jdkExecutor() throws InterruptedException {
        try (ExecutorService workers = Executors.newCachedThreadPool()) {
            VirtualThreads.start(
                            () -> {
                                for (int i = 0; i < CALLS; i++) {
                                    done += workers.submit(() -> 1).get();
                                }
                            })
                    .join();
        }
        return done;
    }
}
