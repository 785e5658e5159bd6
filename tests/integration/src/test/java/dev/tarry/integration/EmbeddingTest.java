package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.events.EventFailedException;
import dev.tarry.events.Trigger;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.Scheduler;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Tarry beside other threads, and beside itself. */
@Timeout(60)
class EmbeddingTest {

    @BothCarriers
    void runFromAVirtualThread_works(String carrier) throws Exception {
        AtomicReference<Object> result = new AtomicReference<>();
        Thread.ofVirtual()
                .start(
                        () ->
                                result.set(
                                        Runs.call(
                                                carrier,
                                                () -> {
                                                    Tarry.sleep(Duration.ofMillis(1));
                                                    return "ran";
                                                })))
                .join();
        assertThat(result.get()).isEqualTo("ran");
    }

    @BothCarriers
    void runInsideATask_isRefusedWithTheWayOut(String carrier) {
        Runs.on(
                carrier,
                () ->
                        assertThatThrownBy(() -> Tarry.run(() -> {}))
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessageContaining("Tarry.spawn"));
    }

    @Test
    void waitOutsideATask_saysHowToStartOne() {
        assertThatThrownBy(() -> Tarry.sleep(Duration.ZERO))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Tarry.run");
    }

    @BothCarriers
    void twoSchedulersAtOnce_runBesideEachOther(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    CompletableFuture<Scheduler> there = new CompletableFuture<>();
                    CompletableFuture<String> answer = new CompletableFuture<>();
                    Thread thread =
                            Thread.ofPlatform()
                                    .start(
                                            () ->
                                                    Tarry.run(
                                                            () -> {
                                                                there.complete(Scheduler.current());
                                                                Tarry.await(Events.done(answer))
                                                                        .get();
                                                            }));
                    assertThat(Tarry.await(Events.done(there)).get())
                            .isNotSameAs(Scheduler.current());
                    answer.complete("now");
                    Tarry.await(Events.end(thread));
                });
    }

    @BothCarriers
    void channelOfAnotherScheduler_isRefusedClearly(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    Channel<Integer> ours = Channel.buffered(1);
                    ours.send(1);
                    CompletableFuture<Void> refused = new CompletableFuture<>();
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        try {
                                            Tarry.run(() -> useOf(ours));
                                            refused.complete(null);
                                        } catch (Throwable t) {
                                            refused.completeExceptionally(t);
                                        }
                                    });
                    assertThat(Tarry.await(Events.done(refused)).get()).isNull();
                    assertThat(ours.receive()).as("was not taken").isEqualTo(1);
                });
    }

    private static void useOf(Channel<Integer> foreign) {
        assertThatThrownBy(foreign::receive)
                .isInstanceOf(WrongThreadException.class)
                .hasMessageContaining("another scheduler")
                .hasMessageContaining("Channel.shared");
        assertThatThrownBy(() -> Tarry.await(foreign.receiving()))
                .isInstanceOf(EventFailedException.class)
                .hasCauseInstanceOf(WrongThreadException.class);
        assertThatThrownBy(() -> foreign.send(2)).isInstanceOf(WrongThreadException.class);
        assertThatThrownBy(foreign::tryReceive).isInstanceOf(WrongThreadException.class);
        assertThatThrownBy(() -> foreign.trySend(2)).isInstanceOf(WrongThreadException.class);
        assertThatThrownBy(foreign::close).isInstanceOf(WrongThreadException.class);
    }

    @BothCarriers
    void triggerFiredFromEightThreads_losesNothingAndKeepsEachOrder(String carrier) {
        int threads = 8;
        int each = 12_500;
        Runs.on(
                carrier,
                () -> {
                    Trigger<int[]> trigger = Events.trigger();
                    CountDownLatch go = new CountDownLatch(1);
                    for (int t = 0; t < threads; t++) {
                        int thread = t;
                        Thread.ofPlatform()
                                .start(
                                        () -> {
                                            try {
                                                go.await();
                                            } catch (InterruptedException e) {
                                                throw new AssertionError(e);
                                            }
                                            for (int i = 0; i < each; i++) {
                                                trigger.fire(new int[] {thread, i});
                                            }
                                        });
                    }
                    go.countDown();
                    int[] next = new int[threads];
                    for (int i = 0; i < threads * each; i++) {
                        int[] value = Tarry.await(trigger);
                        assertThat(value[1]).isEqualTo(next[value[0]]++);
                    }
                    assertThat(next).containsOnly(each);
                    assertThat(Tarry.await(trigger, Duration.ZERO)).isEmpty();
                });
    }

    @BothCarriers
    void fireAfterTheEnd_isRefused(String carrier) {
        Trigger<Integer> trigger = Runs.call(carrier, Events::<Integer>trigger);
        assertThat(trigger.fire(1)).isFalse();
    }

    @BothCarriers
    void hundredSchedulersInSuccession_leaveNoDescriptorAndNoThread(String carrier) {
        for (int i = 0; i < 5; i++) {
            Runs.on(carrier, () -> Tarry.sleep(Duration.ofNanos(1)));
        }
        var before = Proc.descriptors();
        for (int i = 0; i < 100; i++) {
            Runs.on(carrier, () -> Tarry.spawn(() -> Tarry.sleep(Duration.ofNanos(1))));
        }
        assertThat(Proc.descriptors()).hasSameSizeAs(before);
    }

    @BothCarriers
    void tasksOfOneScheduler_shareAPlainCounter(String carrier) {
        int[] counter = new int[1];
        AtomicInteger inside = new AtomicInteger();
        Runs.on(
                carrier,
                () -> {
                    List<Integer> seen = new ArrayList<>();
                    for (int t = 0; t < 100; t++) {
                        Tarry.spawn(
                                () -> {
                                    for (int i = 0; i < 100; i++) {
                                        assertThat(inside.incrementAndGet()).isEqualTo(1);
                                        counter[0]++;
                                        seen.add(counter[0]);
                                        inside.decrementAndGet();
                                        Tarry.yieldNow();
                                    }
                                });
                    }
                });
        assertThat(counter[0]).isEqualTo(10_000);
    }
}
