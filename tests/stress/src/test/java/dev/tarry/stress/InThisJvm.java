package dev.tarry.stress;

import org.junit.jupiter.api.DynamicTest;

import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/** The programs as tests in this JVM. Its signals are not ours: those have a JVM of their own. */
final class InThisJvm {
    static final List<Stress> ALL =
            Suite.ALL.stream().filter(stress -> !stress.name().equals("signals")).toList();
    static final List<Stress> WITH_DESCRIPTORS = ALL.stream().filter(Stress::usesFds).toList();

    private InThisJvm() {}

    /** A program that stands still fails by itself; its name tells the seed. */
    static Stream<DynamicTest> tests(
            String carrier, String backend, List<Stress> programs, ToLongFunction<Stress> count) {
        Runner runner = new Runner(carrier, backend, System.out);
        return programs.stream()
                .map(
                        stress ->
                                DynamicTest.dynamicTest(
                                        stress.name(),
                                        () ->
                                                runner.run(
                                                        stress,
                                                        count.applyAsLong(stress),
                                                        Main.seedOfNow())));
    }
}
