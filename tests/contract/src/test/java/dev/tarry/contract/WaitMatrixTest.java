package dev.tarry.contract;

import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.tarry.events.Backend;

import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
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
                dynamicContainer("loop", rows(Variant.LOOP)),
                dynamicContainer("handoff", rows(Variant.HANDOFF)),
                dynamicContainer(
                        "random orders",
                        Arrays.stream(Kind.values())
                                .map(first -> row(Variant.seeded(first.ordinal()), first))));
    }

    /** The same on the facilities of the system that are not the first choice. */
    @TestFactory
    Stream<DynamicNode> everyKindBesideEveryKind_onTheOtherPollers() {
        return Arrays.stream(Backend.values())
                .filter(backend -> backend != Backend.choose())
                .flatMap(WaitMatrixTest::onBothCarriers);
    }

    private static Stream<DynamicNode> onBothCarriers(Backend backend) {
        String name = backend.toString().toLowerCase(Locale.ROOT);
        if (!backend.isAvailable()) {
            return Stream.of(dynamicTest(name, () -> assumeTrue(false, name + ": not run here")));
        }
        return Stream.of(
                dynamicContainer("loop on " + name, rows(Variant.LOOP.on(backend))),
                dynamicContainer("handoff on " + name, rows(Variant.HANDOFF.on(backend))));
    }

    private static Stream<DynamicContainer> rows(Variant variant) {
        return Arrays.stream(Kind.values())
                .filter(kind -> kind.isToldBy(variant))
                .map(first -> row(variant, first));
    }

    private static DynamicContainer row(Variant variant, Kind first) {
        return dynamicContainer(
                first.toString(),
                Arrays.stream(Kind.values())
                        .filter(second -> isWorthIt(variant, first, second))
                        .map(
                                second ->
                                        dynamicTest(
                                                first + " x " + second,
                                                () -> playAll(variant, first, second))));
    }

    /** A slow kind comes first on one carrier, and second on the other. */
    private static boolean isWorthIt(Variant variant, Kind first, Kind second) {
        if (!second.isToldBy(variant)) {
            return false;
        }
        if (variant.seed() != null) {
            return !first.isSlow() && !second.isSlow();
        }
        return variant.carrier().equals("loop")
                ? first.isSlow() || !second.isSlow()
                : second.isSlow() || !first.isSlow();
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
