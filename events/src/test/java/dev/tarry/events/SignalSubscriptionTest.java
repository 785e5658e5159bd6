package dev.tarry.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** What becomes of deliveries, whichever source they come from. */
@Timeout(30)
class SignalSubscriptionTest {
    private static final SignalInfo INFO = new SignalInfo(-1, 4711, 1000, 42);

    @Test
    void beyondWhatIsKept_deliveriesAreCountedStill() {
        int n = SignalSubscription.MAX_INFOS + 10;
        try (var loop = new TestLoop(Backend.choose().open());
                var s = SignalSubscription.open(loop.reactor, List.of(Signal.USR1))) {
            s.deliver(Signal.USR1, Collections.nCopies(n, INFO));
            loop.turn(false);
            for (int i = 1; i <= n; i++) {
                boolean kept = i <= SignalSubscription.MAX_INFOS;
                assertThat(loop.poll(s.receiving()))
                        .isEqualTo(new Outcome.Value<>(kept ? full(i) : counted(i)));
            }
            assertThat(loop.poll(s.receiving())).isNull();
        }
    }

    private static SignalDelivery full(long count) {
        return new SignalDelivery(
                Signal.USR1,
                count,
                Optional.of(new SignalDelivery.Sender(4711, 1000)),
                OptionalInt.of(42));
    }

    private static SignalDelivery counted(long count) {
        return new SignalDelivery(Signal.USR1, count);
    }

    @Test
    void signalOfTheKernel_hasNoSender_andKillNoValue() {
        assertThat(new SignalInfo(0x80, 0, 0, 0).sender()).isEmpty();
        assertThat(new SignalInfo(0, 4711, 0, 0).sentValue()).isEmpty();
    }

    @Test
    void oneRefused_noneSubscribed() {
        try (var loop = new TestLoop(Backend.choose().open())) {
            sun.misc.SignalHandler mine = ignored -> {};
            var usr1 = new sun.misc.Signal("USR1");
            sun.misc.SignalHandler before = sun.misc.Signal.handle(usr1, mine);
            try {
                List<Signal> signals = List.of(Signal.USR1, Signal.of("RTMIN+3"));
                assertThatThrownBy(() -> SignalSubscription.open(loop.reactor, signals))
                        .hasMessageContaining("RTMIN+3 is not blocked in all threads");
            } finally {
                assertThat(sun.misc.Signal.handle(usr1, before)).isSameAs(mine);
            }
        }
    }

    @Test
    void masks_tellAllFromSome() {
        var masks = new SignalMasks(1L << 9, 1L << 9 | 1L << 14);
        assertThat(masks.inAll(Signal.USR1)).isTrue();
        assertThat(masks.inAll(Signal.TERM)).isFalse();
        assertThat(masks.inFirst(Signal.TERM)).isTrue();
        assertThat(masks.inFirst(Signal.of(65))).isFalse(); // not that of signal 1
        assertThat(new SignalMasks(-1, -1).inAll(Signal.of(64))).isTrue();
    }
}
