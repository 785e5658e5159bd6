package dev.tarry.bench.micro;

import dev.tarry.runtime.Body;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Tarry;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

import java.util.concurrent.ArrayBlockingQueue;

/** One task sends as fast as it can, another one receives, with room for 64 messages between. */
@OperationsPerInvocation(BufferedBenchmark.MESSAGES)
public class BufferedBenchmark extends MicroBenchmark {
    static final int MESSAGES = 100_000;
    private static final int ROOM = 64;
    private static final Integer MESSAGE = 1;

    @Benchmark
    @Fork(jvmArgsAppend = VirtualThreads.ONE_PROCESSOR)
    public void tarryLoop() {
        Carriers.loop(sendAndReceive());
    }

    @Benchmark
    public void tarryHandoff() {
        Carriers.handoff(sendAndReceive());
    }

    private static Body sendAndReceive() {
        Channel<Integer> channel = Channel.buffered(ROOM);
        return () -> {
            Tarry.spawn(
                    () -> {
                        for (int i = 0; i < MESSAGES; i++) {
                            channel.receive();
                        }
                    });
            for (int i = 0; i < MESSAGES; i++) {
                channel.send(MESSAGE);
            }
        };
    }

    @Benchmark
    @Fork(jvmArgsAppend = VirtualThreads.ONE_PROCESSOR)
    public void jox() throws InterruptedException {
        var channel = com.softwaremill.jox.Channel.<Integer>newBufferedChannel(ROOM);
        VirtualThreads.both(
                VirtualThreads.repeat(MESSAGES, () -> channel.send(MESSAGE)),
                VirtualThreads.repeat(MESSAGES, channel::receive));
    }

    @Benchmark
    @Fork(jvmArgsAppend = VirtualThreads.ONE_PROCESSOR)
    public void jdkArrayBlockingQueue() throws InterruptedException {
        var queue = new ArrayBlockingQueue<Integer>(ROOM);
        VirtualThreads.both(
                VirtualThreads.repeat(MESSAGES, () -> queue.put(MESSAGE)),
                VirtualThreads.repeat(MESSAGES, queue::take));
    }

    @Benchmark
    @Fork(jvmArgsAppend = VirtualThreads.ONE_PROCESSOR)
    public void kotlinx() throws InterruptedException {
        var channel = KotlinLoop.channel(ROOM);
        KotlinLoop.both(
                MESSAGES,
                (i, c) -> channel.send(MESSAGE, KotlinLoop.unit(c)),
                (i, c) -> channel.receive(c));
    }
}
