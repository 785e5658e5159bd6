package dev.tarry.contract;

import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
        return Variant.all().stream()
                .map(variant -> dynamicContainer(variant.toString(), rows(variant)));
    }

    private static Stream<DynamicContainer> rows(Variant variant) {
        return kinds(variant).map(first -> dynamicContainer(first.toString(), row(variant, first)));
    }

    private static Stream<DynamicTest> row(Variant variant, Kind first) {
        return kinds(variant)
                .map(
                        second ->
                                dynamicTest(
                                        first + " x " + second,
                                        () -> playAll(variant, first, second)));
    }

    /** The order of tasks makes no difference to what the kernel takes its time for. */
    private static Stream<Kind> kinds(Variant variant) {
        return Arrays.stream(Kind.values())
                .filter(kind -> variant.seed() == null || !kind.isSlow());
    }

    /** Each on a scheduler of its own; all failures of the pair are told together. */
    private static void playAll(Variant variant, Kind first, Kind second) {
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
