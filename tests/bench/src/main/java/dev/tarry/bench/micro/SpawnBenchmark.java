package dev.tarry.bench.micro;

import dev.tarry.runtime.Scope;

import kotlinx.coroutines.CoroutineScope;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

import java.util.concurrent.CountDownLatch;

/** Starts tasks that end at once, a thousand at a time, and waits for them. */
@OperationsPerInvocation(SpawnBenchmark.TASKS)
public class SpawnBenchmark extends MicroBenchmark {
    private static final int BATCH = 1_000;
    static final int TASKS = 20 * BATCH;

    private int ran;

    @Benchmark
    @Fork(jvmArgsAppend = VirtualThreads.ONE_PROCESSOR)
    public int tarryLoop() {
        Carriers.loop(this::spawnAll);
        return ran;
    }

    @Benchmark
    public int tarryHandoff() {
        Carriers.handoff(this::spawnAll);
        return ran;
    }

    private void spawnAll() {
        for (int i = 0; i < TASKS; i += BATCH) {
            Scope.run(
                    scope -> {
                        for (int k = 0; k < BATCH; k++) {
                            scope.spawn(() -> ran++);
                        }
                    });
        }
    }

    @Benchmark
    @Fork(jvmArgsAppend = VirtualThreads.ONE_PROCESSOR)
    public int jdkOneProcessor() throws InterruptedException {
        return startAll();
    }

    @Benchmark
    public int jdk() throws InterruptedException {
        return startAll();
    }

    private int startAll() throws InterruptedException {
        Thread main =
                VirtualThreads.start(
                        () -> {
                            for (int i = 0; i < TASKS; i += BATCH) {
                                CountDownLatch left = new CountDownLatch(BATCH);
                                for (int k = 0; k < BATCH; k++) {
                                    Thread.startVirtualThread(left::countDown);
                                }
                                left.await();
                            }
                        });
        main.join();
        return ran;
    }

    @Benchmark
    @Fork(jvmArgsAppend = VirtualThreads.ONE_PROCESSOR)
    public int kotlinx() throws InterruptedException {
        for (int i = 0; i < TASKS; i += BATCH) {
            KotlinLoop.run(0, this::launchBatch, (k, c) -> null);
        }
        return ran;
    }

    private void launchBatch(CoroutineScope scope) {
        for (int k = 0; k < BATCH; k++) {
            KotlinLoop.launch(scope, 1, (i, c) -> ran++);
        }
    }
}
