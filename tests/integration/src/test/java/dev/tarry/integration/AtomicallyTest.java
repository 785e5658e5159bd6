package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.Scheduler;
import dev.tarry.scheduler.Task;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

/** Where a task can be left, and where it cannot. */
@Timeout(60)
class AtomicallyTest {
    private int balance = 100;
    private int inside;
    private int most;

    @ParameterizedTest(name = "on {0}")
    @ValueSource(strings = {"loop", "handoff"})
    void blockingCallsInside_letNoOtherTaskRun(String carrier) {
        Runs.on(
                carrier,
                () ->
                        Scope.run(
                                scope -> {
                                    for (int i = 0; i < 3; i++) {
                                        scope.spawn(() -> Tarry.atomically(this::withdraw));
                                    }
                                }));
        assertThat(balance).isZero();
        assertThat(most).isEqualTo(1);
    }

    private void withdraw() throws InterruptedException {
        most = Math.max(most, ++inside);
        if (balance >= 100) {
            Thread.sleep(2);
            balance -= 100;
        }
        inside--;
    }

    @ParameterizedTest(name = "on {0}")
    @ValueSource(strings = {"loop", "handoff"})
    void othersThatBecomeReadyMeanwhile_runAfterItInTheirOrder(String carrier) {
        List<String> log = new ArrayList<>();
        Runs.on(
                carrier,
                () ->
                        Scope.run(
                                scope -> {
                                    Channel<String> channel = Channel.buffered(3);
                                    scope.spawn(() -> log.add(channel.receive()));
                                    scope.spawn(() -> log.add(channel.receive()));
                                    Tarry.yieldNow();
                                    Tarry.atomically(
                                            () -> {
                                                channel.trySend("a");
                                                channel.trySend("b");
                                                scope.spawn(() -> log.add("c"));
                                                Thread.sleep(2);
                                                log.add("alone");
                                            });
                                }));
        assertThat(log).containsExactly("alone", "a", "b", "c");
    }

    @ParameterizedTest(name = "on {0}")
    @ValueSource(strings = {"loop", "handoff"})
    void threadsThatItStarted_canGiveItWhatItWaitsFor(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    Thread[] late = new Thread[1];
                    late[0] = Thread.ofVirtual().unstarted(() -> {});
                    int answer =
                            Tarry.<Integer, Exception>atomically(
                                    () -> {
                                        CountDownLatch latch = new CountDownLatch(2);
                                        Thread.startVirtualThread(latch::countDown);
                                        Thread.ofPlatform().start(latch::countDown);
                                        latch.await();
                                        return 42;
                                    });
                    assertThat(answer).isEqualTo(42);
                });
    }

    @ParameterizedTest(name = "on {0}")
    @ValueSource(strings = {"loop", "handoff"})
    void waitsInside_areRefused(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    Channel<String> channel = Channel.buffered(1);
                    channel.send("there");
                    List<Runnable> waits =
                            List.of(
                                    Tarry::yieldNow,
                                    () -> Tarry.sleep(Duration.ZERO),
                                    channel::receive,
                                    () -> Tarry.wait(channel.receiving()),
                                    () -> Scope.run(s -> {}),
                                    () -> Task.current().checkpoint());
                    for (Runnable wait : waits) {
                        assertThatThrownBy(() -> Tarry.atomically(wait::run))
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessageContaining("inside atomically");
                    }
                    Tarry.atomically(() -> Tarry.atomically(() -> {}));
                    assertThatThrownBy(
                                    () ->
                                            Tarry.atomically(
                                                    () -> {
                                                        throw new IOException("its own");
                                                    }))
                            .isInstanceOf(IOException.class);
                    assertThat(channel.receive()).as("after it").isEqualTo("there");
                });
    }

    @ParameterizedTest(name = "on {0}")
    @ValueSource(strings = {"loop", "handoff"})
    void cancelFromAnotherThread_reachesTheCallInside(String carrier) {
        Runs.on(
                carrier,
                () ->
                        Scope.run(
                                scope ->
                                        scope.spawn(
                                                () -> {
                                                    Thread.ofPlatform().start(scope::cancel);
                                                    Tarry.atomically(
                                                            () -> new Semaphore(0).acquire());
                                                })));
    }

    @Test
    void requiredLoopCarrier_isThereOrIsRefused() {
        Runs.on(
                "loop",
                Scheduler.builder().requireLoopCarrier(),
                () -> assertThat(Scheduler.current().carrierName()).isEqualTo("loop"));
        assertThatThrownBy(
                        () ->
                                Runs.on(
                                        "handoff",
                                        Scheduler.builder().requireLoopCarrier(),
                                        () -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("-Dtarry.carrier=handoff");
    }
}
