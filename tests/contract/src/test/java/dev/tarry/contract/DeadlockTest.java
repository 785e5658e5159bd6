package dev.tarry.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.events.Event;
import dev.tarry.events.Pipe;
import dev.tarry.events.Signal;
import dev.tarry.events.Trigger;
import dev.tarry.runtime.Body;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Signals;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.DeadlockException;
import dev.tarry.scheduler.Task;
import dev.tarry.scheduler.TaskState;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/** All tasks wait for each other: an error that says who waits for what, and never a false one. */
class DeadlockTest {

    @OnAllVariants
    void twoTasksWaitForEachOther_bothAreNamedWithWhatTheyWaitFor(Variant variant) {
        Channel<String> first = Channel.rendezvous();
        Channel<String> second = Channel.rendezvous();
        assertThatThrownBy(
                        () ->
                                variant.run(
                                        () -> {
                                            Tarry.spawn("alice", () -> first.send("x"));
                                            Tarry.spawn("bob", second::receive);
                                        }))
                .isInstanceOf(DeadlockException.class)
                .hasMessageContaining("'alice' WAITING for [send to " + first)
                .hasMessageContaining("'bob' WAITING for [receive from " + second);
    }

    @OnAllVariants
    void twoTasksJoinEachOther_cleanupOfBothRuns(Variant variant) {
        AtomicReference<Task<?>> alice = new AtomicReference<>();
        AtomicBoolean cleanedUp = new AtomicBoolean();
        assertThatThrownBy(
                        () ->
                                variant.run(
                                        () -> {
                                            Task<?> bob =
                                                    Tarry.spawn(
                                                            "bob",
                                                            () -> {
                                                                Tarry.yieldNow();
                                                                alice.get().join();
                                                            });
                                            alice.set(
                                                    Tarry.spawn(
                                                            "alice",
                                                            () -> joinAndClean(bob, cleanedUp)));
                                        }))
                .isInstanceOf(DeadlockException.class)
                .hasMessageContaining("'alice' WAITING for [end of task 'bob'")
                .hasMessageContaining("'bob' WAITING for [end of task 'alice'");
        assertThat(cleanedUp).isTrue();
    }

    private static void joinAndClean(Task<?> task, AtomicBoolean cleanedUp) {
        try {
            task.join();
        } finally {
            cleanedUp.set(true);
        }
    }

    // ---- no false alarm: who waits can be woken by another thread, which takes its time

    /** Another task waits for the first one, so that only one of the two has help from outside. */
    private static void helpComes(Event<?> event, Body help) {
        Task<?> waiting = Tarry.spawn("helped", () -> Tarry.wait(event));
        Task<?> joining = Tarry.spawn("joining", waiting::join);
        Thread.ofPlatform()
                .daemon()
                .start(
                        () -> {
                            while (waiting.state() != TaskState.DONE
                                    && (waiting.state() != TaskState.WAITING
                                            || joining.state() != TaskState.WAITING)) {
                                Thread.yield();
                            }
                            runUnchecked(help);
                        });
        joining.join();
    }

    private static void runUnchecked(Body body) {
        try {
            body.run();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @OnBothCarriers
    void descriptor(Variant variant) throws Exception {
        variant.run(
                () -> {
                    try (Pipe pipe = Pipe.open()) {
                        helpComes(pipe.source().readable(), () -> FdKinds.write(pipe.sink(), "x"));
                    }
                });
    }

    @OnBothCarriers
    void timer(Variant variant) throws Exception {
        variant.run(
                () -> {
                    Channel<String> never = Channel.rendezvous();
                    assertThat(Tarry.await(never.receiving(), Duration.ofMillis(5))).isEmpty();
                    helpComes(Events.after(Duration.ofMillis(20)), () -> {});
                });
    }

    @OnBothCarriers
    void signal(Variant variant) throws Exception {
        variant.run(
                () -> {
                    try (var subscription = Signals.subscribe(Signal.WINCH)) {
                        helpComes(
                                subscription.receiving(),
                                () -> sun.misc.Signal.raise(new sun.misc.Signal("WINCH")));
                    }
                });
    }

    @OnBothCarriers
    void trigger(Variant variant) throws Exception {
        variant.run(
                () -> {
                    Trigger<String> trigger = Events.trigger();
                    helpComes(trigger, () -> trigger.fire("x"));
                });
    }

    @OnBothCarriers
    void future(Variant variant) throws Exception {
        variant.run(
                () -> {
                    CompletableFuture<String> future = new CompletableFuture<>();
                    helpComes(Events.done(future), () -> future.complete("x"));
                });
    }

    @OnBothCarriers
    void blockingCode(Variant variant) throws Exception {
        variant.run(() -> assertThat(Tarry.blocking(() -> "done")).isEqualTo("done"));
    }

    @OnBothCarriers
    void channelBesideATrigger(Variant variant) throws Exception {
        variant.run(
                () -> {
                    Channel<String> never = Channel.rendezvous();
                    Trigger<String> trigger = Events.trigger();
                    Task<?> waiting = Tarry.spawn(() -> Tarry.wait(never.receiving(), trigger));
                    Stage.untilWaiting(waiting);
                    Thread.ofPlatform().start(() -> trigger.fire("x"));
                    waiting.join();
                });
    }
}
