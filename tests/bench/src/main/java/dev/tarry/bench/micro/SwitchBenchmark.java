package dev.tarry.bench.micro;

import dev.tarry.runtime.Body;
import dev.tarry.runtime.Tarry;

import jdk.internal.vm.Continuation;
import jdk.internal.vm.ContinuationScope;

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
            Tarry.yield();
        }
    }

    @Benchmark
    public void rawContinuation() {
        ContinuationScope scope = new ContinuationScope("benchmark");
        Runnable body =
                () -> {
                    for (int i = 0; i < YIELDS; i++) {
                        Continuation.yield(scope);
                    }
                };
        Continuation one = new Continuation(scope, body);
        Continuation other = new Continuation(scope, body);
        while (!one.isDone()) {
            one.run();
            other.run();
        }
    }

    @Benchmark
    @Fork(jvmArgsAppend = VirtualThreads.ONE_CARRIER)
    public void jdkOneCarrier() throws InterruptedException {
        VirtualThreads.Body body =
                () -> {
                    for (int i = 0; i < YIELDS; i++) {
                        Thread.yield();
                    }
                };
        VirtualThreads.both(body, body);
    }
}
