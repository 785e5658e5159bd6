package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.events.Clock;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.ScopeTimeoutException;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.CancelledException;
import dev.tarry.scheduler.Scheduler;
import dev.tarry.scheduler.Task;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.ReentrantLock;

/** Rules of cancelling that are easily got wrong. */
@Timeout(60)
class CancelRulesTest {

    @ParameterizedTest(name = "on {0}")
    @ValueSource(strings = {"loop", "handoff"})
    void cancelledTaskThatCatchesAndYields_letsTheOthersRun(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    boolean[] othersRan = {false};
                    Task<?> stubborn =
                            Tarry.spawn(
                                    () -> {
                                        while (!othersRan[0]) {
                                            try {
                                                Tarry.yieldNow();
                                            } catch (CancelledException e) {
                                                // goes on all the same
                                            }
                                        }
                                    });
                    stubborn.cancel();
                    Tarry.spawn(() -> othersRan[0] = true);
                    Tarry.await(stubborn.done());
                });
    }

    @ParameterizedTest(name = "on {0}")
    @ValueSource(strings = {"loop", "handoff"})
    void interruptOfATaskThatYields_cancelsIt(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    Task<?> yielding =
                            Tarry.spawn(
                                    () -> {
                                        while (true) {
                                            Tarry.yieldNow();
                                        }
                                    });
                    Tarry.yieldNow();
                    yielding.thread().interrupt();
                    assertThatThrownBy(yielding::join).hasCauseInstanceOf(CancelledException.class);
                });
    }

    /** The loop comes to the cancel only after the turn, in which the cancelled task is next. */
    @ParameterizedTest(name = "on {0}")
    @ValueSource(strings = {"loop", "handoff"})
    void cancelByAThread_beforeTheTaskRuns_interruptsItsJdkCall(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    Scope around = Scope.current();
                    Task<?>[] sleeper = new Task<?>[1];
                    Scope.run(
                            scope -> {
                                around.spawn(() -> Thread.ofPlatform().start(scope::cancel).join());
                                sleeper[0] = scope.spawn(() -> Thread.sleep(Duration.ofDays(1)));
                            });
                    assertThat(Tarry.await(sleeper[0].done()).toString())
                            .contains(CancelledException.class.getSimpleName());
                });
    }

    /** The loop looks at all tasks for what may have been many interrupts, and misses none. */
    @ParameterizedTest(name = "on {0}")
    @ValueSource(strings = {"loop", "handoff"})
    void interruptsOfManyTasks_cancelThemAll(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    List<Task<?>> tasks = new ArrayList<>();
                    for (int i = 0; i < 20_000; i++) {
                        tasks.add(Tarry.spawn(() -> Tarry.sleep(Duration.ofDays(1))));
                    }
                    Tarry.yieldNow();
                    Thread[] interrupters = new Thread[2];
                    for (int i = 0; i < interrupters.length; i++) {
                        List<Thread> part =
                                tasks.subList(i * 10_000, (i + 1) * 10_000).stream()
                                        .map(Task::thread)
                                        .toList();
                        interrupters[i] =
                                Thread.ofPlatform().start(() -> part.forEach(Thread::interrupt));
                    }
                    for (Task<?> task : tasks) {
                        assertThat(Tarry.await(task.done()).toString())
                                .contains(CancelledException.class.getSimpleName());
                    }
                });
    }

    @ParameterizedTest(name = "on {0}")
    @ValueSource(strings = {"loop", "handoff"})
    void tasksSpawnedBehindAShield_areBehindIt(String carrier) {
        List<String> log = new ArrayList<>();
        Runs.on(
                carrier,
                () ->
                        Scope.run(
                                scope -> {
                                    scope.cancel();
                                    Scope.shielded(
                                            shield ->
                                                    Tarry.spawn(
                                                            () -> {
                                                                Tarry.sleep(Duration.ofMillis(1));
                                                                Thread.sleep(1);
                                                                log.add("cleaned up");
                                                            }));
                                    log.add("after it");
                                    assertThat(Thread.currentThread().isInterrupted()).isTrue();
                                }));
        assertThat(log).containsExactly("cleaned up", "after it");
    }

    @ParameterizedTest(name = "on {0}")
    @ValueSource(strings = {"loop", "handoff"})
    void innerAndOuterLimitThatEndTogether_theOuterOneCounts(String carrier) {
        Duration limit = Duration.ofMillis(5);
        List<String> log = new ArrayList<>();
        Runs.on(
                carrier,
                () ->
                        assertThatThrownBy(
                                        () ->
                                                Scope.within(
                                                        limit.plusNanos(1),
                                                        outer -> {
                                                            try {
                                                                return Scope.within(
                                                                        limit,
                                                                        inner -> busy(limit));
                                                            } catch (ScopeTimeoutException e) {
                                                                log.add("inner");
                                                                throw e;
                                                            }
                                                        }))
                                .isInstanceOf(ScopeTimeoutException.class));
        assertThat(log).isEmpty();
    }

    /** Both limits are over when the loop looks at the time. */
    private static int busy(Duration limit) {
        long end = System.nanoTime() + limit.multipliedBy(2).toNanos();
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        Tarry.sleep(Duration.ofDays(1));
        return 0;
    }

    @ParameterizedTest(name = "on {0}")
    @ValueSource(strings = {"loop", "handoff"})
    void runInAVirtualThread_isEndedByItsInterrupt(String carrier) throws Exception {
        Thread[] caller = new Thread[1];
        LinkedBlockingQueue<String> log = new LinkedBlockingQueue<>();
        caller[0] =
                Thread.ofVirtual()
                        .unstarted(
                                () -> {
                                    Channel<String> never = Channel.shared(0);
                                    try {
                                        Runs.on(
                                                carrier,
                                                () -> {
                                                    log.add("waits");
                                                    never.receive();
                                                });
                                    } catch (RuntimeException e) {
                                        log.add("thrown");
                                    }
                                    log.add("flag " + Thread.currentThread().isInterrupted());
                                });
        caller[0].start();
        assertThat(log.take()).isEqualTo("waits");
        caller[0].interrupt();
        caller[0].join();
        assertThat(log).last().isEqualTo("flag true");
    }

    /** It heeds no interrupt, wakes up for each, and blocks again: the loop must not spin. */
    @ParameterizedTest(name = "on {0}")
    @ValueSource(strings = {"loop"})
    void cancelledTaskThatWaitsForALock_isNotWokenWithoutEnd(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    ReentrantLock lock = new ReentrantLock();
                    lock.lock();
                    Task<?> waiting =
                            Tarry.spawn(
                                    () -> {
                                        lock.lock();
                                        lock.unlock();
                                    });
                    Tarry.yieldNow();
                    waiting.cancel();
                    long turns = 0;
                    long end = System.nanoTime() + Duration.ofMillis(50).toNanos();
                    while (System.nanoTime() < end) {
                        Tarry.sleep(Duration.ofMillis(1));
                        turns++;
                    }
                    assertThat(turns).isPositive();
                    lock.unlock();
                    Tarry.await(waiting.done());
                });
    }

    // ---- failures of callbacks, and of the scheduler

    @ParameterizedTest(name = "on {0}")
    @ValueSource(strings = {"loop", "handoff"})
    void supervisorThatRethrowsWhatItWasGiven_leavesTheOthersAlone(String carrier) {
        List<String> log = new ArrayList<>();
        Runs.on(
                carrier,
                () -> {
                    IllegalStateException failure = new IllegalStateException("it");
                    assertThatThrownBy(
                                    () ->
                                            Scope.supervise(
                                                    (task, e) -> {
                                                        throw (IllegalStateException) e;
                                                    },
                                                    scope -> {
                                                        scope.spawn(
                                                                () -> {
                                                                    throw failure;
                                                                });
                                                        scope.spawn(
                                                                () -> {
                                                                    Tarry.sleep(
                                                                            Duration.ofMillis(1));
                                                                    log.add("went on");
                                                                });
                                                    }))
                            .hasCause(failure);
                });
        assertThat(log).containsExactly("went on");
    }

    @ParameterizedTest(name = "on {0}")
    @ValueSource(strings = {"loop", "handoff"})
    void supervisorThatWaitsOrBlocks_harmsNobody(String carrier) {
        List<String> log = new ArrayList<>();
        Runs.on(
                carrier,
                () ->
                        Scope.supervise(
                                (task, e) -> {
                                    assertThatThrownBy(() -> Tarry.sleep(Duration.ZERO))
                                            .hasMessageContaining("must not wait");
                                    try {
                                        Thread.sleep(2);
                                    } catch (InterruptedException x) {
                                        throw new AssertionError(x);
                                    }
                                    log.add("told");
                                },
                                scope ->
                                        scope.spawn(
                                                () -> {
                                                    throw new IllegalStateException("it");
                                                })));
        assertThat(log).containsExactly("told");
    }

    @ParameterizedTest(name = "on {0}")
    @ValueSource(strings = {"loop", "handoff"})
    void schedulerThatFails_letsItsTasksCleanUp(String carrier) {
        List<String> log = new ArrayList<>();
        boolean[] broken = {false};
        Clock clock =
                () -> {
                    if (broken[0]) {
                        throw new IllegalStateException("the clock has stopped");
                    }
                    return System.nanoTime();
                };
        assertThatThrownBy(
                        () ->
                                Runs.on(
                                        carrier,
                                        Scheduler.builder().clock(clock),
                                        () -> {
                                            Channel<String> never = Channel.shared(0);
                                            for (int i = 0; i < 3; i++) {
                                                Tarry.spawn(
                                                        () -> {
                                                            try {
                                                                never.receive();
                                                            } finally {
                                                                try {
                                                                    Scope.shielded(
                                                                            s -> never.receive());
                                                                } finally {
                                                                    log.add("cleaned up");
                                                                }
                                                            }
                                                        });
                                            }
                                            Tarry.yieldNow();
                                            broken[0] = true;
                                            var unused = Tarry.wait(List.of(), Duration.ZERO);
                                        }))
                .hasRootCauseMessage("the clock has stopped");
        assertThat(log).containsExactly("cleaned up", "cleaned up", "cleaned up");
    }
}
