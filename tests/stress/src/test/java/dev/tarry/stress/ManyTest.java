package dev.tarry.stress;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

import java.util.stream.Stream;

/** Each program, as often as it takes for a rare race to show, on each carrier and backend. */
@Tag("stress")
@Timeout(7200)
class ManyTest {
    @TestFactory
    Stream<DynamicTest> onTheLoopCarrier() {
        return InThisJvm.tests("loop", null, InThisJvm.ALL, Stress::many);
    }

    @TestFactory
    Stream<DynamicTest> onTheHandoffCarrier() {
        return InThisJvm.tests("handoff", null, InThisJvm.ALL, Stress::many);
    }

    @TestFactory
    Stream<DynamicTest> onPoll() {
        return InThisJvm.tests("loop", "poll", InThisJvm.WITH_DESCRIPTORS, Stress::many);
    }
}
