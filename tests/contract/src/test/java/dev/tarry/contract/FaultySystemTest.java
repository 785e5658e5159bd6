package dev.tarry.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.tarry.testkit.FaultyLibc;
import dev.tarry.testkit.FaultyLibc.Fault;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The {@link WaitMatrixTest} of all kinds that stand on system calls, while every k-th call that
 * may be interrupted, told to come again, or cut short, is.
 */
class FaultySystemTest {
    private static final Fault[] HARMLESS = {Fault.INTERRUPTED, Fault.WOULD_BLOCK, Fault.SHORT};

    /** Those that make no call of their own stand for their like. */
    private static final Set<Kind> KINDS = EnumSet.range(Kind.FD_READABLE, Kind.SIGNAL);

    private static final Set<Kind> OTHERS =
            EnumSet.of(Kind.DEADLINE, Kind.TICKER, Kind.RECEIVE, Kind.TRIGGER, Kind.USER_LEVEL);

    @BeforeAll
    static void begin() throws Exception {
        Variant.LOOP.run(() -> {}); // loads the binding
        Stage.looks = 4;
    }

    @AfterAll
    static void end() {
        Stage.looks = 1;
    }

    @TestFactory
    Stream<DynamicContainer> someRates() {
        return IntStream.of(2, 3, 7).mapToObj(k -> matrix(k, k == 3));
    }

    @Tag("stress")
    @TestFactory
    Stream<DynamicContainer> allRates() {
        return IntStream.rangeClosed(2, 20).mapToObj(k -> matrix(k, true));
    }

    private static DynamicContainer matrix(int k, boolean whole) {
        List<DynamicTest> pairs = new ArrayList<>();
        for (Kind first : KINDS) {
            for (Kind second : Kind.values()) {
                boolean both = KINDS.contains(second) && !second.isSlow();
                if (both || OTHERS.contains(second)) {
                    if (whole || (first.ordinal() + second.ordinal()) % 3 == k % 3) {
                        Variant variant = variant(first, second);
                        String name = first + " x " + second;
                        pairs.add(dynamicTest(name, () -> play(k, variant, first, second)));
                    }
                }
            }
        }
        return dynamicContainer("every " + k + "th call", pairs);
    }

    private static Variant variant(Kind first, Kind second) {
        int turn = (first.ordinal() + second.ordinal()) % 4;
        return turn == 0 ? Variant.HANDOFF : turn == 1 ? Variant.seeded(turn) : Variant.LOOP;
    }

    private static void play(int k, Variant variant, Kind first, Kind second) {
        try (var injection = FaultyLibc.injectEvery(k, HARMLESS)) {
            WaitMatrixTest.playAll(variant, first, second);
            assertThat(injection.count()).as("calls that failed").isPositive();
        }
    }

    @TestFactory
    Stream<DynamicTest> eachFaultAlone() {
        return Arrays.stream(HARMLESS)
                .map(fault -> dynamicTest(fault.toString(), () -> playAlone(fault)));
    }

    private static void playAlone(Fault fault) {
        try (var injection = FaultyLibc.injectEvery(2, fault)) {
            WaitMatrixTest.playAll(Variant.LOOP, Kind.LINE, Kind.CONNECTION);
            WaitMatrixTest.playAll(Variant.LOOP, Kind.PATH_CHANGE, Kind.OWN_FD_READABLE);
            assertThat(injection.count()).as("calls that failed").isPositive();
        }
    }
}
