package dev.tarry.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.events.Event;
import dev.tarry.events.Fired;
import dev.tarry.events.FiredEvents;
import dev.tarry.events.Order;
import dev.tarry.runtime.Tarry;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Two subjects in one wait, and what the promises say about its result. */
final class Pair {
    private final Stage stage;
    private final List<Subject<?>> both;
    private final List<Subject<?>> fired = new ArrayList<>();

    private Pair(Stage stage, List<Subject<?>> both) {
        this.stage = stage;
        this.both = both;
    }

    static Pair open(Stage stage, Kind first, Kind second, Scenario scenario) throws Exception {
        Subject<?> a = first.open(stage, 0, scenario.firesFirst());
        Subject<?> b = second.open(stage, 1, scenario.firesSecond());
        assertThat(a.isClaim()).isEqualTo(first.isClaim());
        assertThat(b.isClaim()).isEqualTo(second.isClaim());
        return new Pair(stage, List.of(a, b));
    }

    Stage stage() {
        return stage;
    }

    Subject<?> first() {
        return both.get(0);
    }

    Subject<?> second() {
        return both.get(1);
    }

    List<Event<?>> events() {
        return List.of(first().event(), second().event());
    }

    // ---- steps

    /**
     * Fires them, in this order, with nothing in between; {@link #awaitArrival} is another step.
     */
    void fire(List<Subject<?>> subjects) throws Exception {
        for (Subject<?> s : subjects) {
            fired.add(s);
            s.fire();
        }
    }

    void awaitArrival() throws Exception {
        for (Subject<?> s : fired) {
            s.awaitArrival();
        }
    }

    FiredEvents<?> await(@Nullable Duration timeout) {
        return Tarry.wait(events(), timeout, Order.FAIR);
    }

    Waiting parked(@Nullable Duration timeout) {
        return Waiting.parked(events(), timeout);
    }

    // ---- what must hold

    /** All that were fired had arrived before: all levels, and one claim if there is any. */
    void assertComplete(FiredEvents<?> result) {
        for (Subject<?> s : fired) {
            assertThat(s.isClaim() || result.has(s.event()))
                    .as("the level %s in %s", s.event(), result)
                    .isTrue();
        }
        assertAllowed(result);
    }

    /** Some may have come a moment too late. */
    void assertAllowed(FiredEvents<?> result) {
        assertThat(fired.isEmpty() || !result.isEmpty()).as("at least one").isTrue();
        assertOnlyOneClaim(result);
        assertOrder(result);
        for (Subject<?> s : both) {
            if (!fired.contains(s)) {
                assertThat(result.has(s.event())).as("%s in %s", s.event(), result).isFalse();
                assertThat(result.outcome(s.event())).isEmpty();
                assertThat(result.get(s.event())).isEmpty();
                s.assertNotReady();
            } else if (result.has(s.event())) {
                s.assertToldIn(result);
                assertAfterTold(s);
            } else {
                s.assertStillReady();
            }
        }
    }

    private void assertOnlyOneClaim(FiredEvents<?> result) {
        assertThat(both.stream().filter(s -> s.isClaim() && result.has(s.event())).count())
                .as("claims in %s", result)
                .isLessThanOrEqualTo(1);
    }

    private void assertOrder(FiredEvents<?> result) {
        List<Event<?>> expected = new ArrayList<>(events());
        expected.removeIf(e -> !result.has(e));
        assertThat(result.stream().<Event<?>>map(Fired::event).toList()).isEqualTo(expected);
    }

    /** A claim was taken, once; a level goes on to hold. */
    private static void assertAfterTold(Subject<?> s) {
        if (s.isClaim()) {
            s.assertNotReady();
        } else {
            s.assertStillReady();
        }
    }

    /** Nothing was taken from any that was fired, and nothing is ready that was not. */
    void assertUntouched() {
        for (Subject<?> s : both) {
            if (fired.contains(s)) {
                s.assertStillReady();
                assertAfterTold(s);
            } else {
                s.assertNotReady();
            }
        }
    }
}
