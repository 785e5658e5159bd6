package dev.tarry.bench.micro;

import dev.tarry.runtime.Body;
import dev.tarry.runtime.Tarry;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

import java.util.concurrent.locks.LockSupport;

/**
 * From one task to the other by waking it and waiting: two switches are one round trip. The raw
 * continuation has nobody to wake: it is the limit.
 */
@OperationsPerInvocation(WakeBenchmark.SWITCHES)
public class WakeBenchmark extends MicroBenchmark {
    static final int SWITCHES = 50_000;
    private static final int ROUNDS = SWITCHES / 2;

    private Thread first;
    private Thread second;
    private volatile boolean firstsTurn;

    @Benchmark
    @Fork(jvmArgsAppend = VirtualThreads.ONE_PROCESSOR)
    public void tarryLoop() {
        Carriers.loop(pingPong());
    }

    @Benchmark
    public void tarryHandoff() {
        Carriers.handoff(pingPong());
    }

    @Benchmark
    @Fork(jvmArgsAppend = VirtualThreads.ONE_PROCESSOR)
    public void tarryHandoffOneProcessor() {
        Carriers.handoff(pingPong());
    }

    @Benchmark
    @Fork(jvmArgsAppend = VirtualThreads.ONE_PROCESSOR)
    public void rawContinuation() {
        RawContinuations.takeTurns(ROUNDS);
    }

    private static Body pingPong() {
        Baton there = new Baton();
        Baton back = new Baton();
        return () -> {
            Tarry.spawn(
                    () -> {
                        for (int i = 0; i < ROUNDS; i++) {
                            Tarry.await(there);
                            back.pass();
                        }
                    });
            // Only one of them may begin with passing: with two batons on the way every second
            // wait would find one, and no switch would be made.
            for (int i = 0; i < ROUNDS; i++) {
                there.pass();
                Tarry.await(back);
            }
        };
    }

    @Benchmark
    @Fork(jvmArgsAppend = VirtualThreads.ONE_PROCESSOR)
    public void jdkOneProcessor() throws InterruptedException {
        parkAndUnpark();
    }

    @Benchmark
    public void jdk() throws InterruptedException {
        parkAndUnpark();
    }

    private void parkAndUnpark() throws InterruptedException {
        firstsTurn = true;
        first = Thread.ofVirtual().unstarted(() -> takeTurns(true));
        second = Thread.ofVirtual().unstarted(() -> takeTurns(false));
        first.start();
        second.start();
        first.join();
        second.join();
    }

    private void takeTurns(boolean iAmFirst) {
        for (int i = 0; i < ROUNDS; i++) {
            while (firstsTurn != iAmFirst) {
                LockSupport.park();
            }
            firstsTurn = !iAmFirst;
            LockSupport.unpark(iAmFirst ? second : first);
        }
    }
}
