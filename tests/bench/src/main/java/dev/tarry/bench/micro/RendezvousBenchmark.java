package dev.tarry.bench.micro;

import dev.tarry.runtime.Body;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Tarry;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

import java.util.concurrent.SynchronousQueue;

/** A message there and one back, over two channels that keep nothing. */
@OperationsPerInvocation(RendezvousBenchmark.ROUNDS)
public class RendezvousBenchmark extends MicroBenchmark {
    static final int ROUNDS = 20_000;
    private static final Integer MESSAGE = 1;

    @Benchmark
    @Fork(jvmArgsAppend = VirtualThreads.ONE_PROCESSOR)
    public void tarryLoop() {
        Carriers.loop(pingPong());
    }

    @Benchmark
    public void tarryHandoff() {
        Carriers.handoff(pingPong());
    }

    private static Body pingPong() {
        Channel<Integer> there = Channel.rendezvous();
        Channel<Integer> back = Channel.rendezvous();
        return () -> {
            Tarry.spawn(
                    () -> {
                        for (int i = 0; i < ROUNDS; i++) {
                            back.send(there.receive());
                        }
                    });
            for (int i = 0; i < ROUNDS; i++) {
                there.send(MESSAGE);
                back.receive();
            }
        };
    }

    @Benchmark
    @Fork(jvmArgsAppend = VirtualThreads.ONE_PROCESSOR)
    public void jox() throws InterruptedException {
        var there = com.softwaremill.jox.Channel.<Integer>newRendezvousChannel();
        var back = com.softwaremill.jox.Channel.<Integer>newRendezvousChannel();
        VirtualThreads.both(
                VirtualThreads.repeat(ROUNDS, () -> back.send(there.receive())),
                VirtualThreads.repeat(
                        ROUNDS,
                        () -> {
                            there.send(MESSAGE);
                            back.receive();
                        }));
    }

    @Benchmark
    @Fork(jvmArgsAppend = VirtualThreads.ONE_PROCESSOR)
    public void jdkSynchronousQueue() throws InterruptedException {
        var there = new SynchronousQueue<Integer>();
        var back = new SynchronousQueue<Integer>();
        VirtualThreads.both(
                VirtualThreads.repeat(ROUNDS, () -> back.put(there.take())),
                VirtualThreads.repeat(
                        ROUNDS,
                        () -> {
                            there.put(MESSAGE);
                            back.take();
                        }));
    }

    @Benchmark
    @Fork(jvmArgsAppend = VirtualThreads.ONE_PROCESSOR)
    public void kotlinx() throws InterruptedException {
        var there = KotlinLoop.channel(0);
        var back = KotlinLoop.channel(0);
        KotlinLoop.both(
                2 * ROUNDS,
                (i, c) -> i % 2 == 0 ? there.send(MESSAGE, KotlinLoop.unit(c)) : back.receive(c),
                (i, c) -> i % 2 == 0 ? there.receive(c) : back.send(MESSAGE, KotlinLoop.unit(c)));
    }
}
