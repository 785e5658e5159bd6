package dev.tarry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.events.Pipe;
import dev.tarry.events.Trigger;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.FdStream;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;
import dev.tarry.runtime.TcpListener;
import dev.tarry.runtime.TcpStream;
import dev.tarry.testkit.FaultyLibc.Fault;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** What a program must not notice, it does not; what it must, it does, and nothing is left open. */
@Timeout(120)
class FaultyLibcTest {
    private static final Fault[] HARMLESS = {Fault.INTERRUPTED, Fault.WOULD_BLOCK, Fault.SHORT};

    private static void echo(FdStream stream) throws IOException {
        try (stream) {
            for (String line; (line = stream.readLine()) != null; ) {
                stream.writeLine(line);
            }
        }
    }

    /** Lines of many lengths, there and back, and a large one against a peer that writes, too. */
    private static void talk(FdStream stream) throws IOException {
        try (stream) {
            for (int length = 0; length < 60; length++) {
                String line = "x".repeat(length * length);
                stream.writeLine(line);
                assertThat(stream.readLine()).isEqualTo(line);
            }
        }
    }

    private static int echoOverTcp(long seed, Fault... faults) {
        int[] count = {0};
        Simulation.run(
                seed,
                () -> {
                    try (var injection = FaultyLibc.inject(seed, 4, faults);
                            var server = TcpListener.bind("127.0.0.1", 0)) {
                        int port = server.localAddress().getPort();
                        Scope.run(
                                scope -> {
                                    for (int i = 0; i < 3; i++) {
                                        scope.spawn(
                                                () -> talk(TcpStream.connect("127.0.0.1", port)));
                                        TcpStream accepted = server.accept();
                                        scope.spawn(() -> echo(accepted));
                                    }
                                });
                        count[0] = injection.count();
                    }
                });
        return count[0];
    }

    @Test
    void anEcho_doesNotNoticeInterruptsShortCallsAndStaleReadiness() {
        for (long seed = 1; seed <= 60; seed++) {
            assertThat(echoOverTcp(seed, HARMLESS)).isGreaterThan(100);
        }
    }

    @Test
    void eachFaultAlone_isNotNoticed() {
        for (Fault fault : HARMLESS) {
            for (long seed = 1; seed <= 20; seed++) {
                assertThat(echoOverTcp(seed, fault)).isPositive();
            }
        }
    }

    @Test
    void withoutDescriptorsOrMemory_itSaysSo_andLeavesNothingOpen() {
        int refused = 0;
        for (long seed = 1; seed <= 200; seed++) {
            try {
                echoOverTcp(seed, Fault.RESOURCES);
            } catch (SimulationFailedError e) {
                refused++;
                assertThat(e).hasStackTraceContaining("ErrnoException");
                assertThat(e.getCause()).isNotInstanceOf(LeakException.class);
            }
        }
        assertThat(refused).isGreaterThan(20);
    }

    @Test
    void withoutAnInjection_nothingFails() throws Exception {
        var unused = Simulation.run(1, () -> Tarry.yieldNow());
        var injection = FaultyLibc.inject(1, 2, Fault.values());
        injection.close();
        assertThat(echoOverTcp(1)).isZero();
        assertThat(injection.count()).isZero();
    }

    @Test
    void everyCall_isRefusedAsARate() {
        assertThatThrownBy(() -> FaultyLibc.inject(1, 1, Fault.SHORT))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(List.of(HARMLESS)).doesNotContain(Fault.RESOURCES);
    }

    @Test
    void wakeUpThatIsInterrupted_isMadeAllTheSame() {
        Tarry.run(
                () -> {
                    Trigger<Integer> trigger = Events.trigger();
                    try (var injection = FaultyLibc.inject(1, 2, Fault.INTERRUPTED)) {
                        for (int i = 0; i < 300; i++) {
                            int value = i;
                            Thread.ofPlatform().start(() -> trigger.fire(value));
                            assertThat(Tarry.await(trigger)).isEqualTo(value);
                        }
                        assertThat(injection.count()).isGreaterThan(100);
                    }
                });
    }

    @Test
    void callsOfTheLoopItsTasksAndOtherThreads_doNotHoldEachOtherUp() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> others = new ArrayList<>();
        Tarry.run(() -> {}); // loads the binding
        try (var injection = FaultyLibc.injectEvery(5, HARMLESS)) {
            for (int i = 0; i < 4; i++) {
                others.add(Thread.ofPlatform().start(() -> callUntil(over)));
            }
            Tarry.run(
                    () -> {
                        for (int i = 0; i < 8; i++) {
                            Tarry.spawn(() -> echoThroughAPipe(2_000));
                        }
                    });
            assertThat(injection.count()).isPositive();
        } finally {
            over.set(true);
        }
        for (Thread other : others) {
            other.join();
        }
    }

    private static void callUntil(AtomicBoolean over) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(8);
        try {
            Pipe pipe = Pipe.open();
            while (!over.get()) {
                int written = pipe.sink().write(buffer.clear());
                for (int n = 0; n < written; ) {
                    n += pipe.source().read(buffer.clear());
                }
            }
            pipe.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void echoThroughAPipe(int times) throws IOException {
        Pipe pipe = Pipe.open();
        try (FdStream stream = new FdStream(pipe.source(), pipe.sink())) {
            for (int i = 0; i < times; i++) {
                stream.writeLine("line " + i);
                Tarry.yieldNow();
                assertThat(stream.readLine()).isEqualTo("line " + i);
            }
        }
    }
}
