package dev.tarry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.Task;

import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

@Timeout(60)
class MemoryNetworkTest {
    private static MemoryNetwork network(Simulation simulation) {
        return new MemoryNetwork(Scope.current(), simulation.seed());
    }

    private static void echo(MemoryStream stream) throws IOException {
        try (stream) {
            for (String line; (line = stream.readLine()) != null; ) {
                stream.writeLine(line);
            }
        }
    }

    @TarryTest(seeds = 200)
    void bytesTravelInVirtualTime_thereAndBack(Simulation simulation) throws IOException {
        MemoryNetwork network = network(simulation);
        network.latency(Duration.ofMillis(10), Duration.ofMillis(20));
        try (var server = network.listen("echo")) {
            Tarry.spawn(() -> echo(server.accept()));
            try (var stream = network.connect("echo")) {
                for (int i = 0; i < 5; i++) {
                    long before = simulation.clock().nanos();
                    stream.writeLine("line " + i);
                    assertThat(stream.readLine()).isEqualTo("line " + i);
                    long millis = (simulation.clock().nanos() - before) / 1_000_000;
                    assertThat(millis).isBetween(20L, 40L);
                }
            }
        }
    }

    @TarryTest(seeds = 100)
    void theEndOfOneDirection_leavesTheOther(Simulation simulation) throws IOException {
        MemoryNetwork network = network(simulation);
        try (var server = network.listen("late")) {
            Tarry.spawn(
                    () -> {
                        try (var stream = server.accept()) {
                            assertThat(stream.readLine()).isEqualTo("all");
                            assertThat(stream.readLine()).isNull();
                            stream.writeLine("still here");
                        }
                    });
            try (var stream = network.connect("late")) {
                stream.writeLine("all");
                stream.closeOutput();
                assertThat(stream.readLine()).isEqualTo("still here");
                assertThat(stream.readLine()).isNull();
            }
        }
    }

    @TarryTest(seeds = 100)
    void heldBytes_arriveAfterTheRelease(Simulation simulation) throws IOException {
        MemoryNetwork network = network(simulation);
        try (var server = network.listen("echo")) {
            Tarry.spawn(() -> echo(server.accept()));
            try (var stream = network.connect("echo")) {
                network.hold();
                stream.writeLine("hello");
                assertThat(Tarry.await(stream.readingLine(), Duration.ofHours(1))).isEmpty();
                network.release();
                assertThat(stream.readLine()).isEqualTo("hello");
            }
        }
    }

    @TarryTest(seeds = 100)
    void aCut_isTheEndOnBothSides(Simulation simulation) throws IOException {
        MemoryNetwork network = network(simulation);
        boolean[] ended = {false};
        try (var server = network.listen("echo")) {
            Tarry.spawn(
                    () -> {
                        echo(server.accept());
                        ended[0] = true;
                    });
            try (var stream = network.connect("echo")) {
                Simulation.awaitAllBlocked();
                network.cut();
                assertThat(stream.readLine()).isNull();
            }
        }
        Simulation.awaitAllBlocked();
        assertThat(ended[0]).isTrue();
    }

    @TarryTest(seeds = 20)
    void whereNobodyListens_itIsRefused(Simulation simulation) throws IOException {
        MemoryNetwork network = network(simulation);
        assertThatThrownBy(() -> network.connect("nobody")).hasMessageContaining("refused");
        var server = network.listen("closing");
        assertThatThrownBy(() -> network.listen("closing")).hasMessageContaining("in use");
        Tarry.spawn(
                () -> {
                    Simulation.awaitAllBlocked();
                    server.close();
                });
        assertThatThrownBy(() -> network.connect("closing")).hasMessageContaining("refused");
    }

    private static final int MEBIBYTE = 1 << 20;
    private static final Duration LATENCY = Duration.ofMillis(50);

    /** Sends {@code size} bytes through a new connection. Answers how long until all had come. */
    private static Duration carry(Simulation simulation, MemoryNetwork network, int size)
            throws IOException {
        byte[] sent = new byte[size];
        new Random(simulation.seed()).nextBytes(sent);
        ByteBuffer received = ByteBuffer.allocate(size + 1);
        try (var server = network.listen("sink")) {
            Task<Duration> sink =
                    Tarry.spawn(
                            () -> {
                                try (var stream = server.accept()) {
                                    long begin = simulation.clock().nanos();
                                    while (received.position() < size) {
                                        assertThat(stream.read(received)).isPositive();
                                    }
                                    long took = simulation.clock().nanos() - begin;
                                    assertThat(stream.read(received)).isNegative();
                                    return Duration.ofNanos(took);
                                }
                            });
            try (var stream = network.connect("sink")) {
                stream.write(ByteBuffer.wrap(sent));
                stream.closeOutput();
                assertThat(stream.readLine()).isNull();
            }
            Duration took = sink.join();
            assertThat(Arrays.copyOf(received.array(), size)).isEqualTo(sent);
            return took;
        }
    }

    @TarryTest(seeds = 10)
    void aMegabyte_takesOneLatency(Simulation simulation) throws IOException {
        MemoryNetwork network = network(simulation);
        network.latency(LATENCY, LATENCY);
        assertThat(carry(simulation, network, MEBIBYTE)).isEqualTo(LATENCY);
    }

    @TarryTest(seeds = 10)
    void aWindow_isWhatArrivesPerLatency(Simulation simulation) throws IOException {
        MemoryNetwork network = network(simulation);
        network.latency(LATENCY, LATENCY);
        network.window(MEBIBYTE / 16);
        assertThat(carry(simulation, network, MEBIBYTE)).isEqualTo(LATENCY.multipliedBy(16));
    }

    @TarryTest(seeds = 10)
    void aBandwidth_isAddedToTheLatency(Simulation simulation) throws IOException {
        MemoryNetwork network = network(simulation);
        network.latency(LATENCY, LATENCY);
        network.bandwidth(MEBIBYTE / 2);
        assertThat(carry(simulation, network, MEBIBYTE))
                .isEqualTo(Duration.ofSeconds(2).plus(LATENCY));
        network.bandwidth(300_007); // which divides nothing: nothing is lost by rounding
        assertThat(carry(simulation, network, MEBIBYTE))
                .isEqualTo(Duration.ofNanos(1_000_000_000L * MEBIBYTE / 300_007).plus(LATENCY));
        network.bandwidth(Long.MAX_VALUE);
        assertThat(carry(simulation, network, MEBIBYTE)).isEqualTo(LATENCY);
    }

    @TarryTest(seeds = 50)
    void eachLine_arrivesItsLatencyAfterItWasSent(Simulation simulation) throws IOException {
        MemoryNetwork network = network(simulation);
        network.latency(LATENCY, LATENCY);
        List<Long> arrived = new ArrayList<>();
        try (var server = network.listen("lines")) {
            Tarry.spawn(
                    () -> {
                        try (var stream = server.accept()) {
                            while (stream.readLine() != null) {
                                arrived.add(simulation.clock().nanos() / 1_000_000);
                            }
                        }
                    });
            try (var stream = network.connect("lines")) {
                for (int wait : List.of(0, 1, 49, 1, 100)) { // at 50 (connected), 51, 100, 101, 201
                    Tarry.sleep(Duration.ofMillis(wait));
                    stream.writeLine("line");
                }
            }
        }
        Tarry.sleep(Duration.ofSeconds(1));
        assertThat(arrived).containsExactly(100L, 101L, 150L, 151L, 251L);
    }

    @TarryTest(seeds = 100)
    void latenciesThatVary_keepTheOrder(Simulation simulation) throws IOException {
        MemoryNetwork network = network(simulation);
        try (var server = network.listen("lines")) {
            Task<Integer> reader =
                    Tarry.spawn(
                            () -> {
                                int lines = 0;
                                try (var stream = server.accept()) {
                                    for (String line; (line = stream.readLine()) != null; lines++) {
                                        String[] parts = line.split(" ", 2);
                                        assertThat(parts[0]).isEqualTo("" + lines);
                                        long sent = Long.parseLong(parts[1]);
                                        assertThat(simulation.clock().nanos() - sent)
                                                .isBetween(1_000_000L, 20_000_000L);
                                    }
                                }
                                return lines;
                            });
            try (var stream = network.connect("lines")) {
                network.latency(Duration.ofMillis(1), Duration.ofMillis(20));
                for (int i = 0; i < 30; i++) {
                    stream.writeLine(i + " " + simulation.clock().nanos());
                    Tarry.sleep(Duration.ofMillis(1));
                }
            }
            assertThat(reader.join()).isEqualTo(30);
        }
    }

    @TarryTest(seeds = 10)
    void aReceiverThatDoesNotRead_holdsUpTheSender(Simulation simulation) throws IOException {
        MemoryNetwork network = network(simulation);
        network.window(100_000);
        int[] sent = {0};
        try (var server = network.listen("slow")) {
            Tarry.spawn(
                    () -> {
                        try (var stream = network.connect("slow")) {
                            byte[] bytes = new byte[1000];
                            for (; sent[0] < 2000; sent[0]++) {
                                stream.write(ByteBuffer.wrap(bytes));
                            }
                        }
                    });
            try (var stream = server.accept()) {
                Simulation.awaitAllBlocked();
                // The window, and two buffers of the system.
                assertThat(sent[0]).isBetween(100, 1000);
                int received = 0;
                ByteBuffer some = ByteBuffer.allocate(10_000);
                for (int n; (n = stream.read(some.clear())) >= 0; ) {
                    received += n;
                }
                assertThat(received).isEqualTo(2_000_000);
            }
        }
    }

    /** What had been sent before the end arrives, whatever the window. */
    @TarryTest(seeds = 50)
    void aSenderThatClosesAtOnce_losesNothing(Simulation simulation) throws IOException {
        MemoryNetwork network = network(simulation);
        network.latency(Duration.ofMillis(1), Duration.ofMillis(5));
        network.window(7); // chunks end in the middle of lines
        try (var server = network.listen("lines")) {
            Tarry.spawn(
                    () -> {
                        try (var stream = network.connect("lines")) {
                            stream.writeLine("one line");
                            stream.writeLine("another line");
                        }
                    });
            try (var stream = server.accept()) {
                assertThat(stream.readLine()).isEqualTo("one line");
                assertThat(stream.readLine()).isEqualTo("another line");
                assertThat(stream.readLine()).isNull();
            }
        }
    }

    @TarryTest(seeds = 50)
    void aCut_losesWhatIsOnItsWay_andEndsAtOnce(Simulation simulation) throws IOException {
        MemoryNetwork network = network(simulation);
        try (var server = network.listen("echo")) {
            Tarry.spawn(() -> echo(server.accept()));
            try (var stream = network.connect("echo")) {
                network.latency(Duration.ofHours(1), Duration.ofHours(1));
                network.window(5); // full, so that the network waits for the hour only
                stream.writeLine("lost");
                Tarry.sleep(Duration.ofMinutes(10));
                network.cut();
                assertThat(stream.readLine()).isNull();
            }
        }
        Simulation.awaitAllBlocked();
        assertThat(simulation.clock().nanos()).isEqualTo(Duration.ofMinutes(10).toNanos());
        assertThat(Scope.current().size()).isZero(); // nor does the network still wait for it
    }

    @TarryTest(seeds = 1)
    void settingsThatAreNone_areRefused(Simulation simulation) {
        MemoryNetwork network = network(simulation);
        assertThatThrownBy(() -> network.bandwidth(0)).hasMessage("not a bandwidth: 0 bytes/s");
        assertThatThrownBy(() -> network.window(0)).hasMessage("not a window: 0 bytes");
        assertThatThrownBy(() -> network.latency(LATENCY, Duration.ZERO))
                .hasMessageStartingWith("not a range of times");
    }
}
