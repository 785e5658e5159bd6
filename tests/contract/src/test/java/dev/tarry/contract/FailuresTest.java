package dev.tarry.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.events.BaseEvent;
import dev.tarry.events.ErrnoException;
import dev.tarry.events.Event;
import dev.tarry.events.EventFailedException;
import dev.tarry.events.FiredEvents;
import dev.tarry.events.Outcome;
import dev.tarry.events.Reactor;
import dev.tarry.events.Waiter;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Tarry;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** W5: an event that cannot be waited for fires as failed, and the others still work. */
class FailuresTest {
    private static final int NO_SUCH_FD = 19_999;

    /** Beyond what Linux gives to any process (PID_MAX_LIMIT). */
    private static final long NO_SUCH_PID = 4_194_305;

    /** Throws where it is told to. */
    private static final class Broken implements BaseEvent<String> {
        private final boolean inPoll;
        private final boolean inDisarm;
        private int armed;

        Broken(boolean inPoll, boolean inDisarm) {
            this.inPoll = inPoll;
            this.inDisarm = inDisarm;
        }

        @Override
        public @Nullable Outcome<String> poll(Reactor reactor) {
            if (inPoll) {
                throw new IllegalStateException("broken");
            }
            return null;
        }

        @Override
        public void arm(Waiter waiter) {
            armed++;
            if (!inDisarm) {
                throw new IllegalStateException("broken");
            }
        }

        @Override
        public void disarm(Waiter waiter) {
            armed--;
            if (inDisarm) {
                throw new IllegalStateException("broken");
            }
        }
    }

    private interface Maker {
        Event<?> make();
    }

    private static void besideOthers(Variant variant, Class<? extends Throwable> cause, Maker maker)
            throws Exception {
        variant.run(
                () -> {
                    Event<?> bad = maker.make();
                    UserEvents.Flag level = new UserEvents.Flag();
                    UserEvents.Box claim = new UserEvents.Box(true);
                    assertOnlyFailed(Tarry.wait(level, bad, claim), bad, cause);
                    level.assertNobodyArmed();
                    claim.assertNobodyArmed();

                    level.raise();
                    claim.put("thing");
                    FiredEvents<?> fired = Tarry.wait(level, bad, claim);
                    assertThat(fired.get(level)).contains("raised");
                    if (!fired.has(claim)) {
                        assertThat(claim.size()).isOne();
                    }
                    assertThatThrownBy(() -> Tarry.await(maker.make()))
                            .isInstanceOf(EventFailedException.class)
                            .hasCauseInstanceOf(cause);
                });
    }

    private static void assertOnlyFailed(
            FiredEvents<?> fired, Event<?> bad, Class<? extends Throwable> cause) {
        assertThat(fired).hasSize(1);
        assertThat(fired.first().event()).isSameAs(bad);
        assertThat(fired.first().outcome()).isInstanceOf(Outcome.Failed.class);
        assertThat(((Outcome.Failed<?>) fired.first().outcome()).cause()).isInstanceOf(cause);
        assertThatThrownBy(() -> fired.get(bad)).isInstanceOf(EventFailedException.class);
    }

    @OnBothCarriers
    void badFdNumber(Variant variant) throws Exception {
        besideOthers(variant, ErrnoException.class, () -> Events.readable(NO_SUCH_FD));
    }

    @OnBothCarriers
    void badFdNumberForWriting(Variant variant) throws Exception {
        besideOthers(variant, ErrnoException.class, () -> Events.writable(NO_SUCH_FD));
    }

    @OnBothCarriers
    void processThatNeverExisted(Variant variant) throws Exception {
        besideOthers(variant, ErrnoException.class, () -> Events.exit(NO_SUCH_PID));
    }

    @OnBothCarriers
    void threadThatWasNotStarted(Variant variant) throws Exception {
        Thread unstarted = Thread.ofPlatform().unstarted(() -> {});
        besideOthers(variant, IllegalThreadStateException.class, () -> Events.end(unstarted));
    }

    @OnBothCarriers
    void stageThatHasNoFuture(Variant variant) throws Exception {
        class Stage extends CompletableFuture<String> {
            @Override
            public CompletableFuture<String> toCompletableFuture() {
                throw new ArithmeticException();
            }
        }
        besideOthers(variant, ArithmeticException.class, () -> Events.done(new Stage()));
    }

    @OnBothCarriers
    void pollThrows(Variant variant) throws Exception {
        besideOthers(variant, IllegalStateException.class, () -> new Broken(true, false));
    }

    @OnBothCarriers
    void armThrows(Variant variant) throws Exception {
        variant.run(
                () -> {
                    Broken bad = new Broken(false, false);
                    UserEvents.Flag level = new UserEvents.Flag();
                    UserEvents.Box claim = new UserEvents.Box(true);
                    FiredEvents<?> fired = Tarry.wait(level, bad, claim);
                    assertOnlyFailed(fired, bad, IllegalStateException.class);
                    level.assertNobodyArmed();
                    claim.assertNobodyArmed();
                    // What is ready needs no arming.
                    level.raise();
                    assertThat(Tarry.wait(bad, level).get(level)).contains("raised");
                });
    }

    @OnBothCarriers
    void disarmThrows_isThatEventsFailure(Variant variant) throws Exception {
        Event<String> broken = new Broken(false, true);
        variant.run(
                () -> {
                    var fired = Tarry.wait(List.of(broken), Duration.ofNanos(1));
                    assertThatThrownBy(() -> fired.get(broken)).hasRootCauseMessage("broken");
                });
    }

    @OnBothCarriers
    void waitWithinPoll_isThatEventsFailure(Variant variant) throws Exception {
        Event<String> nested =
                new BaseEvent<>() {
                    @Override
                    public @Nullable Outcome<String> poll(Reactor reactor) {
                        Tarry.sleep(Duration.ofDays(1));
                        return null;
                    }

                    @Override
                    public void arm(Waiter waiter) {}

                    @Override
                    public void disarm(Waiter waiter) {}
                };
        variant.run(
                () -> {
                    UserEvents.Flag flag = new UserEvents.Flag();
                    assertOnlyFailed(Tarry.wait(flag, nested), nested, IllegalStateException.class);
                    flag.raise();
                    assertThat(Tarry.await(flag)).isEqualTo("raised");
                });
    }
}
