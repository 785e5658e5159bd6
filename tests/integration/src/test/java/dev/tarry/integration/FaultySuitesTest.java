package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The {@link FaultySuites}, in a JVM of their own for each k: the hook into libc is the JVM's. */
class FaultySuitesTest {
    private static final List<String> OPTIONS =
            List.of("-ea", "-Dtarry.libc=dev.tarry.testkit.FaultyLibc");

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 7})
    @Timeout(120)
    void everyKthCallFails_theSuitesDoNotNotice(int k) throws Exception {
        run(k);
    }

    static IntStream all() {
        return IntStream.rangeClosed(2, 20);
    }

    @Tag("stress")
    @ParameterizedTest
    @MethodSource("all")
    @Timeout(120)
    void everyKthCallFails_forAllK(int k) throws Exception {
        run(k);
    }

    private static void run(int k) throws Exception {
        List<String> options = new ArrayList<>(ChildJvm.FLAGS);
        options.addAll(OPTIONS);
        List<String> command = ChildJvm.command(options, FaultySuites.class, Integer.toString(k));
        ChildJvm.Result result = ChildJvm.run(command, 110);
        System.out.print(result.out());
        assertThat(result.exit()).as(result.err()).isZero();
        assertThat(result.out())
                .as(result.err())
                .containsPattern("call: \\d{2,} tests passed, 0 failed, \\d{3,} calls");
    }
}
