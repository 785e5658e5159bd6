package dev.tarry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;

import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.time.Duration;

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
}
