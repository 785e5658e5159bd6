package dev.tarry.events;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;

/** Reads what the kernel writes about threads: each as it was found. */
class SignalMasksTest {
    @Test
    void livingThread_saysWhatItBlocks() {
        assertThat(SignalMasks.blocked(status("S (sleeping)", 20, "3/96365", "0000000000000204")))
                .isEqualTo(0x204);
        assertThat(SignalMasks.blocked(status("R (running)", 2, "0/96365", "ffffffffffffffff")))
                .isEqualTo(-1);
    }

    /** It seems to block nothing; a signal that all others block would be looked for elsewhere. */
    @Test
    void threadThatIsEnding_isNotAsked() {
        for (String state : List.of("R (running)", "X (dead)")) {
            assertThat(SignalMasks.blocked(status(state, 0, "0/0", "0000000000000000"))).isNull();
        }
    }

    @Test
    void noMaskAtAll_isNotAsked() {
        assertThat(SignalMasks.blocked(List.of("Name:\tjava"))).isNull();
    }

    private static List<String> status(String state, int threads, String queue, String mask) {
        return List.of(
                "Name:\tThread-1",
                "State:\t" + state,
                "Threads:\t" + threads,
                "SigQ:\t" + queue,
                "SigPnd:\t0000000000000000",
                "SigBlk:\t" + mask);
    }
}
