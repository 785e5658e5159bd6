package dev.tarry.stress;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What {@code ./tarry stress} answers, and that a program can fail. */
@Timeout(60)
class MainTest {
    @Test
    void helpAndListAndNothing_exitWith0() {
        assertThat(Main.run("--help")).isZero();
        assertThat(Main.run("--list")).isZero();
        assertThat(Main.run()).isZero();
        assertThat(Main.run("soak", "--help")).isZero();
    }

    @Test
    void unknownProgramOrOption_exitsWith2() {
        assertThat(Main.run("nothing")).isEqualTo(2);
        assertThat(Main.run("--nothing")).isEqualTo(2);
    }

    @Test
    void programThatDoesWhatItShould_exitsWith0() {
        assertThat(Main.run("spawn", "--count", "1000", "--seed", "1", "--carrier", "handoff"))
                .isZero();
    }
}
