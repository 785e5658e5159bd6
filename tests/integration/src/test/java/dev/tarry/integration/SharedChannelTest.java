package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.events.ClosedException;
import dev.tarry.events.Event;
import dev.tarry.events.Outcome;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.Task;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A shared channel between schedulers, and between tasks and plain threads. */
@Timeout(60)
class SharedChannelTest {

    private static FutureTask<Void> start(Runnable body) {
        FutureTask<Void> running = new FutureTask<>(body, null);
        Thread.ofPlatform().daemon().name("beside").start(running);
        return running;
    }

    @BothCarriers
    void messagesOfOneScheduler_reachAnother_inOrder(String carrier) throws Exception {
        Channel<Integer> there = Channel.shared(0);
        Channel<Integer> back = Channel.shared(3);
        FutureTask<Void> other =
                start(
                        () ->
                                Runs.on(
                                        carrier,
                                        () -> {
                                            for (int message : there) {
                                                back.send(message);
                                            }
                                            back.close();
                                        }));
        Runs.on(
                carrier,
                () -> {
                    Task<?> sender =
                            Tarry.spawn(
                                    () -> {
                                        for (int i = 0; i < 1000; i++) {
                                            there.send(i);
                                        }
                                        there.close();
                                    });
                    int expected = 0;
                    for (int message : back) {
                        assertThat(message).isEqualTo(expected++);
                    }
                    assertThat(expected).isEqualTo(1000);
                    sender.join();
                });
        other.get();
    }

    @BothCarriers
    void threadThatIsNoTask_blocksUntilATaskComes(String carrier) throws Exception {
        Channel<String> channel = Channel.shared(0);
        FutureTask<Void> thread =
                start(
                        () -> {
                            channel.send("question");
                            assertThat(channel.receive()).isEqualTo("answer");
                        });
        Runs.on(
                carrier,
                () -> {
                    assertThat(channel.receive()).isEqualTo("question");
                    channel.send("answer");
                });
        thread.get();
    }

    @Test
    void twoThreadsThatAreNoTasks_meet() throws Exception {
        Channel<String> channel = Channel.shared(0);
        FutureTask<Void> thread = start(() -> channel.send("message"));
        assertThat(channel.receive()).isEqualTo("message");
        thread.get();
    }

    @Test
    void interruptedThread_givesUp_andNothingWasTaken() {
        Channel<String> channel = Channel.shared(1);
        Thread.currentThread().interrupt();
        assertThatThrownBy(channel::receive).isInstanceOf(CancellationException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(channel.trySend("message")).isTrue();
        assertThat(channel.size()).isOne(); // nobody is left to whom it was handed over
    }

    @Test
    void blockedThread_isWokenByTheInterrupt() throws Exception {
        Channel<String> channel = Channel.shared(0);
        AtomicInteger interrupted = new AtomicInteger();
        Thread thread =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    try {
                                        channel.receive();
                                    } catch (CancellationException e) {
                                        interrupted.incrementAndGet();
                                    }
                                });
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        thread.interrupt();
        thread.join();
        assertThat(interrupted).hasValue(1);
        assertThat(channel.trySend("message")).isFalse();
    }

    @BothCarriers
    void close_wakesTasksAndThreads(String carrier) {
        Channel<String> channel = Channel.shared(0);
        FutureTask<Void> thread =
                start(
                        () ->
                                assertThatThrownBy(channel::receive)
                                        .isInstanceOf(ClosedException.class));
        Runs.on(
                carrier,
                () -> {
                    FutureTask<Void> closer = new FutureTask<>(channel::close, null);
                    var receiving = channel.receiving();
                    Tarry.spawn(() -> Thread.ofPlatform().start(closer));
                    assertThat(Tarry.wait(List.of(receiving, channel.closed()), null))
                            .allMatch(
                                    fired ->
                                            fired.outcome() instanceof Outcome.Closed
                                                    || fired.event() == channel.closed());
                });
        assertThat(thread).succeedsWithin(Duration.ofSeconds(30));
    }

    @Test
    void ownSendAndReceiveInOneWait_doNotMeet() {
        Channel<String> channel = Channel.shared(0);
        Runs.on(
                "loop",
                () -> {
                    List<Event<?>> both = List.of(channel.sending("own"), channel.receiving());
                    assertThat(Tarry.wait(both, Duration.ofMillis(5))).isEmpty();
                });
    }

    /**
     * Both sides choose between two channels in opposite directions: whatever one has taken, the
     * other has given, and nothing is taken twice.
     */
    @BothCarriers
    void doubleSelectFromBothSides_neverHalf(String carrier) throws Exception {
        int rounds = 20_000;
        Channel<Integer> a = Channel.shared(0);
        Channel<Integer> b = Channel.shared(0);
        int[][] sent = new int[2][rounds];
        int[][] received = new int[2][rounds];
        FutureTask<Void> left =
                start(() -> Runs.on(carrier, () -> side(a, b, sent[0], received[0])));
        Runs.on(carrier, () -> side(b, a, sent[1], received[1]));
        left.get();
        for (int i = 0; i < rounds; i++) {
            assertThat(sent[0][i] + received[0][i]).as("round %s", i).isOne();
            assertThat(sent[0][i]).as("round %s", i).isEqualTo(received[1][i]);
            assertThat(received[0][i]).as("round %s", i).isEqualTo(sent[1][i]);
        }
    }

    private static void side(Channel<Integer> out, Channel<Integer> in, int[] sent, int[] got) {
        for (int i = 0; i < sent.length; i++) {
            var sending = out.sending(i);
            var receiving = in.receiving();
            var fired = Tarry.wait(sending, receiving);
            assertThat(fired).hasSize(1);
            if (fired.has(sending)) {
                sent[i]++;
            } else {
                assertThat(fired.get(receiving)).contains(i);
                got[i]++;
            }
        }
    }

    /**
     * Threads quarrel for the channel, but what needs no waiting is no place to leave a task at:
     * neither for the others, nor for ever, where they must not run.
     */
    @BothCarriers
    void callsThatDoNotWait_leaveTheTaskAlone(String carrier) throws Exception {
        Channel<Integer> channel = Channel.shared(8);
        AtomicBoolean over = new AtomicBoolean();
        List<FutureTask<Void>> threads = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            threads.add(
                    start(
                            () -> {
                                while (!over.get()) {
                                    call(channel);
                                }
                            }));
        }
        int[] inside = new int[1];
        try {
            Runs.on(
                    carrier,
                    () ->
                            Scope.run(
                                    scope -> {
                                        for (int n = 0; n < 3; n++) {
                                            scope.spawn(() -> callAlone(channel, inside));
                                            scope.spawn(() -> callAtomically(channel));
                                        }
                                    }));
        } finally {
            over.set(true);
        }
        for (FutureTask<Void> thread : threads) {
            thread.get();
        }
    }

    private static void callAlone(Channel<Integer> channel, int[] inside) {
        for (int i = 0; i < 20_000; i++) {
            assertThat(inside[0]++).as("tasks here").isZero();
            call(channel);
            inside[0]--;
            Tarry.yieldNow();
        }
    }

    private static void callAtomically(Channel<Integer> channel) {
        for (int i = 0; i < 20_000; i++) {
            Tarry.atomically(() -> call(channel));
            Tarry.yieldNow();
        }
    }

    private static void call(Channel<Integer> channel) {
        var unused = channel.trySend(1) && channel.isOpen() && channel.size() > 0;
        var alsoUnused = channel.tryReceive();
    }

    /**
     * Senders and receivers that give up at any moment, on three loops: every message exactly once.
     */
    @BothCarriers
    void cancelsAndTimeoutsAtRandom_loseAndDoubleNothing(String carrier) throws Exception {
        for (int capacity : new int[] {0, 2}) {
            Channel<Long> channel = Channel.shared(capacity);
            ConcurrentLinkedQueue<Long> sent = new ConcurrentLinkedQueue<>();
            ConcurrentHashMap<Long, Boolean> received = new ConcurrentHashMap<>();
            AtomicInteger doubled = new AtomicInteger();
            AtomicInteger senders = new AtomicInteger(2);
            List<FutureTask<Void>> loops = new ArrayList<>();
            for (int n = 0; n < 2; n++) {
                int number = n;
                loops.add(
                        start(
                                () ->
                                        Runs.on(
                                                carrier,
                                                () -> {
                                                    send(channel, number, sent);
                                                    if (senders.decrementAndGet() == 0) {
                                                        channel.close();
                                                    }
                                                })));
            }
            Runs.on(carrier, () -> receive(channel, received, doubled));
            for (FutureTask<Void> loop : loops) {
                loop.get();
            }
            assertThat(doubled).hasValue(0);
            assertThat(received.keySet()).containsExactlyInAnyOrderElementsOf(sent);
            assertThat(sent.size()).isGreaterThan(1000);
        }
    }

    private static void send(Channel<Long> channel, int number, ConcurrentLinkedQueue<Long> sent) {
        Random random = new Random(number);
        for (long i = 0; i < 3000; i++) {
            long message = number * 1_000_000L + i;
            Task<?> task =
                    Tarry.spawn(
                            () -> {
                                // The claim counts, whatever comes in the same instant.
                                var sending = channel.sending(message);
                                if (!Tarry.wait(
                                                List.of(sending),
                                                Duration.ofNanos(random.nextInt(200_000)))
                                        .isEmpty()) {
                                    sent.add(message);
                                }
                            });
            if (random.nextInt(3) == 0) {
                Tarry.yieldNow();
                task.cancel();
            }
            Tarry.await(task.done());
        }
    }

    private static void receive(
            Channel<Long> channel,
            ConcurrentHashMap<Long, Boolean> received,
            AtomicInteger doubled) {
        Random random = new Random(7);
        boolean[] closed = new boolean[1];
        while (!closed[0]) {
            Task<?> task =
                    Tarry.spawn(
                            () -> {
                                var receiving = channel.receiving();
                                var fired =
                                        Tarry.wait(
                                                List.of(receiving),
                                                Duration.ofNanos(random.nextInt(200_000)));
                                fired.outcome(receiving)
                                        .ifPresent(
                                                how -> {
                                                    if (how
                                                            instanceof
                                                            Outcome.Value<Long>(Long v)) {
                                                        if (received.put(v, true) != null) {
                                                            doubled.incrementAndGet();
                                                        }
                                                    } else {
                                                        closed[0] = true;
                                                    }
                                                });
                            });
            if (random.nextInt(3) == 0) {
                Tarry.yieldNow();
                task.cancel();
            }
            Tarry.await(task.done());
        }
    }
}
