package dev.tarry.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tarry.events.BaseEvent;
import dev.tarry.events.ClosedException;
import dev.tarry.events.Event;
import dev.tarry.events.FiredEvents;
import dev.tarry.events.Order;
import dev.tarry.events.Outcome;
import dev.tarry.events.Reactor;
import dev.tarry.events.Waiter;
import dev.tarry.scheduler.CancelledException;
import dev.tarry.scheduler.Scheduler;
import dev.tarry.scheduler.Task;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

/** What one channel does for the tasks of one scheduler, message by message. */
@Timeout(60)
class ChannelTest {

    private enum Kind {
        LOCAL,
        SHARED;

        <T> Channel<T> of(int capacity) {
            if (this == SHARED) {
                return Channel.shared(capacity);
            }
            return capacity == 0 ? Channel.rendezvous() : Channel.buffered(capacity);
        }
    }

    /** Lets those who were woken run; by way of the inbox, if the channel is shared. */
    private static void settle() {
        for (int i = 0; i < 5; i++) {
            Tarry.yieldNow();
            FiredEvents<?> none = Tarry.wait(List.of(), Duration.ZERO);
            assertThat(none).isEmpty();
        }
    }

    @Test
    void capacityThatMakesNoSense_isRefused() {
        assertThatThrownBy(() -> Channel.buffered(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least 1: 0");
        assertThatThrownBy(() -> Channel.shared(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not be negative: -1");
        assertThat(Channel.buffered(1).isOpen()).isTrue();
        assertThat(Channel.shared(0).isOpen()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void nullMessage_isRefused(Kind kind) {
        Tarry.run(
                () -> {
                    Channel<String> channel = kind.of(1);
                    assertThatThrownBy(() -> channel.send(null))
                            .isInstanceOf(NullPointerException.class);
                    assertThatThrownBy(() -> channel.trySend(null))
                            .isInstanceOf(NullPointerException.class);
                    assertThatThrownBy(() -> channel.sending(null))
                            .isInstanceOf(NullPointerException.class);
                    assertThat(channel.size()).isZero();
                });
    }

    @ParameterizedTest
    @EnumSource
    void buffer_keepsSoManyAndNoMore(Kind kind) {
        Tarry.run(
                () -> {
                    Channel<Integer> channel = kind.of(2);
                    assertThat(channel.tryReceive()).isEmpty();
                    channel.send(1);
                    assertThat(channel.size()).isEqualTo(1);
                    assertThat(channel.trySend(2)).isTrue();
                    assertThat(channel.trySend(3)).isFalse();
                    assertThat(channel.size()).isEqualTo(2);
                    assertThat(Tarry.await(channel.sending(3), Duration.ZERO)).isEmpty();
                    assertThat(channel.receive()).isEqualTo(1);
                    assertThat(channel.tryReceive()).contains(2);
                    assertThat(channel.tryReceive()).isEmpty();
                    assertThat(channel.size()).isZero();
                });
    }

    @ParameterizedTest
    @EnumSource
    void rendezvous_handsOverOnlyToOneWhoWaits(Kind kind) {
        Tarry.run(
                () -> {
                    Channel<String> channel = kind.of(0);
                    assertThat(channel.trySend("nobody there")).isFalse();
                    assertThat(channel.tryReceive()).isEmpty();
                    Task<String> receiver = Tarry.spawn(channel::receive);
                    settle();
                    assertThat(channel.trySend("hello")).isTrue();
                    assertThat(channel.trySend("he has one")).isFalse();
                    assertThat(channel.size()).isZero();
                    assertThat(receiver.join()).isEqualTo("hello");
                });
    }

    @ParameterizedTest
    @EnumSource
    void senderWhoWaits_goesOnWhenItsMessageIsTaken(Kind kind) {
        Tarry.run(
                () -> {
                    Channel<String> channel = kind.of(0);
                    Task<?> first = Tarry.spawn(() -> channel.send("first"));
                    Task<?> second = Tarry.spawn(() -> channel.send("second"));
                    settle();
                    assertThat(first.outcome()).isNull();
                    assertThat(channel.tryReceive()).contains("first");
                    settle();
                    assertThat(first.outcome()).isNotNull();
                    assertThat(second.outcome()).isNull();
                    assertThat(channel.receive()).isEqualTo("second");
                    second.join();
                    assertThat(channel.tryReceive()).isEmpty();
                });
    }

    @ParameterizedTest
    @EnumSource
    void roomInTheBuffer_isFilledByTheNextSenderWhoWaits(Kind kind) {
        Tarry.run(
                () -> {
                    Channel<Integer> channel = kind.of(1);
                    channel.send(1);
                    Task<?> second = Tarry.spawn(() -> channel.send(2));
                    Task<?> third = Tarry.spawn(() -> channel.send(3));
                    settle();
                    assertThat(channel.receive()).isEqualTo(1);
                    assertThat(channel.size()).isEqualTo(1);
                    settle();
                    assertThat(second.outcome()).isNotNull();
                    assertThat(third.outcome()).isNull();
                    assertThat(channel.trySend(4)).as("third came before").isFalse();
                    assertThat(List.of(channel.receive(), channel.receive())).containsExactly(2, 3);
                    third.join();
                    assertThat(channel.size()).isZero();
                });
    }

    @ParameterizedTest
    @EnumSource
    void receiversWhoWait_areServedInTheirOrder(Kind kind) {
        Tarry.run(
                () -> {
                    Channel<Integer> channel = kind.of(3);
                    List<String> got = new ArrayList<>();
                    List<Task<?>> receivers = new ArrayList<>();
                    for (String name : List.of("a", "b", "c")) {
                        receivers.add(Tarry.spawn(() -> got.add(name + channel.receive())));
                    }
                    settle();
                    for (int i = 1; i <= 4; i++) {
                        channel.send(i);
                    }
                    receivers.forEach(Task::join);
                    assertThat(got).containsExactly("a1", "b2", "c3");
                    assertThat(channel.size()).as("nobody waits for the fourth").isEqualTo(1);
                });
    }

    @ParameterizedTest
    @EnumSource
    void senderWhoGaveUp_leavesNothing(Kind kind) {
        Tarry.run(
                () -> {
                    Channel<Integer> channel = kind.of(0);
                    assertThat(Tarry.await(channel.sending(1), Duration.ofNanos(1))).isEmpty();
                    Task<?> cancelled = Tarry.spawn(() -> channel.send(2));
                    settle();
                    cancelled.cancel();
                    settle();
                    assertThat(channel.tryReceive()).isEmpty();
                });
    }

    // ---- closing

    @ParameterizedTest
    @EnumSource
    void closed_givesWhatItHasAndTakesNothing(Kind kind) {
        Tarry.run(
                () -> {
                    Channel<Integer> channel = kind.of(2);
                    channel.send(1);
                    channel.send(2);
                    assertThat(channel.isOpen()).isTrue();
                    assertThat(Tarry.await(channel.closed(), Duration.ZERO)).isEmpty();
                    channel.close();
                    channel.close();
                    assertThat(channel.isOpen()).isFalse();
                    assertThat(Tarry.await(channel.closed())).isSameAs(channel);
                    assertThat(channel.receive()).isEqualTo(1);
                    assertThat(channel.trySend(3)).isFalse();
                    assertThatThrownBy(() -> channel.send(3)).isInstanceOf(ClosedException.class);
                    assertThat(channel.tryReceive()).contains(2);
                    assertThat(channel.tryReceive()).isEmpty();
                    assertThatThrownBy(channel::receive)
                            .isInstanceOf(ClosedException.class)
                            .hasMessageContaining(channel.toString());
                });
    }

    @ParameterizedTest
    @EnumSource
    void close_wakesSendersReceiversAndThoseWhoWaitForIt(Kind kind) {
        Tarry.run(
                () -> {
                    Channel<Integer> empty = kind.of(0);
                    Channel<Integer> full = kind.of(1);
                    full.send(1);
                    Task<Object> receiver = closedBy(empty.receiving());
                    Task<Object> closing = closedBy(empty.closed());
                    Task<Object> sender = closedBy(full.sending(2));
                    settle();
                    empty.close();
                    full.close();
                    settle();
                    assertThat(receiver.outcome()).isEqualTo(new Outcome.Value<>("closed"));
                    assertThat(sender.outcome()).isEqualTo(new Outcome.Value<>("closed"));
                    assertThat(closing.outcome()).isEqualTo(new Outcome.Value<>(empty));
                });
    }

    @ParameterizedTest
    @EnumSource
    void closed_givesNothingOfThoseWhoStillWaitedToSend(Kind kind) {
        Tarry.run(
                () -> {
                    Channel<Integer> empty = kind.of(0);
                    Channel<Integer> full = kind.of(1);
                    full.send(1);
                    Task<Object> first = closedBy(empty.sending(1));
                    Task<Object> second = closedBy(full.sending(2));
                    settle();
                    empty.close();
                    full.close();
                    assertThat(empty.tryReceive()).as("not before it has noticed").isEmpty();
                    assertThat(full).containsExactly(1);
                    assertThat(first.join()).isEqualTo("closed");
                    assertThat(second.join()).isEqualTo("closed");
                });
    }

    private static Task<Object> closedBy(Event<?> event) {
        return Tarry.spawn(
                () -> {
                    try {
                        return Tarry.await(event);
                    } catch (ClosedException e) {
                        return "closed";
                    }
                });
    }

    @ParameterizedTest
    @EnumSource
    void iteration_endsWithTheLastMessageOfAClosedChannel(Kind kind) {
        Tarry.run(
                () -> {
                    Channel<Integer> channel = kind.of(3);
                    List<Integer> all = new ArrayList<>();
                    Task<?> reader = Tarry.spawn(() -> channel.forEach(all::add));
                    for (int i = 0; i < 10; i++) {
                        channel.send(i);
                    }
                    channel.close();
                    reader.join();
                    assertThat(all).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
                });
    }

    @ParameterizedTest
    @EnumSource
    void iterator_takesNothingTwiceAndNothingAtTheEnd(Kind kind) {
        Tarry.run(
                () -> {
                    Channel<Integer> channel = kind.of(3);
                    channel.send(1);
                    channel.send(2);
                    channel.close();
                    Iterator<Integer> messages = channel.iterator();
                    assertThat(messages.hasNext()).isTrue();
                    assertThat(messages.hasNext()).isTrue();
                    assertThat(messages.next()).isEqualTo(1);
                    assertThat(messages.next()).isEqualTo(2);
                    assertThat(messages.hasNext()).isFalse();
                    assertThatThrownBy(messages::next).isInstanceOf(NoSuchElementException.class);
                });
    }

    // ---- as events

    @ParameterizedTest
    @EnumSource
    void waitForSeveral_takesOneAndLeavesTheOthers(Kind kind) {
        Tarry.run(
                () -> {
                    Channel<Integer> one = kind.of(1);
                    Channel<Integer> two = kind.of(1);
                    one.send(1);
                    two.send(2);
                    FiredEvents<?> fired =
                            Tarry.wait(
                                    List.of(one.receiving(), two.receiving()), null, Order.LISTED);
                    assertThat(fired.get(one.receiving())).contains(1);
                    assertThat(fired).hasSize(1);
                    assertThat(two.size()).isEqualTo(1);
                    assertThat(((BaseEvent<?>) one.receiving()).isClaim()).isTrue();
                    assertThat(((BaseEvent<?>) one.sending(1)).isClaim()).isTrue();
                    assertThat(((BaseEvent<?>) one.closed()).isClaim()).isFalse();
                });
    }

    @ParameterizedTest
    @EnumSource
    void parkedWaitForSeveral_takesWhatComesFirst(Kind kind) {
        Tarry.run(
                () -> {
                    Channel<Integer> one = kind.of(0);
                    Channel<Integer> two = kind.of(0);
                    Task<FiredEvents<?>> waiting =
                            Tarry.spawn(() -> Tarry.wait(one.receiving(), two.sending(7)));
                    settle();
                    assertThat(two.tryReceive()).contains(7);
                    assertThat(one.trySend(1)).as("it has its claim").isFalse();
                    FiredEvents<?> fired = waiting.join();
                    assertThat(fired).hasSize(1);
                    assertThat(fired.first().get()).isSameAs(two);
                });
    }

    @ParameterizedTest
    @EnumSource
    void events_sayWhatTheyWaitFor(Kind kind) {
        Tarry.run(
                () -> {
                    Channel<Integer> rendezvous = kind.of(0);
                    Channel<Integer> buffered = kind.of(2);
                    buffered.send(1);
                    assertThat(rendezvous.toString()).matches("channel@[0-9a-f]+");
                    assertThat(buffered.toString()).matches("channel@[0-9a-f]+\\(1/2\\)");
                    assertThat(buffered.receiving()).hasToString("receive from " + buffered);
                    assertThat(buffered.sending(2)).hasToString("send to " + buffered);
                    assertThat(buffered.closed()).hasToString("close of " + buffered);
                });
    }

    // ---- beside others

    /** Lets other tasks run while it is polled and while it is armed, as a lock of the JDK may. */
    private static final class Slow implements BaseEvent<String> {
        final CountDownLatch polled = new CountDownLatch(1);
        final CountDownLatch armed = new CountDownLatch(1);
        boolean isArming;

        @Override
        public Outcome<String> poll(Reactor reactor) {
            pass(polled);
            return null;
        }

        @Override
        public void arm(Waiter waiter) {
            isArming = true;
            pass(armed);
        }

        @Override
        public void disarm(Waiter waiter) {}

        private static void pass(CountDownLatch latch) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void messagesThatComeWhileAWaitIsBegun_areTakenInTheirOrder(Kind kind) {
        Tarry.run(
                () -> {
                    assumeTrue(Scheduler.current().carrierName().equals("loop"));
                    Channel<Integer> channel = kind.of(2);
                    Slow slow = new Slow();
                    Task<?> sender =
                            Tarry.spawn(
                                    () -> {
                                        assertThat(channel.trySend(1)).isTrue();
                                        slow.polled.countDown();
                                        while (!slow.isArming && channel.size() == 1) {
                                            Tarry.yieldNow();
                                        }
                                        assertThat(channel.trySend(2)).isTrue();
                                        slow.armed.countDown();
                                    });
                    FiredEvents<?> fired =
                            Tarry.wait(List.of(channel.receiving(), slow), null, Order.LISTED);
                    assertThat(fired.get(channel.receiving())).contains(1);
                    assertThat(channel.receive()).isEqualTo(2);
                    sender.join();
                });
    }

    @ParameterizedTest
    @EnumSource
    void taskWithAlwaysRoom_letsTheOthersRun(Kind kind) {
        Tarry.run(
                () -> {
                    Channel<Integer> channel = kind.of(1_000);
                    boolean[] ran = new boolean[1];
                    var unused = Tarry.spawn(() -> ran[0] = true);
                    for (int i = 0; i < 2 * Scheduler.IMMEDIATE_WAITS; i++) {
                        channel.send(i);
                    }
                    assertThat(ran[0]).as("while it sent").isTrue();
                    ran[0] = false;
                    unused = Tarry.spawn(() -> ran[0] = true);
                    for (int i = 0; i < 2 * Scheduler.IMMEDIATE_WAITS; i++) {
                        assertThat(channel.receive()).isEqualTo(i);
                    }
                    assertThat(ran[0]).as("while it received").isTrue();
                });
    }

    @ParameterizedTest
    @EnumSource
    void cancelledTask_neitherSendsNorReceives(Kind kind) {
        Channel<Integer> channel = kind.of(2);
        Tarry.run(
                () -> {
                    channel.send(1);
                    Task<?> task =
                            Tarry.spawn(
                                    () -> {
                                        Task.current().cancel();
                                        assertThatThrownBy(channel::receive)
                                                .isInstanceOf(CancelledException.class);
                                        assertThatThrownBy(() -> channel.send(2))
                                                .isInstanceOf(CancelledException.class);
                                    });
                    assertThat(Tarry.await(task.done())).isInstanceOf(Outcome.Value.class);
                    assertThat(channel.size()).isEqualTo(1);
                });
    }

    @Test
    void localChannelInAnotherScheduler_isRefusedWhateverTheCall() {
        Channel<Integer> channel = Channel.buffered(2);
        Tarry.run(() -> channel.send(1));
        Tarry.run(
                () -> {
                    refused(() -> channel.send(2), channel);
                    refused(() -> channel.trySend(2), channel);
                    refused(channel::receive, channel);
                    refused(channel::tryReceive, channel);
                    for (Event<?> event :
                            List.of(channel.receiving(), channel.sending(2), channel.closed())) {
                        Outcome<?> outcome = Tarry.wait(event).first().outcome();
                        assertThat(outcome)
                                .isInstanceOfSatisfying(
                                        Outcome.Failed.class,
                                        failed ->
                                                assertThat(failed.cause())
                                                        .isInstanceOf(WrongThreadException.class));
                    }
                });
        assertThat(channel.size()).isEqualTo(1);
    }

    private static void refused(ThrowingCallable call, Channel<?> channel) {
        assertThatThrownBy(call)
                .isInstanceOf(WrongThreadException.class)
                .hasMessageContaining(channel.toString());
    }

    @Test
    void localChannel_isClosedByItsOwnSchedulerOnly() {
        Channel<Integer> channel = Channel.buffered(1);
        Tarry.run(
                () -> {
                    channel.send(1);
                    assertThatThrownBy(() -> elsewhere(channel::close))
                            .isInstanceOf(WrongThreadException.class)
                            .hasMessageContaining(channel.toString())
                            .hasMessageContaining("Channel.shared");
                    assertThat(channel.isOpen()).isTrue();
                    channel.close();
                    elsewhere(channel::close);
                });
    }

    private static void elsewhere(Runnable call) throws Exception {
        FutureTask<Void> done = new FutureTask<>(call, null);
        Thread.ofPlatform().name("elsewhere").start(done).join();
        if (done.state() == Future.State.FAILED) {
            throw (Exception) done.exceptionNow();
        }
    }

    @Test
    void localChannel_tellsOtherThreadsNothing_whileItsSchedulerRuns() throws Exception {
        Channel<Integer> channel = Channel.buffered(1);
        elsewhere(channel::isOpen); // nobody's yet
        Tarry.run(
                () -> {
                    channel.send(1);
                    for (Runnable call : List.<Runnable>of(channel::isOpen, channel::size)) {
                        assertThatThrownBy(() -> elsewhere(call))
                                .isInstanceOf(WrongThreadException.class)
                                .hasMessageContaining("thread 'elsewhere'");
                    }
                    for (Runnable call :
                            List.<Runnable>of(
                                    channel::receive,
                                    channel::tryReceive,
                                    () -> channel.send(1),
                                    () -> channel.trySend(1),
                                    () -> assertThat(channel.iterator()).hasNext())) {
                        assertThatThrownBy(() -> elsewhere(call))
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessageContaining("thread 'elsewhere' is none")
                                .hasMessageContaining("Channel.shared");
                    }
                    elsewhere(() -> assertThat(channel.toString()).contains("1/1"));
                });
        assertThat(channel.size()).as("asked after the end").isEqualTo(1);
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void channelThatNobodyUsed_isClosedByAnybody() {
        assertThat(closed(Channel.rendezvous())).isTrue();
        assertThat(closed(Channel.shared(0))).isTrue();
    }

    private static boolean closed(Channel<?> channel) {
        channel.close();
        return !channel.isOpen();
    }

    @Test
    void sharedChannel_isNoCaseOfADeadlock() {
        assertThat(((BaseEvent<?>) Channel.shared(0).receiving()).wokenOnlyByTasks()).isFalse();
        assertThat(((BaseEvent<?>) Channel.rendezvous().receiving()).wokenOnlyByTasks()).isTrue();
    }

    @Test
    void threadThatIsNoTask_usesASharedChannelOnly() {
        Channel<Integer> shared = Channel.shared(1);
        shared.send(1);
        assertThat(shared.trySend(2)).isFalse();
        assertThat(shared.receive()).isEqualTo(1);
        assertThat(shared.tryReceive()).isEqualTo(Optional.empty());
        Channel<Integer> local = Channel.buffered(1);
        assertThatThrownBy(() -> local.send(1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> local.trySend(1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(local::receive).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(local::tryReceive).isInstanceOf(IllegalStateException.class);
    }
}
