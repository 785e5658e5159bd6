package dev.tarry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.runtime.Tarry;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

@Timeout(60)
class SequencerTest {
    @TarryTest
    void steps_runInTheirOrder_whateverTheScheduler() {
        Sequencer sequencer = new Sequencer();
        List<Integer> order = new ArrayList<>();
        for (int task = 0; task < 3; task++) {
            int first = task;
            Tarry.spawn(
                    () -> {
                        for (int n = first; n < 12; n += 3) {
                            int number = n;
                            sequencer.step(
                                    number,
                                    () -> {
                                        Tarry.sleep(Duration.ofMillis(12 - number));
                                        order.add(number);
                                    });
                        }
                    });
        }
        Tarry.sleep(Duration.ofSeconds(1));
        assertThat(order).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    }

    @TarryTest(seeds = 20)
    void aStepThatFails_failsThoseAfterIt() {
        Sequencer sequencer = new Sequencer();
        assertThatThrownBy(
                        () ->
                                sequencer.step(
                                        0,
                                        () -> {
                                            throw new IllegalStateException("oops");
                                        }))
                .hasMessage("oops");
        assertThatThrownBy(() -> sequencer.step(1, () -> {}))
                .hasRootCauseMessage("step 0 has failed, or was cancelled");
    }

    @TarryTest(seeds = 20)
    void aNumberTwice_isRefused() throws Exception {
        Sequencer sequencer = new Sequencer();
        sequencer.step(0, () -> {});
        assertThatThrownBy(() -> sequencer.step(0, () -> {})).hasMessageContaining("step 0");
    }

    @Test
    void aStepThatNeverComes_isADeadlockThatNamesIt() {
        assertThatThrownBy(() -> Simulation.run(1, () -> new Sequencer().step(1, () -> {})))
                .hasMessageContaining("step 1 (the next one is 0)");
    }
}
