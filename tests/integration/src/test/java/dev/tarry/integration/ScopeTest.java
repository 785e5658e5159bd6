package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.ScopeTimeoutException;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.CancelledException;
import dev.tarry.scheduler.Scheduler;
import dev.tarry.scheduler.Task;
import dev.tarry.scheduler.TaskFailedException;

import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** When scopes end, what ends with them, and what cancelling reaches. */
@Timeout(60)
class ScopeTest {
    private static final Duration LONG = Duration.ofHours(1);

    private final List<String> log = new ArrayList<>();

    private void sleepAndLog(String name) {
        try {
            Tarry.sleep(LONG);
        } catch (CancelledException e) {
            log.add(name);
            throw e;
        }
    }

    @BothCarriers
    void scope_endsWhenItsChildrenHave(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    Scope.run(
                            scope -> {
                                scope.spawn(
                                        () -> {
                                            Tarry.sleep(Duration.ofMillis(5));
                                            scope.spawn(() -> log.add("grandchild"));
                                        });
                                log.add("body");
                            });
                    log.add("after");
                });
        assertThat(log).containsExactly("body", "grandchild", "after");
    }

    @BothCarriers
    void cancel_endsTheScopeAndReturnsNormally(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    Scope.run(
                            scope -> {
                                scope.spawn(() -> sleepAndLog("a"));
                                scope.spawn(
                                        () -> Scope.run(in -> in.spawn(() -> sleepAndLog("b"))));
                                scope.spawn(() -> scope.cancel());
                                sleepAndLog("body");
                            });
                    Tarry.sleep(Duration.ZERO); // and here nothing is cancelled any more
                    log.add("after");
                });
        assertThat(log).hasSize(4).endsWith("after").contains("a", "b", "body");
    }

    @BothCarriers
    void callOfACancelledScope_hasNoValueAndThrows(String carrier) {
        Runs.on(
                carrier,
                () ->
                        assertThatThrownBy(
                                        () ->
                                                Scope.call(
                                                        scope -> {
                                                            scope.cancel();
                                                            Tarry.sleep(LONG);
                                                            return 1;
                                                        }))
                                .isInstanceOf(CancelledException.class));
    }

    @BothCarriers
    void cancelFromAnotherThread_endsTheScope(String carrier) {
        Runs.on(
                carrier,
                () ->
                        Scope.run(
                                scope -> {
                                    scope.spawn(() -> sleepAndLog("child"));
                                    Thread.ofPlatform().start(scope::cancel);
                                    sleepAndLog("body");
                                }));
        assertThat(log).containsExactlyInAnyOrder("child", "body");
    }

    @BothCarriers
    void innerScopeCancelled_outerGoesOn(String carrier) {
        Runs.on(
                carrier,
                () ->
                        Scope.run(
                                outer -> {
                                    Task<?> sibling =
                                            outer.spawn(
                                                    () -> {
                                                        Tarry.sleep(Duration.ofMillis(5));
                                                        log.add("sibling");
                                                    });
                                    Scope.run(
                                            inner -> {
                                                inner.spawn(() -> sleepAndLog("inner"));
                                                Tarry.yieldNow();
                                                inner.cancel();
                                            });
                                    sibling.join();
                                }));
        assertThat(log).containsExactly("inner", "sibling");
    }

    @BothCarriers
    void exceptionOfTheBody_cancelsTheChildrenAndWaitsForThem(String carrier) {
        Runs.on(
                carrier,
                () ->
                        assertThatThrownBy(
                                        () ->
                                                Scope.run(
                                                        scope -> {
                                                            scope.spawn(() -> sleepAndLog("a"));
                                                            Tarry.yieldNow();
                                                            throw new IllegalStateException("body");
                                                        }))
                                .hasMessage("body")
                                .isInstanceOf(IllegalStateException.class));
        assertThat(log).containsExactly("a");
    }

    @BothCarriers
    void childCancelledBeforeItsFirstRun_runsAndItsFirstWaitThrows(String carrier) {
        Runs.on(
                carrier,
                () ->
                        Scope.run(
                                scope -> {
                                    Task<?> child =
                                            scope.spawn(
                                                    () -> {
                                                        log.add("runs");
                                                        sleepAndLog("cancelled");
                                                    });
                                    child.cancel();
                                    Tarry.await(child.done());
                                }));
        assertThat(log).containsExactly("runs", "cancelled");
    }

    @BothCarriers
    void cancelledOneTask_itsSiblingsGoOn(String carrier) {
        Runs.on(
                carrier,
                () ->
                        Scope.run(
                                scope -> {
                                    Task<?> a = scope.spawn(() -> sleepAndLog("a"));
                                    scope.spawn(
                                            () -> {
                                                Tarry.await(a.done());
                                                log.add("sibling");
                                            });
                                    Tarry.yieldNow();
                                    a.cancel();
                                }));
        assertThat(log).containsExactly("a", "sibling");
    }

    // ---- time

    @BothCarriers
    void withinALimit_cancelsAllAndThrowsItsOwnException(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    Duration limit = Duration.ofMillis(20);
                    long began = System.nanoTime();
                    assertThatThrownBy(
                                    () ->
                                            Scope.within(
                                                    limit,
                                                    scope -> {
                                                        scope.spawn(() -> sleepAndLog("child"));
                                                        sleepAndLog("body");
                                                        return 1;
                                                    }))
                            .isInstanceOf(ScopeTimeoutException.class);
                    assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(limit.toNanos());
                });
        assertThat(log).containsExactlyInAnyOrder("child", "body");
    }

    @BothCarriers
    void doneWithinTheLimit_answersAndLeavesNoTimer(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    assertThat(Scope.<Integer, RuntimeException>within(LONG, scope -> 7))
                            .isEqualTo(7);
                    assertThat(Scheduler.current().reactor().timers()).isZero();
                });
    }

    @BothCarriers
    void shorterLimitOutside_isTheOneThatThrows(String carrier) {
        Runs.on(
                carrier,
                () ->
                        assertThatThrownBy(
                                        () ->
                                                Scope.within(
                                                        Duration.ofMillis(5),
                                                        outer ->
                                                                Scope.within(
                                                                        LONG,
                                                                        inner -> {
                                                                            Tarry.sleep(LONG);
                                                                            return 1;
                                                                        })))
                                .isInstanceOf(ScopeTimeoutException.class)
                                .hasMessageContaining("0.005s"));
    }

    // ---- shields and cleanup

    @BothCarriers
    void shield_letsCleanupWait(String carrier) {
        Runs.on(
                carrier,
                () ->
                        Scope.run(
                                scope -> {
                                    Channel<String> lastWords = Channel.buffered(1);
                                    scope.spawn(
                                            () -> {
                                                try {
                                                    Tarry.sleep(LONG);
                                                } finally {
                                                    Scope.shield(
                                                            s -> {
                                                                Tarry.sleep(Duration.ofMillis(2));
                                                                lastWords.send("bye");
                                                                return null;
                                                            });
                                                    log.add("cleaned");
                                                }
                                            });
                                    Tarry.yieldNow();
                                    scope.cancel();
                                    log.add(Scope.shield(s -> lastWords.receive()));
                                }));
        assertThat(log).containsExactlyInAnyOrder("cleaned", "bye");
    }

    @BothCarriers
    void everyWaitAfterTheCancel_throwsUntilTheScopeEnds(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    Scope.run(
                            scope -> {
                                scope.cancel();
                                for (int i = 0; i < 3; i++) {
                                    assertThatThrownBy(() -> Tarry.sleep(LONG))
                                            .isInstanceOf(CancelledException.class);
                                    assertThatThrownBy(Tarry::yieldNow)
                                            .isInstanceOf(CancelledException.class);
                                }
                            });
                    Tarry.yieldNow();
                });
    }

    @BothCarriers
    void exceptionInCleanupOfACancelledTask_isTheScopesFailure(String carrier) {
        Runs.on(
                carrier,
                () ->
                        assertThatThrownBy(
                                        () ->
                                                Scope.run(
                                                        scope -> {
                                                            scope.spawn(ScopeTest::badCleanup);
                                                            Tarry.yieldNow();
                                                            scope.cancel();
                                                        }))
                                .isInstanceOf(TaskFailedException.class)
                                .hasRootCauseMessage("cleanup"));
    }

    private static void badCleanup() {
        try {
            Tarry.sleep(LONG);
        } catch (CancelledException e) {
            throw new IllegalStateException("cleanup");
        }
    }

    // ---- misuse

    @BothCarriers
    void spawnAfterTheEnd_isRefused(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    Scope[] old = new Scope[1];
                    Scope.run(scope -> old[0] = scope);
                    assertThatThrownBy(() -> old[0].spawn(() -> log.add("never")))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("has ended");
                });
        assertThat(log).isEmpty();
    }

    @BothCarriers
    void spawnFromAnotherThread_isRefused(String carrier) {
        Runs.on(
                carrier,
                () ->
                        Scope.run(
                                scope -> {
                                    Thread thread =
                                            Thread.ofPlatform()
                                                    .start(
                                                            () -> {
                                                                try {
                                                                    scope.spawn(() -> {});
                                                                } catch (WrongThreadException e) {
                                                                    log.add("refused");
                                                                }
                                                            });
                                    Tarry.await(Events.end(thread));
                                    assertThat(scope.size()).isZero();
                                }));
        assertThat(log).containsExactly("refused");
    }
}
