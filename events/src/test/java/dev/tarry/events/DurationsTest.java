package dev.tarry.events;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Duration;

class DurationsTest {
    private static final long LONGEST = Long.MAX_VALUE / 2;

    @Test
    void negative_isZero() {
        assertThat(Durations.nanos(Duration.ofNanos(-1))).isZero();
        assertThat(Durations.nanos(Duration.ofSeconds(Long.MIN_VALUE))).isZero();
    }

    @Test
    void ordinary_isExact() {
        assertThat(Durations.nanos(Duration.ZERO)).isZero();
        assertThat(Durations.nanos(Duration.ofNanos(1))).isEqualTo(1);
        assertThat(Durations.nanos(Duration.ofSeconds(3, 7))).isEqualTo(3_000_000_007L);
    }

    @Test
    void tooLong_isTheLongest() {
        assertThat(Durations.nanos(Duration.ofSeconds(Long.MAX_VALUE, 999_999_999)))
                .isEqualTo(LONGEST);
        assertThat(Durations.nanos(Duration.ofDays(365L * 200))).isEqualTo(LONGEST);
    }

    @Test
    void aroundTheLongest_neverMoreAndNeverNegative() {
        Duration longest = Duration.ofNanos(LONGEST);
        for (int i = -2; i <= 2; i++) {
            assertThat(Durations.nanos(longest.plusSeconds(i))).isBetween(1L, LONGEST);
            assertThat(Durations.nanos(longest.plusNanos(i))).isBetween(1L, LONGEST);
        }
    }

    @Test
    void text_isShort() {
        assertThat(Durations.text(Duration.ofMillis(1500))).isEqualTo("1.5s");
        assertThat(Durations.text(Duration.ofMinutes(125))).isEqualTo("2h5m");
        assertThat(Durations.text(Duration.ofMillis(20))).isEqualTo("0.02s");
        assertThat(Durations.text(Duration.ZERO)).isEqualTo("0s");
    }
}
