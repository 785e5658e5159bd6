package dev.tarry.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.events.BaseEvent;
import dev.tarry.events.ClosedException;
import dev.tarry.events.Event;
import dev.tarry.events.EventFailedException;
import dev.tarry.events.FiredEvents;
import dev.tarry.events.Order;
import dev.tarry.events.Outcome;
import dev.tarry.events.Reactor;
import dev.tarry.events.Waiter;
import dev.tarry.scheduler.TestEvents.Box;
import dev.tarry.scheduler.TestEvents.Counted;
import dev.tarry.scheduler.TestEvents.Flag;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Events that are made of events: each way to make them, alone and in each other. */
@Timeout(30)
class AlgebraTest {
    private final Flag flag = new Flag("flag");
    private final Box box = new Box("box");
    private final Box other = new Box("other");
    private final AtomicInteger calls = new AtomicInteger();
    private final List<String> aborted = new ArrayList<>();

    private static <R> R await(Event<R> event) {
        return Task.current().await(event);
    }

    private <R> Task<R> parked(Event<R> event) {
        Task<R> task = Tasks.spawn("waiting", () -> await(event));
        Tasks.yield();
        assertThat(task.state()).isEqualTo(TaskState.WAITING);
        return task;
    }

    private void assertNobodyArmed() {
        List.<Counted>of(flag, box, other).forEach(Counted::assertNobodyArmed);
    }

    /** Fires as failed, or as closed. */
    private record Broken(Outcome<String> how) implements BaseEvent<String> {
        @Override
        public Outcome<String> poll(Reactor reactor) {
            return how;
        }

        @Override
        public void arm(Waiter waiter) {}

        @Override
        public void disarm(Waiter waiter) {}
    }

    private static final Event<String> FAILED =
            new Broken(new Outcome.Failed<>(new ArithmeticException("broken")));
    private static final Event<String> CLOSED = new Broken(new Outcome.Closed<>("the thing"));

    // ---- map

    @Test
    void mapped_tellsWhatTheFunctionMakes_whichIsCalledOnceEachTime() throws Exception {
        Event<Integer> length =
                box.map(
                        s -> {
                            calls.incrementAndGet();
                            return s.length();
                        });
        Tasks.run(
                () -> {
                    box.put("four");
                    assertThat(await(length)).isEqualTo(4);
                    Task<Integer> waiting = parked(length);
                    box.put("fives");
                    assertThat(waiting.join()).isEqualTo(5);
                    assertThat(Task.current().await(length, Duration.ZERO)).isEmpty();
                    assertThat(Task.current().await(length, Duration.ofSeconds(1))).isEmpty();
                    assertThat(calls).hasValue(2);
                    assertNobodyArmed();
                });
    }

    @Test
    void functionsOfAllThatFired_areCalled_afterTheWaitHasLetGo() throws Exception {
        Event<String> up =
                flag.map(
                        s -> {
                            assertNobodyArmed();
                            box.put("put by the function");
                            return s + "!" + await(box) + Tasks.await(box, flag).first().get();
                        });
        Event<String> thing = other.map(s -> s + "?");
        Tasks.run(
                () -> {
                    other.put("thing");
                    flag.raise();
                    FiredEvents<?> fired = Tasks.await(thing, up);
                    assertThat(fired.get(thing)).contains("thing?");
                    assertThat(fired.get(up)).contains("flag is up!put by the functionflag is up");
                });
    }

    @Test
    void functionThatThrows_isThrownByTheWaitForOne_andTheFailureOfOneOfSeveral() throws Exception {
        Event<String> bad =
                box.map(
                        s -> {
                            throw new IllegalStateException(s);
                        });
        Tasks.run(
                () -> {
                    flag.raise();
                    box.put("1");
                    box.put("2");
                    assertThatThrownBy(() -> await(bad)).isInstanceOf(IllegalStateException.class);
                    var fired = Tasks.await(bad, flag);
                    assertThat(fired.get(flag)).contains("flag is up");
                    assertThat(fired.outcome(bad).orElseThrow()).isInstanceOf(Outcome.Failed.class);
                    assertThatThrownBy(() -> fired.get(bad))
                            .isInstanceOf(EventFailedException.class)
                            .hasRootCauseInstanceOf(IllegalStateException.class);
                    assertThat(box.things).isEmpty();
                });
    }

    @Test
    @SuppressWarnings("NullAway") // that is the fault
    void nullFromAFunction_orFromAnEvent_isAFailure() throws Exception {
        Event<String> mapped = flag.map(s -> null);
        Event<String> raw = new Broken(new Outcome.Value<>(null));
        Tasks.run(
                () -> {
                    flag.raise();
                    assertThatThrownBy(() -> await(mapped))
                            .isInstanceOf(NullPointerException.class)
                            .hasMessageContaining("flag");
                    assertThatThrownBy(() -> await(raw))
                            .isInstanceOf(EventFailedException.class)
                            .hasMessageContaining("null");
                    assertThatThrownBy(() -> Tasks.await(raw, flag).get(raw))
                            .isInstanceOf(EventFailedException.class);
                });
    }

    @Test
    void failureAndClose_passAFunctionBy() throws Exception {
        Event<String> failed = FAILED.map(s -> s + calls.incrementAndGet());
        Event<String> closed = CLOSED.map(s -> s + calls.incrementAndGet());
        Tasks.run(
                () -> {
                    assertThatThrownBy(() -> await(failed))
                            .isInstanceOf(EventFailedException.class)
                            .hasCauseInstanceOf(ArithmeticException.class);
                    assertThatThrownBy(() -> await(closed)).isInstanceOf(ClosedException.class);
                    assertThat(calls).hasValue(0);
                });
    }

    // ---- outcome

    @Test
    void outcome_makesFailureAndCloseValues() throws Exception {
        Tasks.run(
                () -> {
                    flag.raise();
                    assertThat(await(flag.outcome())).isEqualTo(new Outcome.Value<>("flag is up"));
                    assertThat(await(FAILED.outcome())).isInstanceOf(Outcome.Failed.class);
                    assertThat(await(CLOSED.outcome()))
                            .isEqualTo(new Outcome.Closed<>("the thing"));
                    Event<String> text =
                            CLOSED.outcome()
                                    .map(
                                            how ->
                                                    switch (how) {
                                                        case Outcome.Value(String s) -> s;
                                                        case Outcome.Failed(Throwable t) -> "bad";
                                                        case Outcome.Closed(String what) -> what;
                                                    });
                    assertThat(await(text)).isEqualTo("the thing");
                    assertThat(Tasks.await(flag, text).get(text)).contains("the thing");
                });
    }

    // ---- anyOf

    @Test
    void choice_firesOnce_thoughTwoLevelsAndAClaimAreReady() throws Exception {
        Flag second = new Flag("second");
        Event<String> any = Event.anyOf(flag, box, second);
        Tasks.run(
                () -> {
                    flag.raise();
                    second.raise();
                    Map<String, Integer> won = new TreeMap<>();
                    for (int i = 0; i < 30; i++) {
                        box.put("thing");
                        int before = box.things.size();
                        String told = await(any);
                        assertThat(before - box.things.size())
                                .isEqualTo(told.equals("thing") ? 1 : 0);
                        won.merge(told, 1, Integer::sum);
                    }
                    assertThat(won)
                            .as("each in turn")
                            .hasSize(3)
                            .allSatisfy((k, n) -> assertThat(n).isEqualTo(10));
                });
    }

    @Test
    void choiceInOrder_takesTheFirstThatIsReady() throws Exception {
        Event<String> any = Event.anyOf(Order.LISTED, List.of(box, flag, other));
        Tasks.run(
                () -> {
                    flag.raise();
                    other.put("never taken");
                    for (int i = 0; i < 5; i++) {
                        assertThat(await(any)).isEqualTo("flag is up");
                        box.put("first");
                        assertThat(await(any)).isEqualTo("first");
                    }
                    assertThat(other.things).hasSize(1);
                });
    }

    @Test
    void choiceInAChoice_isAsFairAsOne() throws Exception {
        Event<String> inner = Event.anyOf(box, other);
        Event<String> any = Event.anyOf(flag, inner);
        Tasks.run(
                () -> {
                    flag.raise();
                    Map<String, Integer> won = new TreeMap<>();
                    for (int i = 0; i < 30; i++) {
                        box.things.add("box");
                        other.things.add("other");
                        won.merge(await(any), 1, Integer::sum);
                    }
                    assertThat(won).hasSize(3).allSatisfy((k, n) -> assertThat(n).isEqualTo(10));
                });
    }

    @Test
    void choiceBesideOthers_takesNoSecondClaim() throws Exception {
        Event<String> any = Event.anyOf(box, flag);
        Tasks.run(
                () -> {
                    box.put("1");
                    other.put("2");
                    for (int i = 0; i < 2; i++) {
                        assertThat(Tasks.await(any, other)).hasSize(1);
                    }
                    Task<FiredEvents<?>> waiting = Tasks.parked(other, any);
                    assertThat(other.put("3")).as("taken at once").isTrue();
                    assertThat(box.put("4")).as("not by the same wait").isFalse();
                    flag.raise();
                    FiredEvents<?> fired = waiting.join();
                    assertThat(fired.get(other)).contains("3");
                    assertThat(fired.get(any)).as("its level holds").contains("flag is up");
                    assertThat(box.things).containsExactly("4");
                    assertNobodyArmed();
                });
    }

    @Test
    void claimThatWasCommittedToAChoice_isWhatItTells_thoughALevelHolds() throws Exception {
        Event<String> any = Event.anyOf(Order.LISTED, List.of(flag, box));
        Tasks.run(
                () -> {
                    Task<String> alone = parked(any);
                    assertThat(box.put("1")).isTrue();
                    flag.raise();
                    assertThat(alone.join()).isEqualTo("1");
                });
    }

    @Test
    void noEvents_andNever_neverFire() throws Exception {
        Tasks.run(
                () -> {
                    assertThat(Event.<String>anyOf()).isSameAs(Event.never());
                    assertThat(Task.current().await(Event.never(), Duration.ofSeconds(1)))
                            .isEmpty();
                    flag.raise();
                    assertThat(await(Event.anyOf(Event.never(), flag))).isEqualTo("flag is up");
                });
    }

    @Test
    void always_firesAtOnce_andAgain() throws Exception {
        Tasks.run(
                () -> {
                    assertThat(await(Event.always(1))).isEqualTo(1);
                    Event<Object> any =
                            Event.anyOf(Order.LISTED, List.of(box, Event.always("else")));
                    assertThat(await(any)).isEqualTo("else");
                    box.put("thing");
                    assertThat(await(any)).isEqualTo("thing");
                    assertNobodyArmed();
                });
    }

    @Test
    void onlyNever_isNoDeadlockUntilSomethingElseIsWaitedFor() throws Exception {
        assertThatThrownBy(
                        () -> Tasks.run(() -> await(Event.anyOf(Event.never(), box.map(s -> s)))))
                .isInstanceOf(DeadlockException.class)
                .hasMessageContaining("any of [never, box]");
    }

    // ---- guard

    @Test
    void guard_makesItsEventForEachWait_andMayWait() throws Exception {
        Event<String> guarded =
                Event.guard(
                        () -> {
                            Tasks.yield();
                            return calls.incrementAndGet() % 2 == 1 ? box : flag.map(s -> s + "!");
                        });
        Tasks.run(
                () -> {
                    flag.raise();
                    box.put("1");
                    assertThat(await(guarded)).isEqualTo("1");
                    assertThat(await(guarded)).isEqualTo("flag is up!");
                    box.put("2");
                    assertThat(Tasks.await(other, guarded).get(guarded)).contains("2");
                    Event<String> outer = Event.anyOf(other, guarded.map(s -> s + "?"));
                    assertThat(await(outer)).isEqualTo("flag is up!?");
                    assertThat(calls).hasValue(4);
                });
    }

    @Test
    void guardThatThrows_isThrown_andNothingIsTaken() throws Exception {
        Event<String> bad =
                Event.guard(
                        () -> {
                            throw new ArithmeticException();
                        });
        Event<String> early = Event.guard(() -> other).withAbort(() -> aborted.add("early"));
        Event<String> late = other.withAbort(() -> aborted.add("late"));
        Tasks.run(
                () -> {
                    box.put("1");
                    assertThatThrownBy(() -> Tasks.await(box, early, bad, late))
                            .isInstanceOf(ArithmeticException.class);
                    assertThatThrownBy(() -> await(Event.anyOf(early, bad, late)))
                            .isInstanceOf(ArithmeticException.class);
                    assertThat(box.things).hasSize(1);
                    assertThat(aborted).containsExactly("early", "early");
                    assertNobodyArmed();
                });
    }

    // ---- withAbort

    @Test
    void abort_isCalledUnlessItsEventWasChosen() throws Exception {
        Event<String> thing = box.withAbort(() -> aborted.add("box"));
        Event<String> any = Event.anyOf(thing, other.withAbort(() -> aborted.add("other")));
        Event<String> outer = any.withAbort(() -> aborted.add("any"));
        Tasks.run(
                () -> {
                    box.put("1");
                    assertThat(await(outer)).isEqualTo("1");
                    assertThat(told()).containsExactly("other");
                    assertThat(Task.current().await(outer, Duration.ZERO)).isEmpty();
                    assertThat(told()).containsExactly("box", "other", "any");
                    flag.raise();
                    assertThat(Tasks.await(outer, flag)).hasSize(1);
                    assertThat(told()).containsExactly("box", "other", "any");
                    Task<String> cancelled = parked(outer);
                    cancelled.cancel();
                    assertThatThrownBy(cancelled::join)
                            .hasCauseInstanceOf(CancelledException.class);
                    assertThat(told()).containsExactly("box", "other", "any");
                    other.put("2");
                    assertThat(Tasks.await(flag, outer)).hasSize(2);
                    assertThat(told()).containsExactly("box");
                });
    }

    private List<String> told() {
        List<String> told = List.copyOf(aborted);
        aborted.clear();
        return told;
    }

    @Test
    void abortThatThrows_harmsNothing() throws Exception {
        Event<String> bad =
                other.withAbort(
                        () -> {
                            throw new IllegalStateException("from abort");
                        });
        Tasks.run(
                () -> {
                    box.put("1");
                    assertThat(await(Event.anyOf(bad, box))).isEqualTo("1");
                    box.put("2");
                    assertThat(Tasks.await(bad, box).get(box)).contains("2");
                });
    }

    // ---- many

    @Test
    void manyThenFewThenMany_whicheverTheyAreMadeOf() throws Exception {
        List<Event<String>> hundred = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            hundred.add(new Flag("f" + i));
        }
        List<Event<String>> mapped = hundred.stream().map(e -> e.map(s -> s + "!")).toList();
        Event<String> any = Event.anyOf(mapped);
        Event<String> few = Event.anyOf(box, other);
        Event<String> again = few.map(s -> s);
        Tasks.run(
                () -> {
                    Duration moment = Duration.ofMillis(1);
                    for (int round = 0; round < 2; round++) {
                        for (List<Event<String>> all : List.of(hundred, mapped)) {
                            assertThat(Task.current().await(all, moment, Order.FAIR)).isEmpty();
                            box.put("1");
                            assertThat(await(few)).isEqualTo("1");
                            assertThat(Task.current().await(any, moment)).isEmpty();
                            box.put("2");
                            assertThat(await(again)).isEqualTo("2");
                            box.put("3");
                            assertThat(Tasks.await(few, any, other).get(few)).contains("3");
                        }
                    }
                });
    }

    // ---- asking

    @Test
    void eventThatWasNotInTheWait_isRefused() throws Exception {
        Tasks.run(
                () -> {
                    flag.raise();
                    FiredEvents<?> fired = Tasks.await(flag, box);
                    assertThat(fired.has(box)).isFalse();
                    for (Event<?> stranger : List.of(other, flag.map(s -> s), Event.never())) {
                        assertThatThrownBy(() -> fired.has(stranger))
                                .isInstanceOf(IllegalArgumentException.class)
                                .hasMessageContaining("not in this wait");
                        assertThatThrownBy(() -> fired.get(stranger))
                                .isInstanceOf(IllegalArgumentException.class);
                    }
                });
    }

    @Test
    void depthThatNoStackWouldHold_isRefused() {
        Event<String> deep = flag;
        for (int i = 0; i < 30; i++) {
            deep = deep.map(s -> s);
        }
        Event<String> event = deep;
        assertThatThrownBy(
                        () -> {
                            Event<String> more = event;
                            for (int i = 0; i < 1_000; i++) {
                                more = more.map(s -> s);
                            }
                        })
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("deep");
    }
}
