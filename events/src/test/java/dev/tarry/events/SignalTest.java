package dev.tarry.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
    void realTimeSignal_hasOneName() {
        int first = Signal.of("RTMIN").number();
        int last = Signal.of("RTMAX").number();
        assertThat(Signal.of("SIGRTMIN+3"))
                .isEqualTo(Signal.of(first + 3))
                .isEqualTo(Signal.of("rtmax-" + (last - first - 3)))
                .hasToString("RTMIN+3");
        assertThat(Signal.of(first).isRealTime()).isTrue();
        assertThat(Signal.of(last).isRealTime()).isTrue();
        assertThat(Signal.of(first - 1).isRealTime()).isFalse();
        assertThat(Signal.of(last + 1).isRealTime()).isFalse();
        assertThat(Signal.TERM.isRealTime()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"RTMIN-1", "RTMAX+1", "RTMIN+99", "RTMIN+", "RTMIN3", "RTMIN+x", "RTMID"})
    void realTimeSignalThatIsNone_isRefused(String name) {
        assertThatThrownBy(() -> Signal.of(name))
                .hasMessage("no signal is called '" + name + "' here");
    }

    @Test
    void numberWithoutName_isCalledByIt() {
        assertThat(Signal.of(32)).isEqualTo(new Signal("32", 32)); // the C library's
        assertThat(Signal.of(65)).hasToString("65");
    }

    @Test
    void twoNamesOfOneSignal_areEqual() {
        assertThat(Signal.of("CLD")).isEqualTo(Signal.CHLD).isEqualTo(Signal.of(17));
        assertThat(Signal.of("IOT")).isEqualTo(Signal.of("ABRT"));
    }

    @Test
    void nameOfAnotherNumber_isRefused() {
        assertThatThrownBy(() -> new Signal("TERM", 9))
                .hasMessage("signal 9 is called KILL here, not TERM");
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
