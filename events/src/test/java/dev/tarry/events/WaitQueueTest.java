package dev.tarry.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/** Who hears of an event, in which order, and what is left of those who have gone. */
class WaitQueueTest {
    private final WaitQueue queue = new WaitQueue();
    private final List<String> heard = new ArrayList<>();

    /** Notes what it is told, and takes a claim if it is willing. */
    private final class Listener extends Waiter {
        private final String name;
        private boolean willing = true;
        private Offer offer = new Offer();

        Listener(String name) {
            this.name = name;
        }

        @Override
        public Reactor reactor() {
            throw new AssertionError();
        }

        @Override
        public BaseEvent<?> event() {
            return new BaseEvent<Object>() {
                @Override
                public Outcome<Object> poll(Reactor reactor) {
                    return null;
                }

                @Override
                public void arm(Waiter waiter) {}

                @Override
                public void disarm(Waiter waiter) {}

                @Override
                public String toString() {
                    return name;
                }
            };
        }

        @Override
        public void wake() {
            heard.add(name);
        }

        @Override
        public void wakeFromAnywhere() {
            heard.add(name + " from anywhere");
        }

        @Override
        public Offer offer() {
            return offer;
        }

        @Override
        public boolean isOfSameWait(Waiter other) {
            return other instanceof Listener listener && listener.offer == offer;
        }

        @Override
        public boolean commit(Outcome<?> outcome) {
            heard.add(name + (willing ? " takes " : " refuses ") + outcome.get());
            return willing;
        }
    }

    private Listener added(String name) {
        Listener listener = new Listener(name);
        queue.add(listener);
        return listener;
    }

    @Test
    void commit_goesToTheFirstComeAndRemovesIt() {
        added("a");
        added("b");
        assertThat(queue.commitFirst(new Outcome.Value<>(1))).isTrue();
        assertThat(queue.commitFirst(new Outcome.Value<>(2))).isTrue();
        assertThat(queue.commitFirst(new Outcome.Value<>(3))).isFalse();
        assertThat(heard).containsExactly("a takes 1", "b takes 2");
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void commit_passesOverThoseWhoRefuseAndAnswersTheEventOfTheTaker() {
        added("a").willing = false;
        added("b");
        assertThat(queue.committedFirst(new Outcome.Value<>(1)).event()).hasToString("b");
        assertThat(heard).containsExactly("a refuses 1", "b takes 1");
        assertThat(queue.isEmpty()).as("who refused will not accept later").isTrue();
    }

    @Test
    void wakeAll_tellsAllInOrderAndKeepsThem() {
        added("a");
        added("b");
        queue.wakeAll();
        queue.wakeAll();
        assertThat(heard).containsExactly("a", "b", "a", "b");
        assertThat(queue.isEmpty()).isFalse();
    }

    @Test
    void dismissAll_tellsAllInOrderAndLetsThemGo() {
        added("a");
        Listener b = added("b");
        queue.dismissAll();
        assertThat(heard).containsExactly("a", "b");
        assertThat(queue.isEmpty()).isTrue();
        queue.remove(b); // its disarm, later
        queue.add(b);
    }

    @Test
    void dismissAllTo_letsThemGoInOrder_andLeavesItToOthersToTellThem() {
        Listener a = added("a");
        Listener b = added("b");
        List<Waiter> gone = new ArrayList<>();
        queue.dismissAllTo(gone);
        assertThat(gone).containsExactly(a, b);
        assertThat(heard).isEmpty();
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void offeredClaim_goesToTheFirstWhoseOfferIsOpen() {
        Listener a = added("a");
        Listener b = added("b");
        Outcome<?> claim = new Outcome.Value<>(1);
        assertThat(a.offer.withdraw()).as("nobody had taken it").isNull();
        assertThat(queue.offeredFirst(claim)).isSameAs(b);
        assertThat(heard).as("whom the caller wakes").isEmpty();
        assertThat(b.offer.withdraw()).isEqualTo(new Offer.Taken(b, claim));
        assertThat(queue.isEmpty()).as("who refused will not accept later").isTrue();
        assertThat(queue.offeredFirst(claim)).isNull();
    }

    @Test
    void offerThatWasWithdrawn_isTakenByNobodyAndAgainWithdrawn() {
        Listener a = new Listener("a");
        assertThat(a.offer.withdraw()).isNull();
        assertThat(a.offer.withdraw()).isNull();
        assertThat(a.offer.take(a, new Outcome.Value<>(1))).isFalse();
        assertThat(a.offer.withdraw()).isNull();
        assertThat(heard).as("nobody woken").isEmpty();
    }

    @Test
    void twoPlacesOfOneWait_areNoOthersToEachOther() {
        Listener a = added("a");
        added("a, again").offer = a.offer;
        Listener b = new Listener("b");
        assertThat(queue.holdsOthers(a)).isFalse();
        assertThat(queue.holdsOthers(b)).isTrue();
        queue.add(b);
        assertThat(queue.holdsOthers(a)).isTrue();
        assertThat(new WaitQueue().holdsOthers(b)).isFalse();
        assertThat(new TestWaiter(null, null).isOfSameWait(a)).isFalse();
    }

    @Test
    void waiterOfAnEventThatKnowsNoThreads_offersNothing() {
        TestWaiter waiter = new TestWaiter(null, null);
        assertThatThrownBy(waiter::offer).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void attachment_staysUntilItIsReplaced() {
        Listener a = added("a");
        assertThat(a.attachment()).isNull();
        a.attach("timer");
        assertThat(a.attachment()).isEqualTo("timer");
        assertThat(a.isQueued()).isTrue();
        queue.remove(a);
        assertThat(a.isQueued()).isFalse();
    }

    @Test
    void eventsThatShareAQueue_areHeardOfInOneOrder() {
        QueuedEvent<Object> one = queuedEvent();
        QueuedEvent<Object> two = queuedEvent();
        Listener a = new Listener("a");
        Listener b = new Listener("b");
        two.arm(a);
        one.arm(b);
        assertThat(one.waiters()).isSameAs(queue);
        queue.wakeAll();
        two.disarm(a);
        queue.wakeAll();
        assertThat(heard).containsExactly("a", "b", "b");
    }

    private QueuedEvent<Object> queuedEvent() {
        return new QueuedEvent<>(queue) {
            @Override
            public Outcome<Object> poll(Reactor reactor) {
                return null;
            }
        };
    }

    @Test
    void removeTwiceOrFromAnotherQueue_doesNothing() {
        Listener a = added("a");
        Listener b = added("b");
        new WaitQueue().remove(a);
        queue.remove(b);
        queue.remove(b);
        queue.wakeAll();
        assertThat(heard).containsExactly("a");
    }

    @Test
    void waiterThatWasCommitted_canQueueAgainElsewhere() {
        Listener a = added("a");
        queue.commitFirst(new Outcome.Value<>(1));
        WaitQueue other = new WaitQueue();
        other.add(a);
        queue.remove(a); // the late disarm of the first queue
        other.wakeAll();
        assertThat(heard).containsExactly("a takes 1", "a");
    }

    @Test
    void randomAddsAndRemoves_keepTheOrderOfArrival() {
        Random random = new Random(42);
        Deque<Listener> reference = new ArrayDeque<>();
        for (int i = 0; i < 10_000; i++) {
            if (random.nextInt(5) < 3) {
                reference.addLast(added("w" + i));
            } else if (!reference.isEmpty()) {
                Listener gone =
                        random.nextBoolean()
                                ? reference.peekFirst()
                                : List.copyOf(reference).get(random.nextInt(reference.size()));
                reference.remove(gone);
                queue.remove(gone);
            }
            if (i % 500 == 0) {
                heard.clear();
                queue.wakeAll();
                assertThat(heard).isEqualTo(reference.stream().map(l -> l.name).toList());
            }
        }
    }

    @Test
    void millionWaitersThatCameAndWent_leaveAnEmptyQueue() {
        Listener a = new Listener("a");
        for (int i = 0; i < 1_000_000; i++) {
            queue.add(a);
            queue.remove(a);
        }
        assertThat(queue.isEmpty()).isTrue();
    }
}
