package dev.tarry.bench.micro;

import dev.tarry.events.Trigger;
import dev.tarry.runtime.Body;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Tarry;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

import java.util.concurrent.Exchanger;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A platform thread wakes a task, which wakes it in turn: a round trip between two threads of the
 * system, most of which is theirs.
 */
@OperationsPerInvocation(ForeignBenchmark.ROUNDS)
public class ForeignBenchmark extends MicroBenchmark {
    static final int ROUNDS = 2_000;

    private final AtomicInteger answered = new AtomicInteger();

    @Benchmark
    public void tarryLoop() {
        Carriers.loop(answerTriggers());
    }

    @Benchmark
    public void tarryHandoff() {
        Carriers.handoff(answerTriggers());
    }

    private Body answerTriggers() {
        return () -> {
            answered.set(0);
            Trigger<Integer> asked = Events.trigger();
            Thread asking = Thread.ofPlatform().start(() -> askAll(() -> asked.fire(1)));
            for (int i = 0; i < ROUNDS; i++) {
                Tarry.await(asked);
                answer(asking);
            }
        };
    }

    @Benchmark
    public void jdk() throws InterruptedException {
        answered.set(0);
        Exchanger<Thread> hello = new Exchanger<>();
        AtomicInteger asked = new AtomicInteger();
        Thread answering =
                VirtualThreads.start(
                        () -> {
                            Thread asking = hello.exchange(Thread.currentThread());
                            for (int i = 0; i < ROUNDS; i++) {
                                while (asked.get() <= i) {
                                    LockSupport.park();
                                }
                                answer(asking);
                            }
                        });
        hello.exchange(Thread.currentThread());
        askAll(
                () -> {
                    asked.incrementAndGet();
                    LockSupport.unpark(answering);
                });
        answering.join();
    }

    private void askAll(Runnable ask) {
        for (int i = 0; i < ROUNDS; i++) {
            ask.run();
            while (answered.get() <= i) {
                LockSupport.park();
            }
        }
    }

    private void answer(Thread asking) {
        answered.incrementAndGet();
        LockSupport.unpark(asking);
    }
}
