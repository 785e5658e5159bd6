package dev.tarry.concurrency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openjdk.jcstress.JCStress;
import org.openjdk.jcstress.Options;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.infra.collectors.DiskReadCollector;
import org.openjdk.jcstress.infra.collectors.InProcessCollector;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.grading.ReportUtils;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Runs the jcstress tests of this module, all at once. A class called Twin has a mistake that
 * jcstress must find: a machine, or a way of running, on which it finds none proves nothing about
 * the others.
 */
@Timeout(1800)
class ConcurrencyTest {
    private static final boolean ALL_JVMS = Boolean.getBoolean("tarry.jcstress.allJvms");
    private static final List<TestResult> RESULTS = new ArrayList<>();

    @BeforeAll
    static void run() throws Exception {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "two threads at a time");
        PrintStream out = System.out;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            Options options = new Options(arguments());
            assertThat(options.parse()).isTrue();
            new JCStress(options).run(); // throws if something forbidden was seen
            RESULTS.addAll(read(options.getResultFile()));
        } catch (Throwable t) {
            out.println(said.toString(StandardCharsets.UTF_8));
            throw t;
        } finally {
            System.setOut(out);
        }
    }

    private static Collection<TestResult> read(String file) throws Exception {
        InProcessCollector collector = new InProcessCollector();
        DiskReadCollector reader = new DiskReadCollector(file, collector);
        reader.dump();
        reader.close();
        Files.delete(Path.of(file));
        return ReportUtils.mergedByName(collector.getTestResults());
    }

    private static String[] arguments() {
        List<String> arguments = new ArrayList<>();
        arguments.addAll(List.of("-t", "dev.tarry", "-r", "jcstress", "-iters", "1", "-f", "1"));
        arguments.addAll(List.of("-hs", "64", "-pth", "false")); // small JVMs start faster
        arguments.addAll(List.of("-time", System.getProperty("tarry.jcstress.time", "400")));
        String quiet = "--enable-native-access=ALL-UNNAMED";
        if (ALL_JVMS) {
            arguments.addAll(List.of("-jvmArgsPrepend", quiet));
        } else {
            arguments.addAll(List.of("-jvmArgs", quiet, "-sc", "false", "-af", "NONE"));
        }
        return arguments.toArray(String[]::new);
    }

    private static boolean isTwin(TestResult result) {
        return result.getName().endsWith("Twin");
    }

    private static long seen(TestResult result, Expect what) {
        return result.grading().gradingResults.values().stream()
                .filter(state -> state.expect == what)
                .mapToLong(state -> state.count)
                .sum();
    }

    @Test
    void nothingForbiddenWasSeen() {
        assertThat(RESULTS).hasSize(16);
        assertThat(RESULTS)
                .allSatisfy(
                        result -> {
                            assertThat(result.grading().isPassed).as(result.getName()).isTrue();
                            assertThat(result.getTotalCount())
                                    .as(result.getName())
                                    .isGreaterThan(10_000);
                        });
    }

    @Test
    void mistakeOfEachTwin_wasSeen() {
        assertThat(RESULTS.stream().filter(ConcurrencyTest::isTwin))
                .hasSize(8)
                .allSatisfy(
                        twin ->
                                assertThat(seen(twin, Expect.ACCEPTABLE_INTERESTING))
                                        .as(twin.getName())
                                        .isPositive());
    }
}
