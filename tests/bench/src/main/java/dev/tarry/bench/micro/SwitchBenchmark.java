package dev.tarry.bench.micro;

import dev.tarry.runtime.Body;
import dev.tarry.runtime.Tarry;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/**
 * From one task to the other by yielding. The raw continuation of the JDK is the limit of what a
 * virtual thread can do, and has no scheduler at all.
 */
@OperationsPerInvocation(SwitchBenchmark.SWITCHES)
public class SwitchBenchmark extends MicroBenchmark {
    static final int SWITCHES = 50_000;
    private static final int YIELDS = SWITCHES / 2;

    @Benchmark
    @Fork(jvmArgsAppend = VirtualThreads.ONE_PROCESSOR)
    public void tarryLoop() {
        Carriers.loop(twoOf(SwitchBenchmark::yieldOften));
    }

    @Benchmark
    public void tarryHandoff() {
        Carriers.handoff(twoOf(SwitchBenchmark::yieldOften));
    }

    private static Body twoOf(Body body) {
        return () -> {
            Tarry.spawn(body);
            Tarry.spawn(body);
        };
    }

    private static void yieldOften() {
        for (int i = 0; i < YIELDS; i++) {
            Tarry.yieldNow();
        }
    }

    @Benchmark
    @Fork(jvmArgsAppend = VirtualThreads.ONE_PROCESSOR)
    public void rawContinuation() {
        RawContinuations.takeTurns(YIELDS);
    }

    @Benchmark
    @Fork(jvmArgsAppend = VirtualThreads.ONE_PROCESSOR)
    public void kotlinx() throws InterruptedException {
        KotlinLoop.both(YIELDS, (i, c) -> KotlinLoop.yield(c), (i, c) -> KotlinLoop.yield(c));
    }

    @Benchmark
    @Fork(jvmArgsAppend = VirtualThreads.ONE_PROCESSOR)
    public void jdkOneProcessor() throws InterruptedException {
        VirtualThreads.Body body =
                () -> {
                    for (int i = 0; i < YIELDS; i++) {
                        Thread.yield();
                    }
                };
        VirtualThreads.both(body, body);
    }
}
