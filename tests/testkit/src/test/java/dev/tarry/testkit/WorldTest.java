package dev.tarry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.runtime.Tarry;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A task's time and random numbers: those of the run. */
class WorldTest {

    @TarryTest(seeds = 20)
    void timeOfDay_goesAsTheClockDoes() {
        Instant before = Tarry.now();
        long nanos = Tarry.nanos();
        Tarry.sleep(Duration.ofHours(30));
        assertThat(Duration.between(before, Tarry.now())).isEqualTo(Duration.ofHours(30));
        assertThat(Tarry.nanos() - nanos).isEqualTo(Duration.ofHours(30).toNanos());
    }

    @Test
    void randomNumbers_areThoseOfTheSeed() {
        assertThat(numbers(7)).isEqualTo(numbers(7)).isNotEqualTo(numbers(8));
    }

    private static List<Long> numbers(long seed) {
        List<Long> numbers = new ArrayList<>();
        Simulation.run(
                seed,
                () -> {
                    for (int i = 0; i < 3; i++) {
                        numbers.add(Tarry.random().nextLong());
                    }
                });
        return numbers;
    }

    @Test
    void inProduction_bothAreReal() {
        List<Long> numbers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Tarry.run(
                    () -> {
                        Instant before = Instant.now();
                        assertThat(Tarry.now()).isBetween(before, before.plusSeconds(60));
                        long nanos = System.nanoTime();
                        assertThat(Tarry.nanos() - nanos).isBetween(0L, 60_000_000_000L);
                        numbers.add(Tarry.random().nextLong());
                    });
        }
        assertThat(numbers.get(0)).isNotEqualTo(numbers.get(1));
    }
}
