package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.CancelScope;
import dev.tarry.scheduler.Task;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A task comes to the end of its stack in whatever it does with others. It may get the error for
 * it, and then either all has happened or nothing: no other task is lost, none runs twice or beside
 * another one. A task that was lost is a deadlock here, which is thrown.
 */
@Timeout(300)
class OverflowTest {
    private static final int ROUNDS = 40;
    private static final int STEPS = 60; // some are too near to the end, some far enough away

    private static int sunk;
    private static int steps;

    /** Goes down until the stack is full, and does {@code step} on the way back, frame by frame. */
    private static void atTheEnd(int padding, Runnable step) {
        steps = 0;
        try {
            down(padding, step);
        } catch (StackOverflowError e) {
            // the last try has failed as well
        }
    }

    private static void down(int padding, Runnable step) {
        try {
            if (padding > 0) {
                downByAnotherFrame(padding - 1, step);
            } else {
                down(0, step);
            }
        } catch (StackOverflowError e) {
            if (steps++ < STEPS) {
                step.run();
            }
            throw e;
        }
    }

    /** So that the ends of two rounds differ by less than a frame. */
    private static void downByAnotherFrame(int padding, Runnable step) {
        long a = padding + sunk;
        long b = a * 31;
        down(padding, step);
        sunk += (int) (a + b);
    }

    private interface Round {
        void run(int padding) throws Exception;
    }

    private static void rounds(String carrier, Round round) {
        for (int i = 0; i < ROUNDS; i++) {
            int padding = i % 37;
            Runs.on(carrier, () -> round.run(padding));
        }
    }

    @ParameterizedTest(name = "on {0}, capacity {1}")
    @CsvSource({"loop,0", "loop,1", "loop,3", "handoff,0", "handoff,1", "handoff,3"})
    void messages_arriveOnceOrNotAtAll(String carrier, int capacity) {
        rounds(
                carrier,
                padding -> {
                    Channel<Integer> channel =
                            capacity == 0 ? Channel.rendezvous() : Channel.buffered(capacity);
                    List<Integer> sent = new ArrayList<>(10_000);
                    List<Integer> got = new ArrayList<>(10_000);
                    int[] number = {0};
                    Task<?> receiver = Tarry.spawn(() -> channel.forEach(got::add));
                    Tarry.spawn(
                                    () ->
                                            atTheEnd(
                                                    padding,
                                                    () -> {
                                                        int message = number[0]++;
                                                        channel.send(message);
                                                        sent.add(message);
                                                    }))
                            .join();
                    channel.send(-1);
                    channel.close();
                    receiver.join();
                    assertThat(got).doesNotHaveDuplicates().isSubsetOf(upTo(number[0]));
                    assertThat(got).containsAll(sent).last().isEqualTo(-1);
                });
    }

    private static List<Integer> upTo(int end) {
        List<Integer> all = new ArrayList<>();
        for (int i = -1; i < end; i++) {
            all.add(i);
        }
        return all;
    }

    @ParameterizedTest(name = "on {0}")
    @ValueSource(strings = {"loop", "handoff"})
    void receivers_loseNothing(String carrier) {
        rounds(
                carrier,
                padding -> {
                    Channel<Integer> channel = Channel.rendezvous();
                    List<Integer> got = new ArrayList<>(10_000);
                    int[] sent = {0};
                    Task<?> sender =
                            Tarry.spawn(
                                    () -> {
                                        while (true) {
                                            channel.send(sent[0]);
                                            sent[0]++;
                                        }
                                    });
                    Tarry.spawn(() -> atTheEnd(padding, () -> got.add(channel.receive()))).join();
                    Tarry.yieldNow();
                    assertThat(sent[0]).as("handed over").isEqualTo(got.size());
                    sender.cancel();
                });
    }

    @ParameterizedTest(name = "on {0}")
    @ValueSource(strings = {"loop", "handoff"})
    void spawnedTasks_runOrDoNotExist(String carrier) {
        rounds(
                carrier,
                padding -> {
                    int[] ran = {0};
                    List<Task<?>> spawned = new ArrayList<>(10_000);
                    Scope.run(
                            scope -> {
                                Tarry.spawn(
                                                () ->
                                                        atTheEnd(
                                                                padding,
                                                                () ->
                                                                        spawned.add(
                                                                                scope.spawn(
                                                                                        () -> {
                                                                                            ran[
                                                                                                    0]++;
                                                                                        }))))
                                        .join();
                            });
                    assertThat(ran[0]).isEqualTo(spawned.size());
                });
    }

    @ParameterizedTest(name = "on {0}")
    @ValueSource(strings = {"loop", "handoff"})
    void cancel_reachesAllOrNone(String carrier) {
        rounds(
                carrier,
                padding -> {
                    Channel<Integer> never = Channel.rendezvous();
                    int[] ended = {0};
                    Scope.run(
                            scope -> {
                                for (int i = 0; i < 20; i++) {
                                    scope.spawn(
                                            () -> {
                                                try {
                                                    never.receive();
                                                } finally {
                                                    ended[0]++;
                                                }
                                            });
                                }
                                Tarry.yieldNow();
                                Tarry.spawn(() -> atTheEnd(padding, scope::cancel)).join();
                                scope.cancel(); // if no try has succeeded
                            });
                    assertThat(ended[0]).isEqualTo(20);
                });
    }

    @ParameterizedTest(name = "on {0}")
    @ValueSource(strings = {"loop", "handoff"})
    void yieldsScopesAndSleeps_keepOneTaskAtATime(String carrier) {
        rounds(
                carrier,
                padding -> {
                    int[] running = {0};
                    int[] most = {0};
                    boolean[] over = {false};
                    Runnable alone =
                            () -> {
                                most[0] = Math.max(most[0], ++running[0]);
                                Thread.onSpinWait();
                                running[0]--;
                            };
                    Task<?> other =
                            Tarry.spawn(
                                    () -> {
                                        while (!over[0]) {
                                            alone.run();
                                            Tarry.yieldNow();
                                        }
                                    });
                    int[] step = {0};
                    Tarry.spawn(
                                    () ->
                                            atTheEnd(
                                                    padding,
                                                    () -> {
                                                        switch (step[0]++ % 3) {
                                                            case 0 -> Tarry.yieldNow();
                                                            case 1 ->
                                                                    Tarry.sleep(
                                                                            Duration.ofNanos(1));
                                                            default ->
                                                                    Scope.run(
                                                                            s ->
                                                                                    s.spawn(
                                                                                            alone
                                                                                                    ::run));
                                                        }
                                                        alone.run();
                                                    }))
                            .join();
                    over[0] = true;
                    other.join();
                    assertThat(most[0]).isEqualTo(1);
                    assertThat(running[0]).isZero();
                    Tarry.sleep(Duration.ofNanos(1)); // timers are whole
                });
    }

    /** Opens a scope with a task in it on each level, until one has no stack for it. */
    private static void downThroughScopes(int padding, int frames, int[] alive) {
        if (frames > 0) {
            downThroughScopes(padding, frames - 1, alive);
            return;
        }
        Scope.run(
                scope -> {
                    scope.spawn(
                            () -> {
                                alive[0]++;
                                try {
                                    Tarry.sleep(Duration.ofNanos(1));
                                } finally {
                                    alive[0]--;
                                }
                            });
                    downThroughScopes(padding, 20 + padding, alive);
                });
    }

    @ParameterizedTest(name = "on {0}")
    @ValueSource(strings = {"loop", "handoff"})
    void scopesAtTheEnd_leaveNoTaskBehind(String carrier) {
        rounds(
                carrier,
                padding -> {
                    int[] alive = {0};
                    Tarry.spawn(
                                    () -> {
                                        CancelScope before = Task.current().scope();
                                        assertThatThrownBy(
                                                        () -> downThroughScopes(padding, 0, alive))
                                                .isInstanceOf(StackOverflowError.class);
                                        assertThat(Task.current().scope()).isSameAs(before);
                                        Tarry.sleep(Duration.ofNanos(1));
                                    })
                            .join();
                    assertThat(alive[0]).as("tasks of scopes that are over").isZero();
                });
    }
}
