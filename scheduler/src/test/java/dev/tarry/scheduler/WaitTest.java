package dev.tarry.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.events.Event;
import dev.tarry.events.FiredEvents;
import dev.tarry.events.Order;
import dev.tarry.events.Outcome;
import dev.tarry.events.Waiter;
import dev.tarry.scheduler.TestEvents.Box;
import dev.tarry.scheduler.TestEvents.Counted;
import dev.tarry.scheduler.TestEvents.Flag;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The wait operation, step by step, on events that count what is done with them. */
@Timeout(30)
class WaitTest {
    private final Flag a = new Flag("a");
    private final Flag b = new Flag("b");
    private final Box box = new Box("box");
    private final Box other = new Box("other");

    private static List<Object> events(FiredEvents<?> fired) {
        List<Object> events = new ArrayList<>();
        fired.forEach(f -> events.add(f.event()));
        return events;
    }

    // ---- what is ready at once

    @Test
    void readyLevels_areAllReturnedInTheOrderOfTheArguments() throws Exception {
        a.raise();
        b.raise();
        Tasks.run(
                () -> {
                    FiredEvents<?> fired = Tasks.await(b, box, a);
                    assertThat(Tasks.values(fired)).containsExactly("b is up", "a is up");
                    assertThat(a.arms).as("nothing to arm for").isZero();
                    assertThat(Tasks.await(a)).hasSize(1);
                });
    }

    @Test
    void readyClaims_oneIsTaken() throws Exception {
        Tasks.run(
                () -> {
                    box.put("1");
                    other.put("2");
                    a.raise();
                    FiredEvents<?> fired = Tasks.await(box, other, a);
                    assertThat(fired).hasSize(2);
                    assertThat(fired.has(a)).isTrue();
                    assertThat(box.things.size() + other.things.size()).isEqualTo(1);
                });
    }

    @Test
    void claimTaken_doesNotKeepTheNextWaitFromTakingOne() throws Exception {
        Tasks.run(
                () -> {
                    box.put("1");
                    assertThat(Tasks.await(box, a).get(box)).contains("1");
                    box.put("2");
                    assertThat(Tasks.await(box, a).get(box)).contains("2");
                    assertThat(Tasks.await(Duration.ZERO, box, a)).isEmpty();
                });
    }

    @Test
    void ordered_asksTheFirstFirst_andFairEachInTurn() throws Exception {
        Tasks.run(
                () -> {
                    List<Event<?>> both = List.of(box, other);
                    List<Event<?>> won = new ArrayList<>();
                    for (int i = 0; i < 10; i++) {
                        box.put("1");
                        other.put("2");
                        won.add(Task.current().await(both, null, Order.LISTED).first().event());
                    }
                    assertThat(won).containsOnly(box);
                    won.clear();
                    box.things.addAll(List.of("1", "1", "1", "1", "1"));
                    for (int i = 0; i < 10; i++) {
                        won.add(Tasks.await(box, other).first().event());
                    }
                    Event<?> first = won.get(0);
                    Event<?> second = won.get(1);
                    assertThat(first).isNotSameAs(second);
                    for (int i = 0; i < 10; i++) {
                        assertThat(won.get(i)).isSameAs(i % 2 == 0 ? first : second);
                    }
                });
    }

    // ---- what comes later

    @Test
    void parkedWait_returnsWhatWoke_andLeavesNoTrace() throws Exception {
        Tasks.run(
                () -> {
                    Task<FiredEvents<?>> waiting = Tasks.parked(a, b, box);
                    assertThat(waiting.state()).isEqualTo(TaskState.WAITING);
                    assertThat(List.of(a.arms, b.arms, box.arms)).containsExactly(1, 1, 1);
                    b.raise();
                    assertThat(waiting.join().first().event()).isSameAs(b);
                    assertThat(waiting.join()).hasSize(1);
                    List.of(a, b, box).forEach(Counted::assertNobodyArmed);
                });
    }

    @Test
    void levelsThatHoldByTheTimeTheTaskRuns_areAllReturned() throws Exception {
        Tasks.run(
                () -> {
                    Task<FiredEvents<?>> waiting = Tasks.parked(a, b);
                    b.raise();
                    a.raise();
                    assertThat(events(waiting.join())).containsExactly(a, b);
                });
    }

    @Test
    void committedClaim_isReturnedWithTheLevels_andIsTheOnlyOne() throws Exception {
        Tasks.run(
                () -> {
                    Task<FiredEvents<?>> waiting = Tasks.parked(box, a, other);
                    assertThat(box.put("mine")).isTrue();
                    assertThat(other.put("not mine")).as("it has one").isFalse();
                    a.raise();
                    FiredEvents<?> fired = waiting.join();
                    assertThat(Tasks.values(fired)).containsExactly("mine", "a is up");
                    assertThat(other.things).containsExactly("not mine");
                    List.of(a, box, other).forEach(Counted::assertNobodyArmed);
                });
    }

    @Test
    void claimAfterTheWake_isTakenStill() throws Exception {
        Tasks.run(
                () -> {
                    Task<FiredEvents<?>> waiting = Tasks.parked(a, box);
                    a.raise();
                    assertThat(box.put("in time")).isTrue();
                    assertThat(Tasks.values(waiting.join())).containsExactly("a is up", "in time");
                });
    }

    @Test
    void wakeForNothing_goesBackToSleepAndDisturbsNobody() throws Exception {
        Tasks.run(
                () -> {
                    Task<FiredEvents<?>> waiting = Tasks.parked(a, b);
                    for (int i = 2; i <= 4; i++) {
                        a.wakeAll();
                        a.wakeAll();
                        Tasks.yield();
                        assertThat(waiting.state()).isEqualTo(TaskState.WAITING);
                        assertThat(List.of(a.arms, a.disarms, a.polls))
                                .as("armed, disarmed, polled")
                                .containsExactly(i, i - 1, i);
                    }
                    a.raise();
                    assertThat(waiting.join()).hasSize(1);
                });
    }

    @Test
    void twoWaitForOneThing_theSecondGoesOnWaiting() throws Exception {
        Tasks.run(
                () -> {
                    Task<FiredEvents<?>> first = Tasks.parked(box);
                    Task<FiredEvents<?>> second = Tasks.parked(box);
                    box.put("one");
                    Tasks.yield();
                    assertThat(first.outcome()).isNotNull();
                    assertThat(second.outcome()).isNull();
                    box.put("two");
                    assertThat(second.join().get(box)).contains("two");
                });
    }

    @Test
    void eventThatFiresWhileALaterOneIsArmed_endsTheArming() throws Exception {
        Tasks.run(
                () -> {
                    b.whenArmed = () -> box.put("brought by the arming of b");
                    FiredEvents<?> fired = Tasks.await(box, b, a);
                    assertThat(fired.get(box)).contains("brought by the arming of b");
                    assertThat(a.arms).as("not needed any more").isZero();
                    List.of(a, b, box).forEach(Counted::assertNobodyArmed);
                });
    }

    @Test
    void eventThatWakesWhileItIsArmed_isPolledAgainWithoutParking() throws Exception {
        Tasks.run(
                () -> {
                    a.whenArmed = a::raise;
                    assertThat(Tasks.await(a, b)).hasSize(1);
                    assertThat(b.arms).isZero();
                    a.assertNobodyArmed();
                });
    }

    @Test
    void placeOfAWaitThatIsOver_takesNothing() throws Exception {
        Tasks.run(
                () -> {
                    Task<FiredEvents<?>> waiting = Tasks.parked(a, box);
                    Waiter late = box.last;
                    a.raise();
                    waiting.join();
                    assertThat(late.commit(new Outcome.Value<>("late"))).isFalse();
                    late.wake();
                    assertThat(box.things).isEmpty();
                });
    }

    // ---- what others see

    @Test
    void dump_showsWhatIsWaitedForAndSinceWhen() throws Exception {
        Tasks.run(
                () -> {
                    Event<?>[] many = new Event<?>[12];
                    Arrays.setAll(many, i -> new Flag("f" + i));
                    Task<FiredEvents<?>> few = Tasks.parked(a, b);
                    Task<FiredEvents<?>> more = Tasks.parked(many);
                    Tasks.await(Duration.ofMillis(30), box);
                    assertThat(Scheduler.current().dump())
                            .contains("WAITING for [a, b], since 30 ms")
                            .contains("f8, f9] and 2 more");
                    a.raise();
                    ((Flag) many[11]).raise();
                    assertThat(few.join()).hasSize(1);
                    assertThat(more.join().first().get()).isEqualTo("f11 is up");
                });
    }

    @Test
    void manyEventsThenFew_areAllHeardOf() throws Exception {
        Tasks.run(
                () -> {
                    for (int size : new int[] {3, 40, 2, 17, 16, 1, 16}) {
                        Event<?>[] events = new Event<?>[size];
                        Arrays.setAll(events, i -> new Flag("f" + i));
                        Flag last = (Flag) events[size - 1];
                        Task<?> raiser = Tasks.spawn("raiser", last::raise);
                        assertThat(events(Tasks.await(events))).containsExactly(last);
                        raiser.join();
                    }
                });
    }

    @Test
    void waitOnWhatOnlyTasksCanEnd_isADeadlockUnlessItHasATimeout() throws Exception {
        assertThatThrownBy(() -> Tasks.run(() -> Tasks.await(a, box)))
                .isInstanceOf(DeadlockException.class)
                .hasMessageContaining("[a, box]");
        Tasks.run(() -> assertThat(Tasks.await(Duration.ofNanos(5), a)).isEmpty());
        Event<String> fromOutside =
                new Box("outside") {
                    @Override
                    public boolean wokenOnlyByTasks() {
                        return false;
                    }
                };
        Tasks.run(
                () -> {
                    Scheduler scheduler = Scheduler.current();
                    Thread.ofPlatform().start(() -> scheduler.post(a::raise));
                    assertThat(Tasks.await(a, fromOutside)).hasSize(1);
                });
    }

    @Test
    void taskOfAnother_cannotWaitForIt() throws Exception {
        Tasks.run(
                () -> {
                    Task<FiredEvents<?>> waiting = Tasks.parked(a);
                    assertThatThrownBy(() -> waiting.await(b))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("waits for itself only");
                    a.raise();
                    waiting.join();
                });
    }

    // ---- the result

    @Test
    void result_canBeAskedByEvent() throws Exception {
        Tasks.run(
                () -> {
                    a.raise();
                    FiredEvents<?> fired = Tasks.await(a, b);
                    assertThat(fired.has(a)).isTrue();
                    assertThat(fired.has(b)).isFalse();
                    assertThat(fired.get(a)).contains("a is up");
                    assertThat(fired.get(b)).isEmpty();
                    assertThat(fired.outcome(a)).contains(new Outcome.Value<>("a is up"));
                    assertThat(fired.outcome(b)).isEmpty();
                    assertThat(fired.first().get()).isEqualTo("a is up");
                });
    }
}
