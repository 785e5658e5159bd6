package dev.tarry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.ScopeTimeoutException;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.CancelledException;
import dev.tarry.scheduler.Task;
import dev.tarry.scheduler.TaskFailedException;

import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.Random;

/** What scopes promise: failures, deadlines and cancels at random moments. */
@Timeout(300)
class ScopeSemanticsTest {
    private static Duration millis(Random random) {
        return Duration.ofMillis(random.nextInt(4));
    }

    @Seeded
    void failuresAtRandomMoments_theFirstIsThrownAndAllHaveEnded(Simulation simulation) {
        Random random = simulation.random();
        int[] alive = {0};
        Throwable[] first = {null};
        Throwable thrown =
                catchThrowable(
                        () ->
                                Scope.run(
                                        scope -> {
                                            for (int i = 0; i < 3; i++) {
                                                Duration pause = millis(random);
                                                scope.spawn(() -> failAfter(pause, first, alive));
                                            }
                                            scope.spawn(() -> stay(alive));
                                        }));
        assertThat(thrown).isInstanceOf(TaskFailedException.class);
        assertThat(thrown.getCause()).isSameAs(first[0]);
        assertThat(alive[0]).isZero();
    }

    private static void failAfter(Duration pause, Throwable[] first, int[] alive) {
        alive[0]++;
        try {
            Tarry.sleep(pause);
            RuntimeException failure = new IllegalStateException("after " + pause);
            if (first[0] == null) {
                first[0] = failure;
            }
            throw failure;
        } finally {
            alive[0]--;
        }
    }

    private static void stay(int[] alive) {
        alive[0]++;
        try {
            Tarry.sleep(Duration.ofDays(1));
        } finally {
            alive[0]--;
        }
    }

    @Seeded
    void deadlines_endWhatTakesLonger_andNothingElse(Simulation simulation) {
        Random random = simulation.random();
        Duration work = millis(random);
        Duration limit = millis(random);
        int[] finished = {0};
        Throwable thrown =
                catchThrowable(
                        () ->
                                Scope.within(
                                        limit,
                                        scope -> {
                                            scope.spawn(
                                                    () -> {
                                                        Tarry.sleep(work);
                                                        finished[0]++;
                                                    });
                                            return null;
                                        }));
        if (thrown == null) {
            assertThat(finished[0]).isOne();
            assertThat(work).isLessThanOrEqualTo(limit);
        } else {
            assertThat(thrown).isInstanceOf(ScopeTimeoutException.class);
            assertThat(limit).isLessThanOrEqualTo(work);
        }
        long nanos = simulation.clock().nanos();
        assertThat(nanos).isEqualTo(Math.min(work.toNanos(), limit.toNanos()));
    }

    /** Cleanup behind a shield goes to its end; every wait outside of one throws. */
    @Seeded
    void cancelOfAnOuterScope_reachesAllButShields(Simulation simulation) {
        Random random = simulation.random();
        Channel<Integer> cleaned = Channel.buffered(3);
        Task<?> outer =
                Tarry.spawn(
                        () ->
                                Scope.run(
                                        scope -> {
                                            for (int i = 0; i < 3; i++) {
                                                Duration pause = millis(random);
                                                scope.spawn(() -> workAndClean(pause, cleaned));
                                            }
                                        }));
        Simulation.awaitAllBlocked();
        Tarry.sleep(millis(random));
        outer.cancel();
        Tarry.await(outer.done());
        assertThat(cleaned.size()).isEqualTo(3);
    }

    private static void workAndClean(Duration pause, Channel<Integer> cleaned) throws Exception {
        try {
            Scope.run(inner -> inner.spawn(() -> Tarry.sleep(Duration.ofDays(1))));
        } finally {
            Scope.shield(
                    s -> {
                        Tarry.sleep(pause);
                        cleaned.send(1);
                        return null;
                    });
            assertThat(catchThrowable(() -> Tarry.sleep(pause)))
                    .isInstanceOf(CancelledException.class);
        }
    }
}
