package dev.tarry.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SignalTest {

    @Test
    void name_withOrWithoutSigInAnyCase() {
        assertThat(Signal.of("SIGTERM")).isEqualTo(Signal.of("term")).isEqualTo(Signal.TERM);
        assertThat(Signal.TERM).hasToString("TERM");
        assertThat(Signal.TERM.number()).isEqualTo(15);
    }

    @Test
    void number_hasItsName() {
        assertThat(Signal.of(1)).isEqualTo(Signal.HUP);
        assertThat(Signal.of(9)).isEqualTo(Signal.KILL);
    }

    @Test
    void everyStandardSignal_comesBackFromItsNumber() {
        for (int number = 1; number < 32; number++) {
            Signal signal = Signal.of(number);
            assertThat(signal.number()).isEqualTo(number);
            assertThat(Signal.of(signal.name())).isEqualTo(signal);
        }
    }

    @Test
    void realTimeSignal_isCalledByItsNumber() {
        assertThat(Signal.of(40)).isEqualTo(new Signal("40", 40));
    }

    @Test
    void unknownName_isRefusedByName() {
        assertThatThrownBy(() -> Signal.of("NOSUCH"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no signal is called 'NOSUCH' here");
        assertThatThrownBy(() -> Signal.of("")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void numberThatIsNone_isRefused() {
        assertThatThrownBy(() -> Signal.of(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Signal.of(-9)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void waitStatus_tellsExitFromKill() {
        assertThat(ExitStatus.ofWaitStatus(137 << 8)).isEqualTo(new ExitStatus.Exited(137));
        assertThat(ExitStatus.ofWaitStatus(9)).isEqualTo(new ExitStatus.Killed(Signal.KILL));
        assertThat(ExitStatus.ofWaitStatus(0x80 | 6)) // with a core dump
                .isEqualTo(new ExitStatus.Killed(Signal.of("ABRT")));
        assertThat(ExitStatus.ofWaitStatus(0).isSuccess()).isTrue();
    }
}
