package dev.tarry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** The kit takes the JUnit that its user has: it brings none, and runs with the next one, too. */
@Timeout(120)
class JUnit6Test {

    /** Run by JUnit 6, in a JVM of its own. */
    static class User {
        private int before;

        @BeforeEach
        void before(TestInfo info) {
            before++;
        }

        @AfterEach
        void after(Simulation simulation) {
            before--;
        }

        @TarryTest(seeds = 3)
        void plain(Simulation simulation) {
            check(before == 1 && simulation == Simulation.current());
        }

        @ParameterizedTest
        @ValueSource(ints = {4, 5})
        @Simulated(seeds = 3)
        void parameterized(int value) {
            check(before == 1 && value > 3);
        }

        @TarryTest(seeds = 20)
        void failsWithSeed7(Simulation simulation) {
            check(simulation.seed() != 7);
        }

        private static void check(boolean what) {
            if (!what) {
                throw new AssertionError("not so");
            }
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "tarry.junit6", matches = ".+", disabledReason = "needs it")
    void testsOfAUser_runWithJUnit6() throws Exception {
        Path said = Files.createTempFile("junit6", ".txt");
        try {
            Process process =
                    new ProcessBuilder(command())
                            .redirectErrorStream(true)
                            .redirectOutput(said.toFile())
                            .start();
            boolean ended = process.waitFor(100, TimeUnit.SECONDS);
            process.destroyForcibly();
            String output = Files.readString(said);
            assertThat(ended).as(output).isTrue();
            assertThat(output)
                    .contains("[         4 tests found           ]")
                    .contains("[         3 tests successful      ]")
                    .contains("[         1 tests failed          ]")
                    .contains("SimulationFailedError: with seed 7")
                    .doesNotContain("Possible configuration error");
        } finally {
            Files.delete(said);
        }
    }

    private static List<String> command() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("--add-opens=java.base/java.lang=ALL-UNNAMED");
        command.add("-cp");
        command.add(classPath());
        command.add("org.junit.platform.console.ConsoleLauncher");
        command.add("execute");
        command.add("--disable-banner");
        command.add("--disable-ansi-colors");
        command.add("--select-class=" + User.class.getName());
        return command;
    }

    /** What this JVM has, with the other JUnit. */
    private static String classPath() {
        String ours =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        return System.getProperty("tarry.junit6")
                + File.pathSeparator
                + Arrays.stream(ours.split(File.pathSeparator, -1))
                        .filter(entry -> !isJUnit(Path.of(entry).getFileName().toString()))
                        .collect(Collectors.joining(File.pathSeparator));
    }

    private static boolean isJUnit(String name) {
        return name.startsWith("junit-")
                || name.startsWith("archunit-junit")
                || name.startsWith("opentest4j")
                || name.startsWith("apiguardian");
    }

    @Test
    void theKit_bringsNoJUnitAlong() throws Exception {
        int found = 0;
        for (String dependency : Files.readString(Path.of("pom.xml")).split("<dependency>", -1)) {
            if (dependency.contains("<groupId>org.junit")) {
                found++;
                assertThat(dependency.replaceAll("(?s)</dependency>.*", ""))
                        .containsPattern("<scope>(provided|test)</scope>");
            }
        }
        assertThat(found).isEqualTo(2);
    }
}
