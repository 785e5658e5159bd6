package dev.tarry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.events.ClosedException;
import dev.tarry.events.Event;
import dev.tarry.events.Order;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.Task;

import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** What the wait and the channels promise, in every order that ten thousand seeds give. */
@Timeout(300)
class SemanticsTest {
    private static <T> Channel<T> channel(Random random) {
        int capacity = random.nextInt(4);
        return capacity == 0 ? rendezvous(random) : buffered(capacity, random);
    }

    /** Of one scheduler, or shared, which goes by way of the inbox. */
    private static <T> Channel<T> rendezvous(Random random) {
        return random.nextBoolean() ? Channel.rendezvous() : Channel.shared(0);
    }

    private static <T> Channel<T> buffered(int capacity, Random random) {
        return random.nextBoolean() ? Channel.buffered(capacity) : Channel.shared(capacity);
    }

    private static void pause(Random random) {
        switch (random.nextInt(3)) {
            case 0 -> Tarry.yieldNow();
            case 1 -> Tarry.sleep(Duration.ofMillis(random.nextInt(3)));
            default -> {}
        }
    }

    @Seeded
    void rendezvous_theSenderGoesOnOnlyWhenAReceiverHasCome(Simulation simulation) {
        Random random = simulation.random();
        Channel<Integer> channel = rendezvous(random);
        int[] asked = {0};
        Tarry.spawn(
                () -> {
                    for (int i = 0; i < 10; i++) {
                        channel.send(i);
                        assertThat(asked[0]).isGreaterThan(i);
                        pause(random);
                    }
                });
        for (int i = 0; i < 10; i++) {
            pause(random);
            asked[0]++;
            assertThat(channel.receive()).isEqualTo(i);
        }
    }

    @Seeded
    void messagesOfEachSender_arriveInItsOrder(Simulation simulation) {
        Random random = simulation.random();
        Channel<Integer> channel = channel(random);
        for (int sender = 0; sender < 3; sender++) {
            int base = sender * 100;
            Tarry.spawn(
                    () -> {
                        for (int i = 0; i < 6; i++) {
                            channel.send(base + i);
                            pause(random);
                        }
                    });
        }
        int[] next = {0, 0, 0};
        for (int i = 0; i < 18; i++) {
            int message = channel.receive();
            assertThat(message % 100).isEqualTo(next[message / 100]++);
        }
    }

    @Seeded
    void aFairChoice_takesEachReadyEventWithinAsManyWaits(Simulation simulation) {
        Random random = simulation.random();
        List<List<Event<Integer>>> sets = new ArrayList<>();
        for (int s = 0; s < 1 + random.nextInt(3); s++) {
            sets.add(readyEvents(2 + random.nextInt(5), random));
        }
        for (int round = 0; round < 5; round++) {
            List<Set<Integer>> won = new ArrayList<>();
            sets.forEach(set -> won.add(new HashSet<>()));
            for (int i = 0; i < 7; i++) { // no set is larger
                for (int s = 0; s < sets.size(); s++) {
                    if (i < sets.get(s).size()) {
                        won.get(s).add((Integer) Tarry.wait(sets.get(s)).first().get());
                    }
                }
            }
            for (int s = 0; s < sets.size(); s++) {
                assertThat(won.get(s)).hasSameSizeAs(sets.get(s));
            }
        }
    }

    private static List<Event<Integer>> readyEvents(int n, Random random) {
        List<Event<Integer>> events = new ArrayList<>();
        for (int k = 0; k < n; k++) {
            Channel<Integer> channel = buffered(200, random);
            while (channel.trySend(k)) {}
            events.add(channel.receiving());
        }
        return events;
    }

    @Seeded
    void anOrderedChoice_takesTheFirst(Simulation simulation) {
        List<Event<Integer>> events = readyEvents(4, simulation.random());
        for (int i = 0; i < 20; i++) {
            assertThat(Tarry.wait(events, null, Order.LISTED).first().get()).isEqualTo(0);
        }
    }

    /** The one that deadlocks, or hands over twice, where a claim has a "maybe". */
    @Seeded
    void twoTasksThatEachWouldSendOrReceive_agree(Simulation simulation) {
        Random random = simulation.random();
        Channel<Integer> a = rendezvous(random);
        Channel<Integer> b = rendezvous(random);
        List<Integer> left = new ArrayList<>();
        List<Integer> right = new ArrayList<>();
        Tarry.spawn(() -> exchange(a, b, random, left));
        Tarry.spawn(() -> exchange(b, a, random, right)).join();
        Simulation.awaitAllBlocked();
        assertThat(left).hasSize(10);
        for (int i = 0; i < 10; i++) {
            assertThat(left.get(i)).isEqualTo(-right.get(i));
        }
    }

    /** Notes 1 for each message that was sent, and -1 for each that was received. */
    private static void exchange(
            Channel<Integer> out, Channel<Integer> in, Random random, List<Integer> log) {
        for (int i = 0; i < 10; i++) {
            Event<Channel<Integer>> sending = out.sending(i);
            List<Event<?>> both = new ArrayList<>(List.of(sending, in.receiving()));
            Collections.shuffle(both, random);
            var fired = Tarry.wait(both);
            assertThat(fired).hasSize(1);
            boolean sent = fired.first().event() == sending;
            if (!sent) {
                assertThat(fired.first().get()).isEqualTo(i);
            }
            log.add(sent ? 1 : -1);
            pause(random);
        }
    }

    @Seeded
    void aTaskThatWouldSendAndReceive_doesNotMeetItself(Simulation simulation) {
        Channel<Integer> channel = rendezvous(simulation.random());
        var alone =
                Tarry.wait(List.of(channel.sending(1), channel.receiving()), Duration.ofSeconds(1));
        assertThat(alone).isEmpty();
        Task<Boolean> first = Tarry.spawn(() -> sends(channel, 2));
        Task<Boolean> second = Tarry.spawn(() -> sends(channel, 2));
        assertThat(first.join()).isNotEqualTo(second.join());
        assertThat(simulation.clock().nanos()).isEqualTo(1_000_000_000L);
    }

    private static boolean sends(Channel<Integer> channel, int message) {
        var sending = channel.sending(message);
        return Tarry.wait(sending, channel.receiving()).has(sending);
    }

    /** Sent is received, or still in the buffer; what was refused is neither. */
    @Seeded
    void nothingIsLostOrDoubled_atRandomCancelsAndTimeouts(Simulation simulation) {
        Random random = simulation.random();
        List<Channel<Integer>> channels = List.of(channel(random), channel(random));
        Set<Integer> sent = new HashSet<>();
        List<Integer> received = new ArrayList<>();
        Scope.supervise(
                (task, failure) -> {
                    throw new AssertionError(failure);
                },
                scope -> {
                    List<Task<?>> tasks = new ArrayList<>();
                    for (int i = 0; i < 3; i++) {
                        int base = i * 100;
                        tasks.add(scope.spawn(() -> sendSome(channels, base, random, sent)));
                        tasks.add(scope.spawn(() -> receiveSome(channels, random, received)));
                    }
                    while (!tasks.isEmpty()) {
                        pause(random);
                        tasks.remove(random.nextInt(tasks.size())).cancel();
                    }
                });
        for (Channel<Integer> channel : channels) {
            channel.close();
            channel.forEach(received::add);
        }
        assertThat(received).containsExactlyInAnyOrderElementsOf(sent);
    }

    private static void sendSome(
            List<Channel<Integer>> channels, int base, Random random, Set<Integer> sent) {
        for (int i = 0; i < 10; i++) {
            int message = base + i;
            var first = channels.get(0).sending(message);
            var second = channels.get(1).sending(message);
            Duration timeout = Duration.ofMillis(random.nextInt(3));
            int fired = Tarry.wait(List.of(first, second), timeout).size();
            assertThat(fired).isLessThan(2);
            if (fired == 1) {
                assertThat(sent.add(message)).isTrue();
            }
            pause(random);
        }
    }

    private static void receiveSome(
            List<Channel<Integer>> channels, Random random, List<Integer> received) {
        while (true) {
            Duration timeout = Duration.ofMillis(random.nextInt(3));
            Event<Integer> first = channels.get(0).receiving();
            var fired = Tarry.wait(List.of(first, channels.get(1).receiving()), timeout);
            fired.forEach(f -> received.add((Integer) f.get()));
            assertThat(fired).hasSizeLessThan(2);
            pause(random);
        }
    }

    @Seeded
    void aCancelAfterTheCommit_leavesTheMessageWithTheReceiver(Simulation simulation) {
        Channel<Integer> channel = rendezvous(simulation.random());
        List<Integer> received = new ArrayList<>();
        Task<?> receiver =
                Tarry.spawn(
                        () -> {
                            received.add(channel.receive());
                            received.add(channel.receive()); // the cancel comes here
                        });
        Simulation.awaitAllBlocked();
        channel.send(1); // committed; the receiver has not run yet, or has
        receiver.cancel();
        Tarry.await(receiver.done());
        assertThat(received).containsExactly(1);
        assertThat(channel.trySend(2)).isFalse();
    }

    @Seeded
    void aCancelBeforeTheCommit_leavesTheMessageWithTheSender(Simulation simulation) {
        Channel<Integer> channel = rendezvous(simulation.random());
        Task<Integer> receiver = Tarry.spawn(() -> channel.receive());
        Simulation.awaitAllBlocked();
        receiver.cancel();
        assertThat(Tarry.await(channel.sending(1), Duration.ofSeconds(1))).isEmpty();
    }

    @Seeded
    void closeAgainstWait_endsAllAndLosesNothing(Simulation simulation) {
        Random random = simulation.random();
        Channel<Integer> channel = channel(random);
        Set<Integer> sent = new HashSet<>();
        List<Integer> received = new ArrayList<>();
        Scope.run(
                scope -> {
                    for (int i = 0; i < 3; i++) {
                        int message = i;
                        scope.spawn(
                                () -> {
                                    pause(random);
                                    try {
                                        channel.send(message);
                                        sent.add(message);
                                    } catch (ClosedException e) {
                                        assertThat(channel.isOpen()).isFalse();
                                    }
                                });
                    }
                    for (int i = 0; i < 2; i++) {
                        scope.spawn(() -> channel.forEach(received::add));
                    }
                    scope.spawn(() -> Tarry.await(channel.closed()));
                    pause(random);
                    pause(random);
                    channel.close();
                });
        assertThat(received).containsExactlyInAnyOrderElementsOf(sent);
    }

    /** Several take and give, without waiting too: per sender in order, to whomever it goes. */
    @Seeded
    void messagesOfEachSender_reachEachOfSeveralReceiversInItsOrder(Simulation simulation) {
        Random random = simulation.random();
        Channel<Integer> channel = channel(random);
        List<Integer> received = new ArrayList<>();
        Scope.run(
                scope -> {
                    for (int i = 0; i < 2; i++) {
                        scope.spawn(() -> received.addAll(receiveInOrder(channel, random)));
                    }
                    Scope.run(
                            senders -> {
                                for (int i = 0; i < 3; i++) {
                                    int base = 100 * i;
                                    senders.spawn(() -> sendInOrder(channel, base, random));
                                }
                            });
                    channel.close();
                });
        assertThat(received).hasSize(18).doesNotHaveDuplicates();
    }

    private static void sendInOrder(Channel<Integer> channel, int base, Random random) {
        for (int i = 0; i < 6; i++) {
            if (random.nextBoolean() || !channel.trySend(base + i)) {
                channel.send(base + i);
            }
            pause(random);
        }
    }

    private static List<Integer> receiveInOrder(Channel<Integer> channel, Random random) {
        int[] last = {-1, 99, 199};
        List<Integer> received = new ArrayList<>();
        Iterator<Integer> messages = channel.iterator();
        Optional<Integer> next;
        while ((next = channel.tryReceive()).isPresent() || messages.hasNext()) {
            int message = next.isPresent() ? next.get() : messages.next();
            assertThat(message).isGreaterThan(last[message / 100]);
            last[message / 100] = message;
            received.add(message);
            pause(random);
        }
        return received;
    }

    @Seeded
    void timers_fireInTheOrderOfTheirTimes_andNeverEarly(Simulation simulation) {
        Random random = simulation.random();
        List<Long> times = new ArrayList<>();
        List<Long> woken = new ArrayList<>();
        Scope.run(
                scope -> {
                    for (int i = 0; i < 10; i++) {
                        long nanos = random.nextInt(1_000);
                        times.add(nanos);
                        scope.spawn(
                                () -> {
                                    Tarry.await(Events.after(Duration.ofNanos(nanos)));
                                    woken.add(nanos);
                                    long now = simulation.clock().nanos();
                                    assertThat(now).isEqualTo(nanos);
                                });
                    }
                });
        Collections.sort(times);
        assertThat(woken).isEqualTo(times);
    }

    @Seeded
    void theFirstFailure_endsTheSiblingsAndIsThrown(Simulation simulation) {
        Random random = simulation.random();
        List<String> ended = new ArrayList<>();
        try {
            Scope.run(
                    scope -> {
                        for (int i = 0; i < 3; i++) {
                            scope.spawn(
                                    () -> {
                                        try {
                                            pause(random);
                                            Tarry.sleep(Duration.ofDays(1));
                                        } finally {
                                            ended.add("sibling");
                                        }
                                    });
                        }
                        scope.spawn(
                                () -> {
                                    Simulation.awaitAllBlocked();
                                    throw new IllegalStateException("first");
                                });
                    });
            throw new AssertionError("nothing was thrown");
        } catch (dev.tarry.scheduler.TaskFailedException e) {
            assertThat(e).hasRootCauseMessage("first");
        }
        assertThat(ended).hasSize(3);
        assertThat(simulation.clock().nanos()).isLessThan(1_000_000_000L);
    }
}
