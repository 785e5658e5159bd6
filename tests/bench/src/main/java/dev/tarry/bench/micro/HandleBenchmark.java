package dev.tarry.bench.micro;

import dev.tarry.events.Pipe;
import dev.tarry.runtime.Body;
import dev.tarry.runtime.FdStream;
import dev.tarry.runtime.Tarry;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A byte there and one back over two pipes of our own: the system's part is two writes, two reads,
 * and what it takes to hear of them. The column to look at is the bytes that were allocated.
 */
@OperationsPerInvocation(HandleBenchmark.ROUNDS)
public class HandleBenchmark extends MicroBenchmark {
    static final int ROUNDS = 2_000;

    @Benchmark
    public void tarryLoop() {
        Carriers.loop(pingPong());
    }

    @Benchmark
    public void tarryHandoff() {
        Carriers.handoff(pingPong());
    }

    private static Body pingPong() {
        return () -> {
            Pipe there = Pipe.open();
            Pipe back = Pipe.open();
            try (var near = new FdStream(back.source(), there.sink());
                    var far = new FdStream(there.source(), back.sink())) {
                var echo = Tarry.spawn(() -> exchange(far, false));
                exchange(near, true);
                echo.join();
            }
        };
    }

    private static void exchange(FdStream stream, boolean begins) throws IOException {
        ByteBuffer one = ByteBuffer.allocateDirect(1);
        for (int i = 0; i < ROUNDS; i++) {
            if (begins) {
                stream.write(one.clear());
            }
            stream.read(one.clear());
            if (!begins) {
                stream.write(one.clear());
            }
        }
    }

    @Benchmark
    @Fork(jvmArgsAppend = VirtualThreads.ONE_CARRIER)
    public void jdkOneCarrier() throws IOException, InterruptedException {
        var there = java.nio.channels.Pipe.open();
        var back = java.nio.channels.Pipe.open();
        ByteBuffer near = ByteBuffer.allocateDirect(1);
        ByteBuffer far = ByteBuffer.allocateDirect(1);
        VirtualThreads.both(
                VirtualThreads.repeat(
                        ROUNDS,
                        () -> {
                            there.sink().write(near.clear());
                            back.source().read(near.clear());
                        }),
                VirtualThreads.repeat(
                        ROUNDS,
                        () -> {
                            there.source().read(far.clear());
                            back.sink().write(far.clear());
                        }));
        there.sink().close();
        there.source().close();
        back.sink().close();
        back.source().close();
    }
}
