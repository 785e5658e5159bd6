package dev.tarry.integration.regress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.events.BaseEvent;
import dev.tarry.events.Event;
import dev.tarry.events.Outcome;
import dev.tarry.events.Reactor;
import dev.tarry.events.Waiter;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.CancelledException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;

/** Waits in the middle of which something happens that has no business there. */
@Timeout(60)
class WaitInterruptedTest {
    private static final Duration MOMENT = Duration.ofNanos(1);

    /** An event that blocks for a moment, on a lock that another loop holds, say. */
    private static final class Blocking implements BaseEvent<String> {
        private final boolean inArm;

        Blocking(boolean inArm) {
            this.inArm = inArm;
        }

        @Override
        public Outcome<String> poll(Reactor reactor) {
            if (!inArm) {
                Thread.yield();
            }
            return null;
        }

        @Override
        public void arm(Waiter waiter) {
            if (inArm) {
                Thread.yield();
            }
        }

        @Override
        public void disarm(Waiter waiter) {}
    }

    @Test
    void messageWhileALaterEventBlocksInPoll_isNotMissed() {
        receiveBeside(new Blocking(false));
    }

    @Test
    void messageWhileALaterEventBlocksInArm_isNotMissed() {
        receiveBeside(new Blocking(true));
    }

    private static void receiveBeside(Event<?> other) {
        Tarry.run(
                () -> {
                    Channel<String> channel = Channel.buffered(1);
                    var unused = Tarry.spawn(() -> channel.trySend("message"));
                    var fired = Tarry.wait(channel.receiving(), other);
                    assertThat(fired.get(channel.receiving())).contains("message");
                });
    }

    @Test
    void interruptBehindAShield_isToldOnceAndDoesNotReachOtherCalls() {
        Tarry.run(
                () -> {
                    var task =
                            Tarry.spawn(
                                    () -> {
                                        Scope.shield(
                                                s -> {
                                                    Thread.currentThread().interrupt();
                                                    Tarry.sleep(MOMENT);
                                                    Thread.sleep(1); // throws if it is still set
                                                    return null;
                                                });
                                        Tarry.sleep(Duration.ofHours(1));
                                    });
                    assertThat(Tarry.await(task.done()))
                            .isInstanceOfSatisfying(
                                    Outcome.Failed.class,
                                    failed ->
                                            assertThat(failed.cause())
                                                    .isInstanceOf(CancelledException.class));
                });
    }
}
