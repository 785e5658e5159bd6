package dev.tarry.integration.regress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.runtime.Scope;
import dev.tarry.runtime.ScopeTimeoutException;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.CancelledException;
import dev.tarry.scheduler.TaskFailedException;
import dev.tarry.scheduler.TaskState;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How a scope ends is told to those who wait for it, and to nobody else. */
@Timeout(30)
class ScopeEndTest {
    private static final Duration LONG = Duration.ofHours(1);

    @Test
    void timeLimitThatCutsOnlyTheTasks_isThrown() {
        Tarry.run(
                () ->
                        assertThatThrownBy(
                                        () ->
                                                Scope.within(
                                                        Duration.ofMillis(5),
                                                        scope -> scope.spawn(ScopeEndTest::sleep)))
                                .isInstanceOf(ScopeTimeoutException.class));
    }

    @Test
    void timeLimitThatCutsNothing_isNotThrown() {
        Tarry.run(
                () -> {
                    Duration limit = Duration.ofMillis(1);
                    int value =
                            Scope.within(
                                    limit,
                                    scope -> {
                                        long start = System.nanoTime();
                                        while (System.nanoTime() - start < limit.toNanos()) {
                                            Thread.onSpinWait();
                                        }
                                        Tarry.yieldNow(); // the limit passes, and finds no wait
                                        return 42;
                                    });
                    assertThat(value).isEqualTo(42);
                });
    }

    @Test
    void cancelOfAScopeAroundOneThatAwaitsItsTasks_isNotTakenForTheirEnd() {
        List<String> after = new ArrayList<>();
        Tarry.run(
                () ->
                        Scope.run(
                                outer -> {
                                    String[] result = new String[1];
                                    outer.spawn(() -> outer.cancel());
                                    Scope.run(
                                            inner ->
                                                    inner.spawn(
                                                            () -> {
                                                                sleep();
                                                                result[0] = "done";
                                                            }));
                                    after.add("went on with " + result[0]);
                                }));
        assertThat(after).isEmpty();
    }

    @Test
    void cancelOfOneTask_isNoCancelOfItsScope() {
        Tarry.run(
                () -> {
                    int value =
                            Scope.call(
                                    scope -> {
                                        scope.spawn(ScopeEndTest::sleep).cancel();
                                        return 42;
                                    });
                    assertThat(value).isEqualTo(42);
                });
    }

    @Test
    void cancelledExceptionOfAnotherScope_endsTheScopeAroundIt() {
        Tarry.run(
                () ->
                        assertThatThrownBy(
                                        () ->
                                                Scope.run(
                                                        outer -> {
                                                            outer.spawn(ScopeEndTest::sleep);
                                                            cancelItself();
                                                        }))
                                .isInstanceOf(CancelledException.class));
    }

    @Test
    void cancelledExceptionOfAnotherScope_isAFailureOfTheTask() {
        Tarry.run(
                () ->
                        assertThatThrownBy(
                                        () ->
                                                Scope.run(
                                                        scope ->
                                                                scope.spawn(
                                                                        ScopeEndTest
                                                                                ::cancelItself)))
                                .isInstanceOf(TaskFailedException.class)
                                .hasCauseInstanceOf(CancelledException.class));
    }

    @Test
    void errorOfTheBody_isThrownAsItIs() {
        Error error = new Error("of the body");
        assertThatThrownBy(
                        () ->
                                Tarry.run(
                                        () -> {
                                            throw error;
                                        }))
                .isSameAs(error);
    }

    @Test
    void cancelOfATaskInABlockingCallOfTheJdk_isNoFailure() {
        Tarry.run(
                () ->
                        Scope.run(
                                scope -> {
                                    var task = scope.spawn(() -> Thread.sleep(LONG));
                                    while (task.state() != TaskState.BLOCKED) {
                                        Tarry.yieldNow();
                                    }
                                    scope.cancel();
                                }));
    }

    @Test
    void timeLimitOfABodyInABlockingCallOfTheJdk_isToldAsSuch() {
        Tarry.run(
                () ->
                        assertThatThrownBy(
                                        () ->
                                                Scope.within(
                                                        Duration.ofMillis(5),
                                                        scope -> {
                                                            Thread.sleep(LONG);
                                                            return 42;
                                                        }))
                                .isInstanceOf(ScopeTimeoutException.class));
    }

    @Test
    void interruptOfATaskInABlockingCall_isItsFailure() {
        Tarry.run(
                () ->
                        assertThatThrownBy(
                                        () ->
                                                Scope.run(
                                                        scope ->
                                                                scope.spawn(
                                                                        ScopeEndTest
                                                                                ::interruptItself)))
                                .isInstanceOf(TaskFailedException.class)
                                .hasCauseInstanceOf(InterruptedException.class));
    }

    private static void interruptItself() throws InterruptedException {
        Thread.currentThread().interrupt();
        Thread.sleep(LONG);
    }

    /** A scope that answers a value throws if it was cancelled, since it has none. */
    private static void cancelItself() {
        int unused =
                Scope.call(
                        inner -> {
                            inner.cancel();
                            sleep();
                            return 42;
                        });
    }

    private static void sleep() {
        Tarry.sleep(LONG);
    }
}
