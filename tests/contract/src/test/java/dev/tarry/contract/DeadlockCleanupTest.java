package dev.tarry.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.runtime.Body;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.CancelledException;
import dev.tarry.scheduler.DeadlockException;

import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A deadlock cancels the tasks, so that their cleanup runs. Cleanup that deadlocks itself is ended
 * in the same way, shield by shield, until all tasks have ended.
 */
@Timeout(60)
class DeadlockCleanupTest {

    private static void waitInVain() {
        Channel.<String>rendezvous().receive();
    }

    /** Waits behind a shield for what never comes. */
    private static void waitBehindAShield() throws Exception {
        var unused =
                Scope.shield(
                        s -> {
                            waitInVain();
                            return true;
                        });
    }

    private static void deadlocks(Variant variant, Body main) {
        assertThatThrownBy(() -> variant.run(main)).isInstanceOf(DeadlockException.class);
    }

    @OnAllVariants
    void cleanupThatDeadlocks_isEndedSoThatTheBlocksAroundItRun(Variant variant) {
        List<String> seen = new ArrayList<>();
        deadlocks(
                variant,
                () -> {
                    Tarry.spawn(() -> cleanUpInThreeSteps(seen));
                    Tarry.spawn(() -> cleanUpInThreeSteps(seen));
                    waitInVain();
                });
        assertThat(seen).containsExactly("first", "first", "second", "second", "third", "third");
    }

    /** Each step deadlocks, and the next one is in its {@code finally}. */
    private static void cleanUpInThreeSteps(List<String> seen) throws Exception {
        try {
            try {
                try {
                    waitInVain();
                } finally {
                    seen.add("first");
                    waitBehindAShield();
                }
            } finally {
                seen.add("second");
                waitBehindAShield();
            }
        } finally {
            seen.add("third");
        }
    }

    @OnAllVariants
    void cleanupThatNeedsAnotherTasksCleanup_isLeftToEnd(Variant variant) {
        List<String> seen = new ArrayList<>();
        Channel<String> farewell = Channel.rendezvous();
        deadlocks(
                variant,
                () -> {
                    Tarry.spawn(() -> atTheEnd(() -> farewell.send("bye")));
                    Tarry.spawn(() -> atTheEnd(() -> seen.add(farewell.receive())));
                });
        assertThat(seen).containsExactly("bye");
    }

    private static void atTheEnd(Body cleanup) throws Exception {
        try {
            waitInVain();
        } finally {
            var unused =
                    Scope.shield(
                            s -> {
                                cleanup.run();
                                return true;
                            });
        }
    }

    @OnAllVariants
    void scopeWhoseTasksDeadlockInTheirCleanup_stillEndsAfterThem(Variant variant) {
        List<String> seen = new ArrayList<>();
        deadlocks(
                variant,
                () -> {
                    try {
                        Scope.run(
                                scope -> {
                                    scope.spawn(() -> cleanUpInThreeSteps(seen));
                                    scope.spawn(() -> cleanUpInThreeSteps(seen));
                                });
                    } finally {
                        seen.add("scope");
                    }
                });
        assertThat(seen).hasSize(7).endsWith("third", "scope");
    }

    @OnAllVariants
    void scopeInsideACleanup_deadlocksAndEnds(Variant variant) {
        List<String> seen = new ArrayList<>();
        deadlocks(
                variant,
                () ->
                        atTheEnd(
                                () -> {
                                    try {
                                        Scope.run(
                                                inner -> {
                                                    inner.spawn(() -> cleanUpInThreeSteps(seen));
                                                    waitInVain();
                                                });
                                    } finally {
                                        seen.add("inner");
                                    }
                                }));
        assertThat(seen).containsExactly("first", "second", "third", "inner");
    }

    @OnBothCarriers
    void cleanupWithATimeout_isWaitedForInEachRound(Variant variant) {
        List<String> seen = new ArrayList<>();
        deadlocks(
                variant,
                () ->
                        atTheEnd(
                                () -> {
                                    var slow = Tarry.spawn(() -> cleanUpInThreeSteps(seen));
                                    Tarry.sleep(Duration.ofMillis(3));
                                    seen.add("slept");
                                    slow.join();
                                }));
        assertThat(seen).contains("slept");
    }

    @OnBothCarriers
    void taskThatNeverGivesUp_isAbandonedInTheEnd(Variant variant) {
        int[] rounds = {0};
        boolean[] other = {false};
        assertThatThrownBy(
                        () ->
                                variant.run(
                                        () -> {
                                            Tarry.spawn(() -> waitForEver(rounds));
                                            try {
                                                waitBehindAShield();
                                            } finally {
                                                other[0] = true;
                                            }
                                        }))
                .isInstanceOf(DeadlockException.class);
        assertThat(rounds[0]).isGreaterThan(10);
        assertThat(other[0]).isTrue();
    }

    private static void waitForEver(int[] rounds) throws Exception {
        while (true) {
            try {
                waitBehindAShield();
            } catch (CancelledException e) {
                rounds[0]++;
            }
        }
    }

    @OnBothCarriers
    void reportOfTheFirstDeadlock_hasTheNextOnesSuppressed(Variant variant) {
        assertThatThrownBy(() -> variant.run(() -> cleanUpInThreeSteps(new ArrayList<>())))
                .isInstanceOf(DeadlockException.class)
                .satisfies(
                        e -> {
                            assertThat(e.getSuppressed()).hasSize(2);
                            assertThat(e.getSuppressed())
                                    .allSatisfy(
                                            s ->
                                                    assertThat(s)
                                                            .isInstanceOf(DeadlockException.class)
                                                            .hasMessageContaining("in shield"));
                        });
    }
}
