package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.Scheduler;
import dev.tarry.scheduler.Task;
import dev.tarry.scheduler.TaskState;

import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.List;

/**
 * Somebody (a profiler, a monitor) takes the stacks of tasks all the time. The JDK keeps a thread
 * from running for that moment, and then says that it can run, whether it was about to or not.
 */
@Timeout(60)
class StackTracesTest {
    private static final int ROUNDS = 5_000;

    private volatile boolean stop;

    @BothCarriers
    void tasksWhoseStacksAreTaken_runWhenTheyAreToAndOnlyThen(String carrier) {
        Runs.on(
                carrier,
                () ->
                        Scope.run(
                                scope -> {
                                    Channel<Integer> there = Channel.rendezvous();
                                    Channel<Integer> back = Channel.rendezvous();
                                    List<Task<?>> tasks =
                                            List.of(
                                                    scope.spawn(() -> echo(there, back)),
                                                    scope.spawn(() -> send(there, back)),
                                                    scope.spawn(this::yieldAndLook),
                                                    scope.spawn(this::sleep),
                                                    scope.spawn(this::blockInTheJdk));
                                    Thread spy =
                                            Thread.ofPlatform()
                                                    .daemon()
                                                    .start(() -> takeStacks(tasks));
                                    tasks.get(1).join();
                                    stop = true;
                                    Tarry.await(Events.end(spy));
                                }));
    }

    @BothCarriers
    void dump_tellsWhereEachTaskIsInItsOwnCode(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    Task<?> sleeper = Tarry.spawn(StackTracesTest::sleepLong);
                    Tarry.yieldNow();
                    assertThat(Scheduler.current().dump().lines())
                            .anyMatch(line -> line.contains("StackTracesTest.sleepLong("))
                            .anyMatch(line -> line.contains("dump_tellsWhereEachTaskIs"));
                    assertThat(sleeper.state()).isEqualTo(TaskState.WAITING);
                    sleeper.cancel();
                });
    }

    private static void sleepLong() {
        Tarry.sleep(Duration.ofHours(1));
    }

    private void takeStacks(List<Task<?>> tasks) {
        for (int i = 0; !stop; i++) {
            tasks.get(i % tasks.size()).thread().getStackTrace();
        }
    }

    private static void echo(Channel<Integer> there, Channel<Integer> back) {
        for (int i = 0; i < ROUNDS; i++) {
            back.send(there.receive());
        }
    }

    private static void send(Channel<Integer> there, Channel<Integer> back) {
        for (int i = 0; i < ROUNDS; i++) {
            there.send(i);
            assertThat(back.receive()).isEqualTo(i);
        }
    }

    private void yieldAndLook() {
        while (!stop) {
            Tarry.yieldNow();
            Tarry.sleep(Duration.ZERO);
        }
    }

    private void sleep() {
        Duration time = Duration.ofNanos(20_000);
        while (!stop) {
            long start = System.nanoTime();
            Tarry.sleep(time);
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(time.toNanos());
        }
    }

    private void blockInTheJdk() throws InterruptedException {
        while (!stop) {
            Thread.sleep(0, 20_000);
            Thread.yield();
            Tarry.yieldNow(); // on the handoff carrier the others run only now
        }
    }
}
