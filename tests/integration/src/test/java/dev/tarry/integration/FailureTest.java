package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.runtime.Body;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.CancelledException;
import dev.tarry.scheduler.TaskFailedException;

import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Whatever one task throws, the others go on, and its scope is told. */
@Timeout(60)
class FailureTest {

    @SuppressWarnings("InfiniteRecursion") // the subject
    private static int recurse(int depth) {
        return recurse(depth + 1) + 1;
    }

    private static int waitAtDepth(int depth) {
        if (depth > 0) {
            return waitAtDepth(depth - 1) + 1;
        }
        Tarry.sleep(Duration.ofNanos(1));
        Tarry.yieldNow();
        return 0;
    }

    private static Object exhaustMemory() {
        List<long[]> all = new ArrayList<>();
        while (true) {
            all.add(new long[Integer.MAX_VALUE / 2]);
        }
    }

    /** A neighbour that must not notice, and a failing task; answers what the scope was told. */
    private static List<Throwable> failuresOf(Body failing) {
        List<Throwable> told = new ArrayList<>();
        Channel<Integer> ping = Channel.rendezvous();
        Channel<Integer> pong = Channel.rendezvous();
        int[] sum = new int[1];
        Scope.supervise(
                (task, failure) -> told.add(failure),
                scope -> {
                    scope.spawn(
                            () -> {
                                for (int i : ping) {
                                    pong.send(i + 1);
                                }
                            });
                    scope.spawn(
                            () -> {
                                for (int i = 0; i < 100; i++) {
                                    ping.send(i);
                                    sum[0] += pong.receive();
                                    Tarry.sleep(Duration.ofNanos(1));
                                }
                                ping.close();
                            });
                    scope.spawn("bad", failing);
                });
        assertThat(sum[0]).isEqualTo(5050);
        return told;
    }

    @BothCarriers
    void exception_reachesTheScopeAndTheOthersGoOn(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    IOException failure = new IOException("on purpose");
                    assertThat(
                                    failuresOf(
                                            () -> {
                                                throw failure;
                                            }))
                            .containsExactly(failure);
                });
    }

    @BothCarriers
    void stackOverflow_reachesTheScopeAndTheOthersGoOn(String carrier) {
        Runs.on(
                carrier,
                () ->
                        assertThat(failuresOf(() -> recurse(0)))
                                .hasSize(1)
                                .first()
                                .isInstanceOf(StackOverflowError.class));
    }

    @BothCarriers
    void waitOnADeepStack_worksAndAnOverflowAfterItToo(String carrier) {
        Runs.on(
                carrier,
                () ->
                        assertThat(
                                        failuresOf(
                                                () -> {
                                                    assertThat(waitAtDepth(1_000)).isEqualTo(1_000);
                                                    recurse(0);
                                                }))
                                .hasSize(1)
                                .first()
                                .isInstanceOf(StackOverflowError.class));
    }

    @BothCarriers
    void outOfMemory_reachesTheScopeAndTheOthersGoOn(String carrier) {
        Runs.on(
                carrier,
                () ->
                        assertThat(failuresOf(FailureTest::exhaustMemory))
                                .hasSize(1)
                                .first()
                                .isInstanceOf(OutOfMemoryError.class));
    }

    @BothCarriers
    void errorInTheBodyOfAScope_isThrownAsItIs(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    Error failure = new AssertionError("on purpose");
                    assertThatThrownBy(
                                    () ->
                                            Scope.run(
                                                    scope -> {
                                                        throw failure;
                                                    }))
                            .isSameAs(failure);
                });
    }

    @BothCarriers
    void errorInMain_isThrownAsItIs(String carrier) {
        Error failure = new AssertionError("on purpose");
        assertThatThrownBy(
                        () ->
                                Runs.on(
                                        carrier,
                                        () -> {
                                            throw failure;
                                        }))
                .isSameAs(failure);
    }

    @BothCarriers
    void checkedExceptionInMain_isTheCause(String carrier) {
        IOException failure = new IOException("on purpose");
        assertThatThrownBy(
                        () ->
                                Runs.on(
                                        carrier,
                                        () -> {
                                            throw failure;
                                        }))
                .isInstanceOf(TaskFailedException.class)
                .hasCause(failure);
    }

    @BothCarriers
    void firstFailure_cancelsTheSiblingsAndSuppressesTheirs(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    List<String> seen = new ArrayList<>();
                    assertThatThrownBy(() -> Scope.run(scope -> failTogether(scope, seen)))
                            .isInstanceOf(TaskFailedException.class)
                            .hasMessageContaining("'first'")
                            .hasRootCauseMessage("first")
                            .satisfies(
                                    failure ->
                                            assertThat(failure.getSuppressed())
                                                    .hasSize(1)
                                                    .allSatisfy(
                                                            s ->
                                                                    assertThat(s)
                                                                            .hasRootCauseMessage(
                                                                                    "in cleanup")));
                    assertThat(seen).containsExactlyInAnyOrder("cancelled", "cancelled", "body");
                });
    }

    private static void failTogether(Scope scope, List<String> seen) {
        scope.spawn(
                () -> {
                    try {
                        Tarry.sleep(Duration.ofHours(1));
                    } catch (CancelledException e) {
                        seen.add("cancelled");
                        throw e;
                    }
                });
        scope.spawn(
                () -> {
                    try {
                        Tarry.sleep(Duration.ofHours(1));
                    } finally {
                        seen.add("cancelled");
                        throwInCleanup();
                    }
                });
        scope.spawn(
                "first",
                () -> {
                    throw new IllegalStateException("first");
                });
        try {
            Tarry.sleep(Duration.ofHours(1));
        } finally {
            seen.add("body");
        }
    }

    private static void throwInCleanup() {
        throw new IllegalArgumentException("in cleanup");
    }

    @BothCarriers
    void thousandFailures_keepABoundedNumber(String carrier) {
        Runs.on(
                carrier,
                () ->
                        assertThatThrownBy(
                                        () ->
                                                Scope.run(
                                                        scope -> {
                                                            for (int i = 0; i < 1_000; i++) {
                                                                scope.spawn(
                                                                        FailureTest
                                                                                ::throwInCleanup);
                                                            }
                                                        }))
                                .isInstanceOf(TaskFailedException.class)
                                .satisfies(
                                        f ->
                                                assertThat(f.getSuppressed().length)
                                                        .isBetween(1, 100)));
    }

    @BothCarriers
    void supervisorThatThrows_isNotSwallowed(String carrier) {
        Runs.on(
                carrier,
                () ->
                        assertThatThrownBy(
                                        () ->
                                                Scope.supervise(
                                                        (task, failure) -> {
                                                            throw new IllegalStateException(
                                                                    "the supervisor itself");
                                                        },
                                                        scope ->
                                                                scope.spawn(
                                                                        FailureTest
                                                                                ::throwInCleanup)))
                                .isInstanceOf(TaskFailedException.class)
                                .hasRootCauseMessage("in cleanup")
                                .satisfies(
                                        f ->
                                                assertThat(f.getCause().getSuppressed()[0])
                                                        .hasMessage("the supervisor itself")));
    }

    @BothCarriers
    void joinOfAFailedTask_throwsWithItsCause(String carrier) {
        Runs.on(
                carrier,
                () ->
                        Scope.supervise(
                                (task, failure) -> {},
                                scope -> {
                                    var task = scope.spawn("bad", FailureTest::throwInCleanup);
                                    assertThatThrownBy(task::join)
                                            .isInstanceOf(TaskFailedException.class)
                                            .hasMessageContaining("bad")
                                            .hasRootCauseMessage("in cleanup");
                                }));
    }
}
