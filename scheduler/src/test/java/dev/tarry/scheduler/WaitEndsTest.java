package dev.tarry.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.events.BaseEvent;
import dev.tarry.events.Event;
import dev.tarry.events.FiredEvents;
import dev.tarry.events.Order;
import dev.tarry.events.Outcome;
import dev.tarry.events.Reactor;
import dev.tarry.events.Waiter;
import dev.tarry.scheduler.TestEvents.Box;
import dev.tarry.scheduler.TestEvents.Counted;
import dev.tarry.scheduler.TestEvents.Flag;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** How a wait ends: by another thread, by its time, by a cancel, by a failure. */
@Timeout(30)
class WaitEndsTest {
    private final Flag a = new Flag("a");
    private final Flag b = new Flag("b");
    private final Box box = new Box("box");
    private final Box other = new Box("other");

    // ---- other threads

    @Test
    void offerTakenByAnotherThread_isReturnedThoughCancelledAfterwards() throws Exception {
        Tasks.run(
                () -> {
                    Task<FiredEvents<?>> waiting = Tasks.parked(box, other);
                    Waiter place = box.last;
                    assertThat(place.offer()).as("one for all").isSameAs(other.last.offer());
                    boolean[] taken = new boolean[1];
                    Thread thread =
                            Thread.ofPlatform()
                                    .start(
                                            () ->
                                                    taken[0] =
                                                            place.offer()
                                                                    .take(
                                                                            place,
                                                                            new Outcome.Value<>(
                                                                                    "from afar")));
                    thread.join();
                    waiting.cancel();
                    assertThat(taken[0]).isTrue();
                    assertThat(other.put("too late")).isFalse();
                    assertThat(waiting.join().get(box)).contains("from afar");
                });
    }

    @Test
    void offerOfAWaitThatHasItsClaim_isWithdrawn() throws Exception {
        Tasks.run(
                () -> {
                    Task<FiredEvents<?>> waiting = Tasks.parked(box, other);
                    var offer = box.last.offer();
                    assertThat(box.put("mine")).isTrue();
                    assertThat(offer.take(other.last, new Outcome.Value<>("late"))).isFalse();
                    assertThat(waiting.join()).hasSize(1);
                });
    }

    // ---- time

    @Test
    void timeout_isEmptyAndNeverEarly() throws Exception {
        Tasks.run(
                () -> {
                    long before = Tasks.now();
                    assertThat(Tasks.await(Duration.ofNanos(500), a, box)).isEmpty();
                    assertThat(Tasks.now() - before).isEqualTo(500);
                    assertThat(Task.current().await(a, Duration.ofNanos(70))).isEmpty();
                    assertThat(Tasks.now() - before).isEqualTo(570);
                    List.of(a, box).forEach(Counted::assertNobodyArmed);
                    assertThat(Scheduler.current().reactor().hasTimers()).isFalse();
                });
    }

    @Test
    void timeoutAfterWakesForNothing_isThatOfTheWholeWait() throws Exception {
        Tasks.run(
                () -> {
                    long before = Tasks.now();
                    Task<Long> waiting =
                            Tasks.spawn(
                                    "waiting",
                                    () -> {
                                        assertThat(Tasks.await(Duration.ofNanos(900), a)).isEmpty();
                                        return Tasks.now() - before;
                                    });
                    for (int i = 0; i < 3; i++) {
                        assertThat(Tasks.await(Duration.ofNanos(200), b)).isEmpty();
                        a.wakeAll();
                    }
                    assertThat(waiting.join()).isEqualTo(900);
                    assertThat(a.arms).isGreaterThan(3);
                });
    }

    @Test
    void waitThatEndsBeforeItsTime_leavesNoTimer() throws Exception {
        Tasks.run(
                () -> {
                    Task<FiredEvents<?>> waiting =
                            Tasks.spawn("waiting", () -> Tasks.await(Duration.ofDays(1), a));
                    Tasks.yield();
                    assertThat(Scheduler.current().reactor().timers()).isEqualTo(1);
                    a.raise();
                    assertThat(waiting.join()).hasSize(1);
                    assertThat(Scheduler.current().reactor().timers()).isZero();
                    assertThat(Tasks.await(Duration.ofNanos(1), b)).as("the next").isEmpty();
                });
    }

    @Test
    void claimInTheInstantOfTheTimeout_isReturned() throws Exception {
        Tasks.run(
                () -> {
                    Task<Boolean> giver =
                            Tasks.spawn(
                                    "giver",
                                    () -> {
                                        Tasks.await(Duration.ofNanos(100), a);
                                        return box.put("just in time");
                                    });
                    Task<FiredEvents<?>> waiting =
                            Tasks.spawn("waiting", () -> Tasks.await(Duration.ofNanos(100), box));
                    assertThat(giver.join()).as("first, in the turn in which both wake").isTrue();
                    assertThat(Tasks.values(waiting.join())).containsExactly("just in time");
                });
    }

    @Test
    void zeroTimeout_looksAtWhatIsUnderWayAndDoesNotWait() throws Exception {
        Tasks.run(
                () -> {
                    assertThat(Tasks.await(Duration.ZERO, a)).isEmpty();
                    assertThat(a.polls).isEqualTo(2);
                    assertThat(a.arms).isZero();
                    Scheduler.current().post(a::raise);
                    assertThat(Tasks.await(Duration.ZERO, a, b)).hasSize(1);
                    Scheduler.current().post(b::raise);
                    assertThat(Task.current().await(b, Duration.ZERO)).contains("b is up");
                    assertThat(Tasks.await(Duration.ofSeconds(-1), box)).isEmpty();
                });
    }

    // ---- cancelling

    @Test
    void cancelledWait_throwsAndTakesNothing() throws Exception {
        Tasks.run(
                () -> {
                    Task<FiredEvents<?>> waiting = Tasks.parked(box, a);
                    waiting.cancel();
                    assertThat(box.put("nobody there")).isFalse();
                    assertThat(Task.current().await(waiting.done()))
                            .isInstanceOfSatisfying(
                                    Outcome.Failed.class,
                                    failed ->
                                            assertThat(failed.cause())
                                                    .isInstanceOf(CancelledException.class));
                    assertThat(box.things).hasSize(1);
                    List.of(a, box).forEach(Counted::assertNobodyArmed);
                });
    }

    @Test
    void cancelAfterTheCommit_isToldByTheNextWait() throws Exception {
        Tasks.run(
                () -> {
                    List<Object> story = new ArrayList<>();
                    Task<?> waiting =
                            Tasks.spawn(
                                    "waiting",
                                    () -> {
                                        story.add(Tasks.await(box).get(box).orElseThrow());
                                        return Tasks.await(a);
                                    });
                    Tasks.yield();
                    box.put("mine");
                    waiting.cancel();
                    assertThatThrownBy(waiting::join).hasCauseInstanceOf(CancelledException.class);
                    assertThat(story).containsExactly("mine");
                    assertThat(a.polls).as("not even asked").isZero();
                });
    }

    // ---- failures

    @Test
    void nullAmongTheEvents_isNamedByItsPlaceAndHarmsNothing() throws Exception {
        Tasks.run(
                () -> {
                    List<Event<?>> events = Arrays.asList(a, null, b);
                    assertThatThrownBy(() -> Task.current().await(events, null, Order.FAIR))
                            .isInstanceOf(NullPointerException.class)
                            .hasMessage("event 1 is null");
                    assertThatThrownBy(() -> Task.current().await((Event<String>) null))
                            .isInstanceOf(NullPointerException.class);
                    a.raise();
                    assertThat(Tasks.await(a, b)).hasSize(1);
                });
    }

    @Test
    void pollThatThrows_isThatEventsFailureOnly() throws Exception {
        Tasks.run(
                () -> {
                    Event<String> bad = failing(true, false);
                    a.raise();
                    FiredEvents<?> fired = Tasks.await(bad, a);
                    assertThat(fired).hasSize(2);
                    assertThat(fired.first().outcome()).isInstanceOf(Outcome.Failed.class);
                    assertThat(fired.get(a)).contains("a is up");
                });
    }

    @Test
    void armThatThrows_isThatEventsFailureOnly() throws Exception {
        Tasks.run(
                () -> {
                    Event<String> bad = failing(false, true);
                    FiredEvents<?> fired = Tasks.await(a, bad, b);
                    assertThat(fired).hasSize(1);
                    assertThat(fired.outcome(bad).orElseThrow())
                            .isInstanceOfSatisfying(
                                    Outcome.Failed.class,
                                    failed -> assertThat(failed.cause()).hasMessage("arm"));
                    assertThat(b.arms).isZero();
                    a.assertNobodyArmed();
                    assertThat(Tasks.await(Duration.ofNanos(1), a)).as("the next wait").isEmpty();
                });
    }

    private static Event<String> failing(boolean poll, boolean arm) {
        return new BaseEvent<>() {
            @Override
            public @Nullable Outcome<String> poll(Reactor reactor) {
                if (poll) {
                    throw new IllegalStateException("poll");
                }
                return null;
            }

            @Override
            public void arm(Waiter waiter) {
                if (arm) {
                    throw new IllegalStateException("arm");
                }
            }

            @Override
            public void disarm(Waiter waiter) {
                throw new IllegalStateException("disarm");
            }
        };
    }

    @Test
    void disarmThatThrows_harmsNeitherThisWaitNorTheNext() throws Exception {
        Tasks.run(
                () -> {
                    Event<String> bad = failing(false, false);
                    FiredEvents<?> fired = Tasks.await(Duration.ofNanos(1), bad, a);
                    assertThatThrownBy(() -> fired.get(bad)).hasRootCauseMessage("disarm");
                    Task<FiredEvents<?>> waiting = Tasks.parked(bad, a);
                    a.raise();
                    assertThat(waiting.join().get(a)).contains("a is up");
                    a.assertNobodyArmed();
                });
    }

    /** It may still wake and commit; then that is for nobody. */
    @Test
    void eventThatKeepsItsWaiter_hasNoHoldOnLaterWaits() throws Exception {
        Tasks.run(
                () -> {
                    Box keeping =
                            new Box("keeping") {
                                @Override
                                public void disarm(Waiter waiter) {}
                            };
                    assertThat(Tasks.await(Duration.ofNanos(1), keeping)).hasSize(1);
                    Waiter kept = keeping.last;
                    Task<FiredEvents<?>> waiting = Tasks.parked(a);
                    Task<FiredEvents<?>> mine = Tasks.spawn("mine", () -> Tasks.await(keeping, b));
                    Tasks.yield();
                    assertThat(kept.commit(new Outcome.Value<>("late"))).isFalse();
                    kept.wake();
                    a.raise();
                    b.raise();
                    assertThat(Tasks.await(waiting.done())).isNotEmpty();
                    assertThat(Tasks.await(mine.done())).isNotEmpty();
                });
    }

    /** The event has queued the waiter before it threw: it has to be asked to forget it. */
    @Test
    void armThatThrowsAfterItHasQueuedTheWaiter_isDisarmed() throws Exception {
        Tasks.run(
                () -> {
                    boolean[] refuse = {true};
                    Flag flag = new Flag("flag");
                    flag.whenArmed =
                            () -> {
                                if (refuse[0]) {
                                    throw new IllegalStateException("arm");
                                }
                            };
                    for (int i = 0; i < 3; i++) {
                        FiredEvents<?> fired = Tasks.await(flag, b);
                        assertThatThrownBy(() -> fired.get(flag)).hasRootCauseMessage("arm");
                        flag.assertNobodyArmed();
                    }
                    refuse[0] = false;
                    Task<FiredEvents<?>> waiting = Tasks.parked(flag);
                    flag.raise();
                    assertThat(Tasks.values(waiting.join())).containsExactly("flag is up");
                });
    }

    @Test
    void waitInsideAPoll_isRefusedWithTheWaitItIsIn() throws Exception {
        Tasks.run(
                () -> {
                    Event<String> nested =
                            new Box("nested") {
                                @Override
                                public Outcome<String> poll(Reactor reactor) {
                                    return new Outcome.Value<>(Task.current().await(a));
                                }
                            };
                    a.raise();
                    FiredEvents<?> fired = Tasks.await(nested, b);
                    assertThatThrownBy(() -> fired.get(nested))
                            .hasStackTraceContaining("must not wait while")
                            .hasStackTraceContaining("[nested, b]");
                });
    }
}
