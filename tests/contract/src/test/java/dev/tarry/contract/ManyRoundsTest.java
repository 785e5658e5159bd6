package dev.tarry.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.events.Event;
import dev.tarry.events.FiredEvents;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.CancelledException;
import dev.tarry.scheduler.Task;

import org.junit.jupiter.api.Tag;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What holds once, held many times, and by many events at once. */
class ManyRoundsTest {
    private static final int WIDE = 50_000;
    private static final int ROUNDS = 100_000;

    // ---- wide

    @OnAllVariants
    void oneOfFiftyThousandFires_itAloneIsTold(Variant variant) throws Exception {
        variant.run(
                () -> {
                    List<Channel<Integer>> channels = new ArrayList<>();
                    List<Event<?>> all = new ArrayList<>();
                    for (int i = 0; i < WIDE; i++) {
                        Channel<Integer> channel = Channel.rendezvous();
                        channels.add(channel);
                        all.add(i % 2 == 0 ? channel.receiving() : channel.sending(i));
                    }
                    for (int i : new int[] {0, 24_999, WIDE - 1}) {
                        Waiting waiting = Waiting.parked(all, Duration.ofDays(1));
                        if (i % 2 == 0) {
                            assertThat(channels.get(i).trySend(i)).isTrue();
                        } else {
                            assertThat(channels.get(i).tryReceive()).contains(i);
                        }
                        FiredEvents<?> fired = waiting.fired();
                        assertThat(fired).hasSize(1);
                        assertThat(fired.has(all.get(i))).isTrue();
                    }
                    for (Channel<Integer> channel : channels) {
                        assertThat(channel.trySend(1)).isFalse(); // nobody waits any more
                        assertThat(channel.tryReceive()).isEmpty();
                    }
                });
    }

    @OnAllVariants
    void fiftyThousandAreReady_allLevelsAndOneClaimInOrder(Variant variant) throws Exception {
        variant.run(
                () -> {
                    Channel<Integer> claims = Channel.buffered(2);
                    claims.send(1);
                    claims.send(2);
                    List<Event<?>> all = new ArrayList<>();
                    UserEvents.Flag raised = new UserEvents.Flag();
                    raised.raise();
                    for (int i = 0; i < WIDE; i++) {
                        all.add(i % 100 == 7 ? claims.receiving() : raised);
                    }
                    assertThat(Tarry.wait(all)).hasSize(WIDE - WIDE / 100 + 1);
                    assertThat(claims.size()).isOne();
                });
    }

    // ---- select on both sides

    @OnBothCarriers
    void selectsOnBothSides_agreeInEachRound(Variant variant) throws Exception {
        variant.run(
                () -> {
                    Channel<Integer> there = Channel.rendezvous();
                    Channel<Integer> back = Channel.rendezvous();
                    boolean[] sent = new boolean[ROUNDS];
                    Task<?> other = Tarry.spawn(() -> exchange(there, back, sent, true));
                    exchange(back, there, sent, false);
                    other.join();
                });
    }

    /** In each round exactly one of the two has sent. */
    private static void exchange(
            Channel<Integer> out, Channel<Integer> in, boolean[] sent, boolean first) {
        for (int round = 0; round < sent.length; round++) {
            Event<Channel<Integer>> sending = out.sending(round);
            List<Event<?>> both =
                    round % 3 == 0
                            ? List.of(sending, in.receiving())
                            : List.of(in.receiving(), sending);
            FiredEvents<?> fired = Tarry.wait(both);
            assertThat(fired.size()).isEqualTo(1);
            if (fired.has(sending)) {
                assertThat(sent[round]).isFalse();
                sent[round] = true;
            } else {
                assertThat((int) fired.get(in.receiving()).orElseThrow()).isEqualTo(round);
            }
        }
        Tarry.yieldNow();
        if (first) {
            for (boolean each : sent) {
                assertThat(each).isTrue();
            }
        }
    }

    @OnAllVariants
    void sameChannelSeveralTimesInOneSet_givesOneMessage(Variant variant) throws Exception {
        variant.run(
                () -> {
                    for (boolean parked : new boolean[] {false, true}) {
                        Channel<String> channel = Channel.buffered(3);
                        List<Event<?>> set =
                                List.of(
                                        channel.receiving(),
                                        channel.receiving(),
                                        new UserEvents.Flag(), // never
                                        channel.receiving());
                        Waiting waiting = parked ? Waiting.parked(set, null) : null;
                        assertThat(channel.trySend("one")).isTrue();
                        assertThat(channel.trySend("two")).isTrue();
                        FiredEvents<?> fired = parked ? waiting.fired() : Tarry.wait(set);
                        assertThat(fired).hasSize(1);
                        assertThat(fired.first().get()).isEqualTo("one");
                        assertThat(channel.size()).isOne();
                    }
                });
    }

    // ---- cancels

    @OnAllVariants
    void randomCancels_noMessageIsLostOrDoubled(Variant variant) throws Exception {
        variant.run(() -> cancelAtRandom(20_000, 1));
    }

    @Tag("stress")
    @OnAllVariants
    void millionsOfRandomCancels_noMessageIsLostOrDoubled(Variant variant) throws Exception {
        int cancels = variant.equals(Variant.HANDOFF) ? 250_000 : 1_000_000;
        variant.run(() -> cancelAtRandom(cancels, 2));
    }

    /** A sender and a receiver, with a choice or not; one is cancelled, at any moment. */
    private static void cancelAtRandom(int cancels, long seed) {
        Random random = new Random(seed);
        UserEvents.Flag never = new UserEvents.Flag();
        for (int i = 0; i < cancels; i++) {
            Channel<Integer> channel =
                    random.nextBoolean() ? Channel.rendezvous() : Channel.buffered(1);
            int message = i;
            int[] count = {0, 0}; // sent, received
            Event<?> sending = channel.sending(message);
            Event<?> receiving = channel.receiving();
            Task<?> sender = Tarry.spawn(() -> count(sending, random, never, count, 0));
            Task<?> receiver = Tarry.spawn(() -> count(receiving, random, never, count, 1));
            Task<?> victim = random.nextBoolean() ? sender : receiver;
            Task<?> other = victim == sender ? receiver : sender;
            for (int k = random.nextInt(4); k > 0; k--) {
                Tarry.yieldNow();
            }
            victim.cancel();
            Tarry.await(victim.done());
            Tarry.yieldNow();
            other.cancel();
            Tarry.await(other.done());
            assertThat(count[0]).isEqualTo(count[1] + channel.size());
        }
        never.assertNobodyArmed();
    }

    private static void count(
            Event<?> event, Random random, UserEvents.Flag never, int[] count, int index) {
        try {
            FiredEvents<?> fired =
                    switch (random.nextInt(3)) {
                        case 0 -> Tarry.wait(event);
                        case 1 -> Tarry.wait(never, event);
                        default -> Tarry.wait(List.of(event, never), Duration.ofDays(1));
                    };
            count[index] += fired.size();
        } catch (CancelledException e) {
            return; // and it has nothing
        }
    }

    /** The instant of the timeout is the instant of the message. */
    @OnBothCarriers
    void timeoutsAgainstMessages_noneIsLost(Variant variant) throws Exception {
        TestClock clock = new TestClock();
        variant.run(
                clock,
                () -> {
                    for (int i = 0; i < 20_000; i++) {
                        Channel<Integer> channel = Channel.rendezvous();
                        Waiting waiting =
                                Waiting.parked(List.of(channel.receiving()), Duration.ofDays(1));
                        boolean taken = i % 2 == 0 && channel.trySend(i);
                        clock.advance(Duration.ofDays(2));
                        Tarry.await(Events.after(Duration.ZERO));
                        taken |= i % 2 == 1 && channel.trySend(i);
                        assertThat(waiting.fired().size()).isEqualTo(taken ? 1 : 0);
                    }
                });
    }
}
