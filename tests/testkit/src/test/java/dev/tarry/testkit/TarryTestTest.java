package dev.tarry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Tarry;

import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;

@Timeout(60)
class TarryTestTest {
    @TarryTest(seeds = 10_000)
    void tenThousandSeeds() {
        Channel<Integer> channel = Channel.buffered(3);
        Tarry.spawn(
                () -> {
                    for (int i = 0; i < 10; i++) {
                        channel.send(i);
                    }
                    channel.close();
                });
        List<Integer> received = new ArrayList<>();
        channel.forEach(received::add);
        assertThat(received).hasSize(10).isSorted();
    }

    @TarryTest(seeds = 20)
    void theSimulation_isAParameter(Simulation simulation) {
        assertThat(simulation).isSameAs(Simulation.current());
        assertThat(simulation.seed()).isPositive();
    }
}
