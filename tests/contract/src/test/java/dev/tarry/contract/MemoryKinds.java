package dev.tarry.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.SettableFuture;

import dev.tarry.events.Completion;
import dev.tarry.events.Event;
import dev.tarry.events.Outcome;
import dev.tarry.events.Trigger;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.Task;

import java.util.concurrent.CompletableFuture;

/**
 * The kinds of events that need no operating system: tasks, channels, futures, triggers, the
 * user's.
 */
final class MemoryKinds {
    private MemoryKinds() {}

    static Subject<?> taskEnd(Stage stage, int index, boolean soon) {
        Channel<String> gate = Channel.buffered(1);
        Task<String> task = Tarry.spawn("subject", gate::receive);
        stage.atEnd(
                () -> {
                    task.cancel();
                    Stage.untilEnded(task);
                });
        Stage.untilWaiting(task);
        return Subject.of(task.done())
                .firedBy(() -> assertThat(gate.trySend("result")).isTrue())
                .arrivedAfter(() -> Stage.untilEnded(task))
                .tells(end -> assertThat(end).isEqualTo(new Outcome.Value<>("result")));
    }

    // ---- channels

    static Subject<?> receive(Stage stage, int index, boolean soon) {
        Channel<String> channel = Channel.rendezvous();
        Task<?>[] sender = new Task<?>[1];
        return Subject.of(channel.receiving())
                .firedBy(() -> sender[0] = stage.partner(() -> channel.send("message")))
                .arrivedAfter(() -> Stage.untilWaiting(sender[0]))
                .tells(
                        message -> {
                            assertThat(message).isEqualTo("message");
                            Stage.untilEnded(sender[0]);
                            assertThat(sender[0].outcome()).isEqualTo(new Outcome.Value<>(null));
                        })
                .closedBy(channel::close);
    }

    static Subject<?> receiveBuffered(Stage stage, int index, boolean soon) {
        Channel<String> channel = Channel.buffered(1);
        return Subject.of(channel.receiving())
                .firedAtOnceBy(() -> assertThat(channel.trySend("message")).isTrue())
                .tells(message -> takenFrom(channel, message))
                .closedBy(channel::close);
    }

    static Subject<?> send(Stage stage, int index, boolean soon) {
        Channel<String> channel = Channel.rendezvous();
        Task<?>[] receiver = new Task<?>[1];
        String[] received = new String[1];
        return Subject.of(channel.sending("message"))
                .firedBy(() -> receiver[0] = stage.partner(() -> received[0] = channel.receive()))
                .arrivedAfter(() -> Stage.untilWaiting(receiver[0]))
                .tells(
                        through -> {
                            assertThat(through).isSameAs(channel);
                            Stage.untilEnded(receiver[0]);
                            assertThat(received[0]).isEqualTo("message");
                        })
                .closedBy(channel::close);
    }

    static Subject<?> sendBuffered(Stage stage, int index, boolean soon) {
        Channel<String> channel = Channel.buffered(1);
        assertThat(channel.trySend("earlier")).isTrue();
        return Subject.of(channel.sending("message"))
                .firedAtOnceBy(() -> assertThat(channel.tryReceive()).contains("earlier"))
                .tells(through -> putInto(channel, through))
                .closedBy(channel::close);
    }

    static Subject<?> channelClosed(Stage stage, int index, boolean soon) {
        Channel<String> channel = Channel.rendezvous();
        return Subject.of(channel.closed())
                .firedAtOnceBy(channel::close)
                .tells(closed -> assertThat(closed).isSameAs(channel));
    }

    static Subject<?> receiveShared(Stage stage, int index, boolean soon) {
        Channel<String> channel = Channel.shared(1);
        return Subject.of(channel.receiving())
                .firedBy(
                        () ->
                                stage.elsewhere(
                                        () -> assertThat(channel.trySend("message")).isTrue()))
                .tells(message -> takenFrom(channel, message))
                .closedBy(() -> stage.elsewhere(channel::close));
    }

    static Subject<?> sendShared(Stage stage, int index, boolean soon) {
        Channel<String> channel = Channel.shared(1);
        assertThat(channel.trySend("earlier")).isTrue();
        return Subject.of(channel.sending("message"))
                .firedAtOnceBy(() -> assertThat(channel.tryReceive()).contains("earlier"))
                .tells(through -> putInto(channel, through))
                .closedBy(channel::close);
    }

    private static void takenFrom(Channel<String> channel, String message) {
        assertThat(message).isEqualTo("message");
        assertThat(channel.size()).isZero();
    }

    private static void putInto(Channel<String> channel, Channel<String> through) {
        assertThat(through).isSameAs(channel);
        assertThat(channel.size()).isOne(); // so a second one has no room
    }

    // ---- from other threads

    static Subject<?> completionStage(Stage stage, int index, boolean soon) {
        CompletableFuture<String> future = new CompletableFuture<>();
        return Subject.of(Completion.of(future))
                .firedBy(() -> stage.elsewhere(() -> future.complete("value")))
                .tells(end -> assertThat(end.get()).isEqualTo("value"));
    }

    static Subject<?> listenableFuture(Stage stage, int index, boolean soon) {
        SettableFuture<String> future = SettableFuture.create();
        return Subject.of(Completion.of(future))
                .firedBy(() -> stage.elsewhere(() -> future.set("value")))
                .tells(end -> assertThat(end.get()).isEqualTo("value"));
    }

    static Subject<?> trigger(Stage stage, int index, boolean soon) {
        Trigger<String> trigger = Events.trigger();
        return Subject.of(trigger)
                .firedBy(() -> stage.elsewhere(() -> assertThat(trigger.fire("value")).isTrue()))
                .arrivedAfter(stage::settle)
                .tells(value -> assertThat(value).isEqualTo("value"));
    }

    // ---- written by users

    static Subject<?> userLevel(Stage stage, int index, boolean soon) {
        UserEvents.Flag flag = new UserEvents.Flag();
        stage.atEnd(flag::assertNobodyArmed);
        return Subject.of(flag)
                .firedAtOnceBy(flag::raise)
                .tells(value -> assertThat(value).isEqualTo("raised"))
                .closedBy(flag::close);
    }

    static Subject<?> userClaim(Stage stage, int index, boolean soon) {
        UserEvents.Box box = new UserEvents.Box(true);
        stage.atEnd(box::assertNobodyArmed);
        return Subject.of(box)
                .firedAtOnceBy(() -> box.put("thing"))
                .tells(value -> assertThat(value).isEqualTo("thing"));
    }

    static Subject<?> userClaimThatWakes(Stage stage, int index, boolean soon) {
        UserEvents.Box box = new UserEvents.Box(false);
        stage.atEnd(box::assertNobodyArmed);
        return Subject.of(box)
                .firedBy(() -> box.put("thing"))
                .tells(value -> assertThat(value).isEqualTo("thing"));
    }

    // ---- made of others

    static Subject<?> mappedLevel(Stage stage, int index, boolean soon) {
        UserEvents.Flag flag = new UserEvents.Flag();
        stage.atEnd(flag::assertNobodyArmed);
        return Subject.of(Event.guard(() -> flag).map(String::length))
                .firedAtOnceBy(flag::raise)
                .tells(value -> assertThat(value).isEqualTo("raised".length()))
                .closedBy(flag::close);
    }

    static Subject<?> choice(Stage stage, int index, boolean soon) {
        UserEvents.Box box = new UserEvents.Box(true);
        UserEvents.Box empty = new UserEvents.Box(false);
        stage.atEnd(box::assertNobodyArmed);
        stage.atEnd(empty::assertNobodyArmed);
        return Subject.claim(Event.anyOf(empty, Event.never(), box.map(thing -> thing + "!")))
                .firedAtOnceBy(() -> box.put("thing"))
                .tells(value -> assertThat(value).isEqualTo("thing!"));
    }
}
