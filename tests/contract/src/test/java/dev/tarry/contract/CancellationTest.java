package dev.tarry.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.events.Trigger;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.CancelledException;
import dev.tarry.scheduler.Task;
import dev.tarry.scheduler.TaskState;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Who may end a wait from outside: cancel, and the interrupt of the JDK. */
class CancellationTest {

    @OnAllVariants
    void cancelFromAnotherThread_endsTheWait(Variant variant) throws Exception {
        variant.run(
                () -> {
                    Waiting waiting = Waiting.parked(List.of(new UserEvents.Flag()), null);
                    Thread.ofPlatform().start(waiting.task()::cancel);
                    waiting.assertCancelled();
                });
    }

    @OnAllVariants
    void interruptFromAnotherThread_endsTheWait(Variant variant) throws Exception {
        variant.run(
                () -> {
                    Waiting waiting = Waiting.parked(List.of(new UserEvents.Flag()), null);
                    Thread.ofPlatform().start(waiting.task().thread()::interrupt);
                    waiting.assertCancelled();
                });
    }

    @OnAllVariants
    void interruptByAnotherTask_endsTheWait(Variant variant) throws Exception {
        variant.run(
                () -> {
                    for (int i = 0; i < 100; i++) {
                        Waiting waiting =
                                Waiting.parked(List.of(new UserEvents.Flag()), Duration.ofDays(1));
                        waiting.task().thread().interrupt();
                        waiting.assertCancelled();
                    }
                });
    }

    @OnAllVariants
    void interruptBeforeTheWait_endsItAtOnce(Variant variant) throws Exception {
        variant.run(
                () -> {
                    UserEvents.Box box = new UserEvents.Box(true);
                    box.put("thing");
                    Task<?> task =
                            Tarry.spawn(
                                    () -> {
                                        Thread.currentThread().interrupt();
                                        assertCancelled(box);
                                        assertCancelled(box);
                                    });
                    task.join();
                    assertThat(Tarry.await(box)).as("was not taken").isEqualTo("thing");
                });
    }

    private static void assertCancelled(UserEvents.Box box) {
        assertThatThrownBy(() -> Tarry.wait(box)).isInstanceOf(CancelledException.class);
        assertThatThrownBy(() -> Tarry.await(box, Duration.ZERO))
                .isInstanceOf(CancelledException.class);
    }

    @OnAllVariants
    void interruptInTheTurnOfACommit_claimIsReturnedAndTheNextWaitThrows(Variant variant)
            throws Exception {
        variant.run(
                () -> {
                    UserEvents.Box box = new UserEvents.Box(true);
                    Waiting waiting = Waiting.parkedTwice(List.of(box), null);
                    box.put("thing");
                    waiting.task().thread().interrupt();
                    waiting.assertNextCancelled();
                    assertThat(waiting.fired().get(box)).contains("thing");
                });
    }

    /** Races a cancel against what another thread fires: nothing is lost, nothing told twice. */
    @OnBothCarriers
    void cancelRacesWithATrigger_valueIsReturnedOrStillThere(Variant variant) throws Exception {
        variant.run(
                () -> {
                    for (int i = 0; i < 300; i++) {
                        Trigger<Integer> trigger = Events.trigger();
                        int value = i;
                        Waiting waiting = Waiting.parkedTwice(List.of(trigger), null);
                        Thread canceller = Thread.ofPlatform().unstarted(waiting.task()::cancel);
                        Thread firing = Thread.ofPlatform().unstarted(() -> trigger.fire(value));
                        (i % 2 == 0 ? canceller : firing).start();
                        (i % 2 == 0 ? firing : canceller).start();
                        waiting.assertNextCancelled();
                        int told =
                                waiting.hasReturned()
                                        ? waiting.fired().get(trigger).orElseThrow()
                                        : Tarry.await(trigger);
                        assertThat(told).isEqualTo(value);
                        assertThat(Tarry.await(trigger, Duration.ZERO)).isEmpty();
                    }
                });
    }

    @OnBothCarriers
    void interruptRacesWithAChannel_nothingIsLost(Variant variant) throws Exception {
        variant.run(
                () -> {
                    for (int i = 0; i < 300; i++) {
                        Channel<Integer> channel = Channel.buffered(1);
                        Waiting waiting = Waiting.parkedTwice(List.of(channel.receiving()), null);
                        Thread.ofPlatform().start(waiting.task().thread()::interrupt);
                        if (i % 2 == 0) {
                            Tarry.yieldNow();
                        }
                        assertThat(channel.trySend(i)).isTrue();
                        waiting.assertNextCancelled();
                        int got =
                                waiting.hasReturned()
                                        ? waiting.fired().get(channel.receiving()).orElseThrow()
                                        : channel.receive();
                        assertThat(got).isEqualTo(i);
                        assertThat(channel.tryReceive()).isEmpty();
                    }
                });
    }

    /** The other carrier cannot: the sleeping task holds the whole scheduler. */
    @Test
    @Timeout(60)
    void cancelOfATaskInThreadSleep_interruptsIt() throws Exception {
        Variant.LOOP.run(
                () -> {
                    AtomicBoolean interrupted = new AtomicBoolean();
                    Task<?> task =
                            Tarry.spawn(
                                    () -> {
                                        try {
                                            Thread.sleep(Duration.ofDays(1));
                                        } catch (InterruptedException e) {
                                            interrupted.set(true);
                                        }
                                        Tarry.wait(new UserEvents.Flag());
                                    });
                    while (task.state() != TaskState.BLOCKED) {
                        Tarry.yieldNow();
                    }
                    task.cancel();
                    Tarry.await(task.done());
                    assertThat(interrupted).isTrue();
                    assertThatThrownBy(task::join).hasCauseInstanceOf(CancelledException.class);
                });
    }
}
