package dev.tarry.bench.micro;

import dev.tarry.events.Pipe;
import dev.tarry.runtime.FdStream;
import dev.tarry.runtime.Tarry;
import dev.tarry.runtime.TarryService;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.TearDown;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A byte there and one back over two pipes of our own: the system's part is two writes, two reads,
 * and what it takes to hear of them. The column to look at is the bytes that were allocated, so the
 * scheduler and the streams stay from one invocation to the next, and each of those is long.
 */
@OperationsPerInvocation(HandleBenchmark.ROUNDS)
public class HandleBenchmark extends MicroBenchmark {
    static final int ROUNDS = 2_000;
    static final int MANY_ROUNDS = 50_000;

    private TarryService tarry;
    private FdStream near;
    private FdStream far;

    @Benchmark
    @Fork(jvmArgsAppend = VirtualThreads.ONE_PROCESSOR)
    @OperationsPerInvocation(MANY_ROUNDS)
    public void tarryLoop() {
        pingPong("loop", MANY_ROUNDS);
    }

    @Benchmark
    public void tarryHandoff() {
        pingPong("handoff", ROUNDS);
    }

    private void pingPong(String carrier, int rounds) {
        if (tarry == null) {
            tarry = Carriers.start(carrier);
            tarry.submit(this::open).join();
        }
        tarry.submit(() -> exchange(rounds)).join();
    }

    private void open() throws IOException {
        Pipe there = Pipe.open();
        Pipe back = Pipe.open();
        near = new FdStream(back.source(), there.sink());
        far = new FdStream(there.source(), back.sink());
    }

    private void exchange(int rounds) throws IOException {
        var echo = Tarry.spawn(() -> exchange(far, rounds, false));
        exchange(near, rounds, true);
        echo.join();
    }

    @TearDown
    public void stop() {
        if (tarry != null) {
            tarry.submit(near::close).join();
            tarry.submit(far::close).join();
            tarry.close();
            tarry = null;
        }
    }

    private static void exchange(FdStream stream, int rounds, boolean begins) throws IOException {
        ByteBuffer one = ByteBuffer.allocateDirect(1);
        for (int i = 0; i < rounds; i++) {
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
    @Fork(jvmArgsAppend = VirtualThreads.ONE_PROCESSOR)
    public void jdkOneProcessor() throws IOException, InterruptedException {
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
