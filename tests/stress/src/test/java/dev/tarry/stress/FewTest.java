package dev.tarry.stress;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

import java.util.List;
import java.util.stream.Stream;

/** Each program, as often as there is time for in a build, on each carrier and backend. */
@Timeout(60)
class FewTest {
    @TestFactory
    Stream<DynamicTest> onTheLoopCarrier() {
        return tests("loop", null, InThisJvm.ALL);
    }

    @TestFactory
    Stream<DynamicTest> onTheHandoffCarrier() {
        return tests("handoff", null, InThisJvm.ALL);
    }

    @TestFactory
    Stream<DynamicTest> onPoll() {
        return tests("loop", "poll", InThisJvm.WITH_DESCRIPTORS);
    }

    private static Stream<DynamicTest> tests(
            String carrier, String backend, List<Stress> programs) {
        return InThisJvm.tests(carrier, backend, programs, Stress::few);
    }
}
