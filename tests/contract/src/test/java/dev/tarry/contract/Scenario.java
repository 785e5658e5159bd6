package dev.tarry.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.events.FiredEvents;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * What happens to two events and a task that waits for them, and what the task must see.
 *
 * @param name for the failure
 * @param firesFirst whether the first one is fired in it
 * @param firesSecond whether the second one is
 * @param applies whether it can be played with these two
 * @param play plays it and checks
 */
record Scenario(
        String name, boolean firesFirst, boolean firesSecond, Predicate<Pair> applies, Play play) {

    /** The steps of a scenario. */
    interface Play {
        void run(Pair pair, List<Subject<?>> toFire) throws Exception;
    }

    private static final Duration BLINK = Duration.ofNanos(1_000_000);
    private static final Duration HALF_HOUR = Duration.ofMinutes(30);

    /** Longer than the subjects ever push the clock. */
    private static final Duration DAY = Duration.ofDays(1);

    private static final @Nullable Duration NO_LIMIT = null;

    static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>();
        addTimeouts(all);
        addReadyBefore(all);
        addFiredWhileParked(all);
        addCancelled(all);
        addClosed(all);
        return all;
    }

    private static void addTimeouts(List<Scenario> all) {
        all.add(
                neither(
                        "neither is ready, zero timeout",
                        (pair, none) -> {
                            assertThat(pair.await(Duration.ZERO)).isEmpty();
                            pair.assertUntouched();
                        }));
        all.add(
                neither(
                        "neither is ready, negative timeout",
                        (pair, none) -> assertThat(pair.await(DAY.negated())).isEmpty()));
        all.add(neither("neither is ready, the time runs out", Scenario::runOut));
        all.add(
                both(
                        "ready after the time ran out",
                        (pair, subjects) -> {
                            runOut(pair, subjects);
                            pair.fire(subjects);
                            pair.awaitArrival();
                            pair.assertUntouched();
                        }));
    }

    private static void runOut(Pair pair, List<Subject<?>> unused) {
        long before = pair.stage().reactor().nanos();
        assertThat(pair.await(BLINK)).isEmpty();
        assertThat(pair.stage().reactor().nanos() - before)
                .as("never early")
                .isGreaterThanOrEqualTo(BLINK.toNanos());
        assertNothingArmed(pair);
    }

    private static void assertNothingArmed(Pair pair) {
        assertThat(pair.stage().reactor().timers()).as("timers after the wait").isZero();
    }

    private static void addReadyBefore(List<Scenario> all) {
        addForEachTimeout(
                all,
                " ready before",
                (pair, toFire, timeout) -> {
                    pair.fire(toFire);
                    pair.awaitArrival();
                    FiredEvents<?> result = pair.await(timeout);
                    assertNothingArmed(pair);
                    pair.assertComplete(result);
                },
                List.of(Duration.ZERO, DAY),
                List.of("zero timeout", "long timeout"));
    }

    private static void addFiredWhileParked(List<Scenario> all) {
        addForEachTimeout(
                all,
                " fired while parked",
                (pair, toFire, timeout) -> {
                    Waiting waiting = pair.parked(timeout);
                    pair.fire(toFire);
                    pair.awaitArrival();
                    FiredEvents<?> result = waiting.fired();
                    assertNothingArmed(pair);
                    if (toFire.stream().allMatch(Subject::firesAtOnce)) {
                        pair.assertComplete(result);
                    } else {
                        pair.assertAllowed(result);
                    }
                },
                List.of(DAY),
                List.of("long timeout"));
        all.add(first("fired in the turn in which the time runs out", Scenario::fireAtTimeout));
    }

    // The limit runs out before the hour of the timed subjects is over.
    private static void fireAtTimeout(Pair pair, List<Subject<?>> toFire) throws Exception {
        Waiting waiting = pair.parked(HALF_HOUR);
        pair.fire(toFire);
        pair.stage().clock().advance(HALF_HOUR);
        pair.awaitArrival();
        FiredEvents<?> result = waiting.fired();
        if (toFire.getFirst().firesAtOnce()) {
            assertThat(result).as("what was there when the time was over").hasSize(1);
        }
        if (result.isEmpty()) {
            pair.assertUntouched();
        } else {
            pair.assertAllowed(result);
        }
    }

    private static void addCancelled(List<Scenario> all) {
        all.add(
                both(
                        "cancelled while parked, fired afterwards",
                        (pair, toFire) -> {
                            Waiting waiting = pair.parked(NO_LIMIT);
                            waiting.task().cancel();
                            waiting.assertCancelled();
                            assertNothingArmed(pair);
                            pair.fire(toFire);
                            pair.awaitArrival();
                            pair.assertUntouched();
                        }));
        all.add(
                first(
                        "fired, then cancelled in the same turn",
                        (pair, toFire) -> {
                            Waiting waiting = Waiting.parkedTwice(pair.events(), NO_LIMIT);
                            pair.fire(toFire);
                            waiting.task().cancel();
                            pair.awaitArrival();
                            if (pair.first().firesAtOnce() && pair.first().isClaim()) {
                                assertThat(waiting.hasReturned()).as("has the claim").isTrue();
                            }
                            assertReturnedOrUntouched(pair, waiting);
                        }));
        all.add(
                both(
                        "cancelled, then fired in the same turn",
                        (pair, toFire) -> {
                            Waiting waiting = Waiting.parkedTwice(pair.events(), DAY);
                            waiting.task().cancel();
                            pair.fire(toFire);
                            pair.awaitArrival();
                            assertReturnedOrUntouched(pair, waiting);
                        }));
    }

    private static void assertReturnedOrUntouched(Pair pair, Waiting waiting) {
        waiting.assertNextCancelled();
        if (waiting.hasReturned()) {
            pair.assertAllowed(waiting.fired());
        } else {
            pair.assertUntouched();
        }
    }

    private static void addClosed(List<Scenario> all) {
        for (int i = 0; i < 2; i++) {
            int index = i;
            String which = i == 0 ? "first" : "second";
            all.add(
                    new Scenario(
                            which + " closed while parked",
                            i == 1,
                            i == 0,
                            pair -> subject(pair, index).isClosable(),
                            (pair, toFire) -> {
                                Waiting waiting = pair.parked(NO_LIMIT);
                                subject(pair, index).close();
                                assertOnlyClosed(waiting.fired(), subject(pair, index));
                                assertLaterOne(pair, toFire);
                            }));
            all.add(
                    new Scenario(
                            which + " closed before",
                            i == 1,
                            i == 0,
                            pair -> subject(pair, index).isClosable(),
                            (pair, toFire) -> {
                                subject(pair, index).close();
                                assertOnlyClosed(pair.await(DAY), subject(pair, index));
                                assertLaterOne(pair, toFire);
                            }));
        }
    }

    private static Subject<?> subject(Pair pair, int index) {
        return index == 0 ? pair.first() : pair.second();
    }

    private static void assertOnlyClosed(FiredEvents<?> result, Subject<?> closed) {
        assertThat(result).hasSize(1);
        closed.assertClosedIn(result);
    }

    /** What was waited for beside it still works. */
    private static void assertLaterOne(Pair pair, List<Subject<?>> toFire) throws Exception {
        assertNothingArmed(pair);
        toFire.getFirst().assertNotReady();
        pair.fire(toFire);
        pair.awaitArrival();
        toFire.getFirst().assertStillReady();
    }

    // ---- variations

    private interface TimedPlay {
        void run(Pair pair, List<Subject<?>> toFire, @Nullable Duration timeout) throws Exception;
    }

    private static void addForEachTimeout(
            List<Scenario> all,
            String suffix,
            TimedPlay play,
            List<Duration> timeouts,
            List<String> names) {
        for (int i = 0; i <= timeouts.size(); i++) {
            Duration timeout = i < timeouts.size() ? timeouts.get(i) : NO_LIMIT;
            String name = suffix + ", " + (i < names.size() ? names.get(i) : "no timeout");
            Play timed = (pair, toFire) -> play.run(pair, toFire, timeout);
            all.add(new Scenario("first" + name, true, false, pair -> true, timed));
            all.add(new Scenario("second" + name, false, true, pair -> true, timed));
            all.add(both("both" + name, timed));
        }
    }

    private static Scenario neither(String name, Play play) {
        return new Scenario(name, false, false, pair -> true, play);
    }

    private static Scenario first(String name, Play play) {
        return new Scenario(name, true, false, pair -> true, play);
    }

    private static Scenario both(String name, Play play) {
        return new Scenario(name, true, true, pair -> true, play);
    }

    void run(Pair pair) throws Exception {
        if (!applies.test(pair)) {
            return;
        }
        List<Subject<?>> toFire = new ArrayList<>();
        if (firesFirst) {
            toFire.add(pair.first());
        }
        if (firesSecond) {
            toFire.add(pair.second());
        }
        play.run(pair, toFire);
    }
}
