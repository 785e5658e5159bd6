package dev.tarry.contract;

import static org.assertj.core.api.Assertions.assertThat;

import static java.util.Comparator.comparing;

import dev.tarry.events.BaseEvent;
import dev.tarry.events.Event;
import dev.tarry.events.Order;
import dev.tarry.events.Outcome;
import dev.tarry.events.Reactor;
import dev.tarry.events.Waiter;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Tarry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/** W4: which claim is taken when several are ready, and the order of the result. */
class FairnessTest {

    /** A claim that is always ready, and counts how long it was passed over. */
    private static final class Always implements BaseEvent<Integer> {
        private final int number;
        private int taken;

        Always(int number) {
            this.number = number;
        }

        @Override
        public Outcome<Integer> poll(Reactor reactor) {
            taken++;
            return new Outcome.Value<>(number);
        }

        @Override
        public void arm(Waiter waiter) {
            throw new AssertionError("never needed");
        }

        @Override
        public void disarm(Waiter waiter) {
            throw new AssertionError("never armed");
        }

        @Override
        public boolean isClaim() {
            return true;
        }
    }

    private static List<Always> always(int n) {
        return IntStream.range(0, n).mapToObj(Always::new).toList();
    }

    @OnBothCarriers
    void alwaysReadyClaims_eachIsTakenWithinNWaits(Variant variant) throws Exception {
        variant.run(
                () -> {
                    for (int n : new int[] {2, 3, 4, 5, 6, 7, 8, 9, 10, 64}) {
                        List<Always> set = always(n);
                        Turns turns = new Turns();
                        for (int i = 0; i < 5 * n; i++) {
                            turns.waitFor(set);
                        }
                    }
                });
    }

    @OnBothCarriers
    void twoSetsInTurnWithTheSameFirstEvent_noneOfEitherStarves(Variant variant) throws Exception {
        variant.run(
                () -> {
                    List<Always> all = always(3);
                    inTurn(List.of(all.get(0), all.get(1)), List.of(all.get(0), all.get(2)));
                });
    }

    @OnBothCarriers
    void twoSetsInTurnOfAnySizes_noneOfEitherStarves(Variant variant) throws Exception {
        variant.run(
                () -> {
                    // Many, since which sets share something depends on their hash codes.
                    for (int round = 0; round < 100; round++) {
                        inTurn(always(2), always(2 + round % 5));
                    }
                });
    }

    private static void inTurn(List<Always> first, List<Always> second) {
        Turns ofFirst = new Turns();
        Turns ofSecond = new Turns();
        for (int i = 0; i < 30; i++) {
            ofFirst.waitFor(first);
            ofSecond.waitFor(second);
        }
    }

    /** The waits for one set: how long each of its claims has been passed over. */
    private static final class Turns {
        private final Map<Always, Integer> passedOver = new HashMap<>();

        void waitFor(List<Always> set) {
            var fired = Tarry.wait(set);
            assertThat(fired).as("at most one claim").hasSize(1);
            for (Always claim : set) {
                int waits = fired.has(claim) ? 0 : passedOver.merge(claim, 1, Integer::sum);
                assertThat(waits)
                        .as("waits that passed over one of %d", set.size())
                        .isLessThan(set.size());
                passedOver.put(claim, waits);
            }
        }
    }

    @OnBothCarriers
    void newEventsForEachWait_noChannelStarves(Variant variant) throws Exception {
        variant.run(
                () -> {
                    Channel<Integer> first = Channel.buffered(1000);
                    Channel<Integer> second = Channel.buffered(1000);
                    for (int i = 0; i < 100; i++) {
                        Tarry.wait(first.sending(i), second.sending(i));
                    }
                    assertThat(first.size() + second.size()).isEqualTo(100);
                    assertThat(first.size()).isBetween(25, 75);
                });
    }

    /** However the waits are mixed with others, and whatever else is in the set. */
    @OnBothCarriers
    void twoReadyChannels_eachGivesBetween20And80Percent(Variant variant) throws Exception {
        variant.run(
                () -> {
                    Random random = new Random(3);
                    for (int way = 0; way < 3; way++) {
                        List<Channel<Integer>> two = List.of(full(), full());
                        for (int i = 0; i < 1000; i++) {
                            List<Event<?>> set = new ArrayList<>();
                            two.forEach(channel -> set.add(channel.receiving()));
                            if (way > 0) {
                                set.add(random.nextInt(3), new UserEvents.Flag()); // never
                            }
                            if (way > 1 && random.nextBoolean()) {
                                var unused = Tarry.wait(List.copyOf(always(1 + random.nextInt(4))));
                            }
                            assertThat(Tarry.wait(set)).hasSize(1);
                        }
                        int left = two.getFirst().size();
                        assertThat(2000 - left).isBetween(200, 800);
                        assertThat(left + two.getLast().size()).isEqualTo(3000);
                    }
                });
    }

    private static Channel<Integer> full() {
        Channel<Integer> channel = Channel.buffered(2000);
        while (channel.trySend(1)) {}
        return channel;
    }

    @OnBothCarriers
    void ordered_theFirstListedWinsEachTime(Variant variant) throws Exception {
        variant.run(
                () -> {
                    List<Always> set = always(5);
                    for (int i = 0; i < 300; i++) {
                        var fired = Tarry.wait(set, null, Order.LISTED);
                        assertThat(fired.get(set.getFirst())).contains(0);
                    }
                    assertThat(set.stream().map(a -> a.taken)).containsExactly(300, 0, 0, 0, 0);
                });
    }

    @OnBothCarriers
    void levelsAmongClaims_allLevelsAndOneClaimInArgumentOrder(Variant variant) throws Exception {
        variant.run(
                () -> {
                    List<Event<?>> set = new ArrayList<>();
                    for (int i = 0; i < 4; i++) {
                        UserEvents.Flag flag = new UserEvents.Flag();
                        flag.raise();
                        set.add(flag);
                        set.add(new Always(i));
                    }
                    Map<Event<?>, Integer> claims = new HashMap<>();
                    for (int i = 0; i < set.size(); i++) {
                        var fired = Tarry.wait(set);
                        assertThat(fired).hasSize(5);
                        List<Event<?>> events =
                                fired.stream().<Event<?>>map(f -> f.event()).toList();
                        assertThat(events).isSortedAccordingTo(comparing(set::indexOf));
                        events.stream()
                                .filter(e -> ((BaseEvent<?>) e).isClaim())
                                .forEach(e -> claims.put(e, 1));
                    }
                    assertThat(claims).as("each within n waits").hasSize(4);
                });
    }
}
