package dev.tarry.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.runtime.Body;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.DeadlockException;
import dev.tarry.scheduler.Outsider;
import dev.tarry.scheduler.Scheduler;
import dev.tarry.scheduler.Task;
import dev.tarry.scheduler.TaskState;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/** What counts as help from outside, and what does not: as DeadlockException says. */
@Timeout(60)
class OutsiderTest {

    /** Runs {@code step} on another thread once the calling task waits. */
    private static void onceThisWaits(Body step) {
        Task<?> task = Task.current();
        Thread.ofPlatform()
                .daemon()
                .start(
                        () -> {
                            while (task.state() != TaskState.WAITING) {
                                Thread.yield();
                            }
                            try {
                                step.run();
                            } catch (Exception e) {
                                throw new AssertionError(e);
                            }
                        });
    }

    private static void sleepUntilCancelled() {
        var unused = Tarry.wait(List.of());
    }

    // ---- a sleep until somebody cancels

    @OnAllVariants
    void sleepWithoutEnd_isEndedByACancelFromAnotherThread(Variant variant) throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        variant.run(
                () -> {
                    Scope.run(
                            scope -> {
                                onceThisWaits(scope::cancel);
                                sleepUntilCancelled();
                            });
                    over.set(true);
                });
        assertThat(over).isTrue();
    }

    @OnAllVariants
    void sleepWithoutEnd_keepsThoseAliveThatWaitForEachOther(Variant variant) throws Exception {
        AtomicBoolean cancelled = new AtomicBoolean();
        variant.run(
                () ->
                        Scope.run(
                                scope -> {
                                    Channel<String> work = Channel.rendezvous();
                                    scope.spawn(
                                            () -> {
                                                try {
                                                    work.receive();
                                                } finally {
                                                    cancelled.set(scope.isCancelled());
                                                }
                                            });
                                    onceThisWaits(scope::cancel);
                                    sleepUntilCancelled();
                                }));
        assertThat(cancelled).isTrue();
    }

    @OnAllVariants
    void sleepWithoutEndBehindAShield_isADeadlock(Variant variant) {
        assertThatThrownBy(
                        () ->
                                variant.run(
                                        () -> {
                                            var unused = Scope.shield(s -> Tarry.wait(List.of()));
                                        }))
                .isInstanceOf(DeadlockException.class);
    }

    @OnBothCarriers
    void sleepInAScopeBehindAShield_canBeCancelled(Variant variant) throws Exception {
        variant.run(
                () -> {
                    var unused =
                            Scope.shield(
                                    s -> {
                                        Scope.run(
                                                scope -> {
                                                    onceThisWaits(scope::cancel);
                                                    sleepUntilCancelled();
                                                });
                                        return true;
                                    });
                });
    }

    // ---- who was announced

    @OnAllVariants
    void announcedOutsider_cancelsWhoWaitsForALocalChannel(Variant variant) throws Exception {
        AtomicReference<String> dump = new AtomicReference<>();
        variant.run(
                () ->
                        Scope.run(
                                scope -> {
                                    try (var hook = Tarry.expectOutsider("the shutdown hook")) {
                                        dump.set(Scheduler.current().dump());
                                        onceThisWaits(scope::cancel);
                                        Channel.<String>rendezvous().receive();
                                    }
                                }));
        assertThat(dump.get()).contains("may come from outside: the shutdown hook");
    }

    @OnAllVariants
    void lastOutsiderThatLeavesByAnotherThread_leavesADeadlock(Variant variant) {
        AtomicBoolean left = new AtomicBoolean();
        assertThatThrownBy(
                        () ->
                                variant.run(
                                        () -> {
                                            var first = Tarry.expectOutsider("the first");
                                            var second = Tarry.expectOutsider("the second");
                                            first.close();
                                            onceThisWaits(
                                                    () -> {
                                                        first.close(); // again: the second stays
                                                        left.set(true);
                                                        second.close();
                                                    });
                                            Channel.<String>rendezvous().receive();
                                        }))
                .isInstanceOf(DeadlockException.class)
                .hasMessageContaining("expectOutsider")
                .satisfies(e -> assertThat(left).isTrue());
    }

    @Test
    void outsider_mayBeExpectedBeforeTheLoopRuns() {
        Scheduler scheduler = Scheduler.builder().build();
        Outsider early = scheduler.expectOutsider("early");
        var unused =
                scheduler.spawn(
                        "waits",
                        scheduler.root(),
                        () -> {
                            onceThisWaits(scheduler.root()::cancel);
                            return Channel.<String>rendezvous().receive();
                        },
                        ended -> {});
        assertThatCode(scheduler::run).doesNotThrowAnyException();
        early.close(); // after the end does nothing
    }

    @OnBothCarriers
    void outsider_isExpectedOnTheLoopOnly(Variant variant) throws Exception {
        variant.run(
                () -> {
                    Scheduler scheduler = Scheduler.current();
                    assertThatThrownBy(() -> Tarry.blocking(() -> scheduler.expectOutsider("late")))
                            .isInstanceOf(WrongThreadException.class);
                });
    }

    // ---- virtual threads that tasks have started

    @OnBothCarriers
    void virtualThreadThatHasEnded_isNoHelp(Variant variant) {
        assertThatThrownBy(
                        () ->
                                variant.run(
                                        () -> {
                                            for (int i = 0; i < 200; i++) {
                                                Thread.ofVirtual().start(Thread::yield).join();
                                            }
                                            Channel.<String>rendezvous().receive();
                                        }))
                .isInstanceOf(DeadlockException.class);
    }

    @Test
    void virtualThreadThatLives_mayHelp() throws Exception {
        Variant.LOOP.run(
                () ->
                        Scope.run(
                                scope -> {
                                    CountDownLatch latch = new CountDownLatch(1);
                                    Thread.ofVirtual()
                                            .start(
                                                    () -> {
                                                        awaitUninterrupted(latch);
                                                        scope.cancel();
                                                    });
                                    onceThisWaits(latch::countDown);
                                    Channel.<String>rendezvous().receive();
                                }));
    }

    @Test
    void virtualThreadThatEndsWithoutHelp_leavesADeadlock() {
        CountDownLatch latch = new CountDownLatch(1);
        assertThatThrownBy(
                        () ->
                                Variant.LOOP.run(
                                        () -> {
                                            Thread.ofVirtual()
                                                    .start(() -> awaitUninterrupted(latch));
                                            onceThisWaits(latch::countDown);
                                            Channel.<String>rendezvous().receive();
                                        }))
                .isInstanceOf(DeadlockException.class)
                .satisfies(e -> assertThat(latch.getCount()).isZero());
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
