package dev.tarry.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.time.Duration;

/** Deadlines and ticks by a clock that stands still until it is told to go on. */
class TimerEventsTest {
    private long now = Long.MAX_VALUE - 500; // overflows on the way, as nanoTime may
    private final Thread me = Thread.currentThread();

    private final Reactor reactor =
            new Reactor(
                    new ScriptedPoller(),
                    new Clock() {
                        @Override
                        public long nanos() {
                            return now;
                        }

                        @Override
                        public long idleUntil(long deadline) {
                            return 0;
                        }
                    },
                    new Loop() {
                        @Override
                        public boolean post(Runnable action) {
                            return false;
                        }

                        @Override
                        public boolean isCurrent() {
                            return Thread.currentThread() == me;
                        }
                    });

    private void advance(long nanos) {
        now += nanos;
        reactor.fireTimers(now);
    }

    @Test
    void armedDeadline_wakesWhenItHasPassedAndNotBefore() {
        Deadline deadline = Deadline.after(reactor, Duration.ofNanos(1_000));
        TestWaiter waiter = new TestWaiter(reactor, deadline);
        deadline.arm(waiter);
        assertThat(reactor.hasTimers()).isTrue();
        advance(999);
        assertThat(waiter.wakes).isZero();
        assertThat(deadline.poll(reactor)).isNull();
        advance(1);
        assertThat(waiter.wakes).isEqualTo(1);
        assertThat(deadline.poll(reactor)).isEqualTo(new Outcome.Value<>(Duration.ZERO));
        advance(7);
        assertThat(deadline.poll(reactor)).isEqualTo(new Outcome.Value<>(Duration.ofNanos(7)));
        assertThat(waiter.wakes).isEqualTo(1);
        deadline.disarm(waiter);
        assertThat(waiter.attachment()).isNull();
        assertThat(deadline).hasToString("deadline of 0.000001s");
    }

    @Test
    void disarmedDeadline_leavesNoTimerBehind() {
        Deadline deadline = Deadline.after(reactor, Duration.ofNanos(1_000));
        TestWaiter waiter = new TestWaiter(reactor, deadline);
        deadline.disarm(waiter); // as after an arm that failed
        deadline.arm(waiter);
        deadline.disarm(waiter);
        assertThat(reactor.hasTimers()).isFalse();
        assertThat(waiter.attachment()).isNull();
        advance(2_000);
        assertThat(waiter.wakes).isZero();
    }

    @Test
    void ticker_tellsAllTicksThatAreDueOnce() {
        Ticker ticker = Ticker.every(reactor, Duration.ofNanos(100));
        advance(99);
        assertThat(ticker.poll(reactor)).isNull();
        advance(1);
        assertThat(ticker.poll(reactor)).isEqualTo(ticks(1, 0));
        assertThat(ticker.poll(reactor)).isNull();
        advance(350);
        assertThat(ticker.poll(reactor)).isEqualTo(ticks(3, 50));
        advance(49);
        assertThat(ticker.poll(reactor)).as("the fourth is due at 500").isNull();
        advance(1);
        assertThat(ticker.poll(reactor)).isEqualTo(ticks(1, 0));
    }

    private static Outcome<Ticker.Ticks> ticks(long count, long late) {
        return new Outcome.Value<>(new Ticker.Ticks(count, Duration.ofNanos(late)));
    }

    @Test
    void tickThatSomebodyElseTook_wakesAgainAtTheNext() {
        Ticker ticker = Ticker.every(reactor, Duration.ofNanos(100));
        TestWaiter waiter = new TestWaiter(reactor, ticker);
        ticker.arm(waiter);
        advance(100);
        assertThat(waiter.wakes).isEqualTo(1);
        ticker.disarm(waiter);
        assertThat(ticker.poll(reactor)).isNotNull();
        ticker.arm(waiter);
        advance(99);
        assertThat(waiter.wakes).isEqualTo(1);
        advance(1);
        assertThat(waiter.wakes).isEqualTo(2);
        ticker.disarm(waiter);
        assertThat(reactor.hasTimers()).isFalse();
    }

    @Test
    void periodOfNothing_isRefused() {
        assertThatThrownBy(() -> Ticker.every(reactor, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("more than zero");
    }

    @Test
    void timersOfAnotherThread_areRefused() throws InterruptedException {
        Deadline deadline = Deadline.after(reactor, Duration.ofNanos(1));
        TestWaiter waiter = new TestWaiter(reactor, deadline);
        Throwable[] thrown = new Throwable[1];
        Thread other =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    try {
                                        deadline.arm(waiter);
                                    } catch (Throwable t) {
                                        thrown[0] = t;
                                    }
                                });
        other.join();
        assertThat(thrown[0])
                .isInstanceOf(WrongThreadException.class)
                .hasMessageContaining(other.getName());
        assertThat(reactor.timers()).isZero();
    }
}
