package dev.tarry.contract;

import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The promises of the wait, for each kind of event beside each other one: every pair plays every
 * {@link Scenario} on every {@link Variant}. {@link Kind} is the table to add to.
 */
class WaitMatrixTest {
    /** Of one pair: when much is broken, and each failure is a hang, the rest tells nothing new. */
    private static final int ENOUGH = 5;

    @TestFactory
    Stream<DynamicContainer> everyKindBesideEveryKind() {
        return Stream.of(
                dynamicContainer("loop", rows(first -> Variant.LOOP)),
                dynamicContainer("handoff", rows(first -> Variant.HANDOFF)),
                dynamicContainer("random orders", rows(WaitMatrixTest::seededBy)));
    }

    private static Variant seededBy(Kind first) {
        return Variant.seeded(first.ordinal());
    }

    private static Stream<DynamicContainer> rows(Function<Kind, Variant> variants) {
        return Arrays.stream(Kind.values())
                .map(
                        first ->
                                dynamicContainer(
                                        first.toString(), row(variants.apply(first), first)));
    }

    private static Stream<DynamicTest> row(Variant variant, Kind first) {
        return Arrays.stream(Kind.values())
                .filter(second -> isWorthIt(variant, first, second))
                .map(
                        second ->
                                dynamicTest(
                                        first + " x " + second,
                                        () -> playAll(variant, first, second)));
    }

    /** A slow kind comes first on one carrier, and second on the other. */
    private static boolean isWorthIt(Variant variant, Kind first, Kind second) {
        if (variant.equals(Variant.LOOP)) {
            return first.isSlow() || !second.isSlow();
        }
        if (variant.equals(Variant.HANDOFF)) {
            return second.isSlow() || !first.isSlow();
        }
        return !first.isSlow() && !second.isSlow();
    }

    /** Each on a scheduler of its own; all failures of the pair are told together. */
    static void playAll(Variant variant, Kind first, Kind second) {
        List<Throwable> failures = new ArrayList<>();
        for (Scenario scenario : Scenario.all()) {
            try {
                play(variant, first, second, scenario);
            } catch (Throwable t) {
                String name =
                        first + " x " + second + ": " + scenario.name() + " [" + variant + "]";
                failures.add(new AssertionError(name + ": " + t.getMessage(), t));
                if (failures.size() == ENOUGH) {
                    break;
                }
            }
        }
        if (!failures.isEmpty()) {
            AssertionError all = new AssertionError(failures.getFirst().getMessage());
            failures.forEach(all::addSuppressed);
            throw all;
        }
    }

    private static void play(Variant variant, Kind first, Kind second, Scenario scenario)
            throws Exception {
        TestClock clock = new TestClock();
        variant.run(
                clock,
                () -> {
                    try (Stage stage = new Stage(clock)) {
                        scenario.run(Pair.open(stage, first, second, scenario));
                    }
                });
    }
}
