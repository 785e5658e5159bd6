package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a program says when it starts, with and without the flags, and on the module path. */
@Timeout(120)
class StartUpTest {
    private static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";
    private static final String ADVICE = "--add-opens java.base/java.lang=";

    private static String hello(String carrier) {
        return ("hello on " + carrier + "\n").repeat(3);
    }

    @Test
    void withTheFlags_runsOnTheLoopAndStderrIsEmpty() throws Exception {
        var result = ChildJvm.run(ChildJvm.FLAGS, Hello.class);
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).isEqualTo(hello("loop"));
        assertThat(result.exit()).isZero();
    }

    @Test
    void withoutTheFlag_runsOnTheHandoffCarrierAndSaysOnceHowToBeFaster() throws Exception {
        var result = ChildJvm.run(List.of(NATIVE_ACCESS), Hello.class);
        assertThat(result.out()).isEqualTo(hello("handoff"));
        assertThat(result.err()).containsOnlyOnce(ADVICE + "ALL-UNNAMED");
        assertThat(result.exit()).isZero();
    }

    @Test
    void carrierThatWasAskedForAndIsNotToBeHad_isAnErrorWithTheFlag() throws Exception {
        var result = ChildJvm.run(List.of(NATIVE_ACCESS, "-Dtarry.carrier=loop"), Hello.class);
        assertThat(result.exit()).isNotZero();
        assertThat(result.err()).contains("the loop carrier needs the JVM flag " + ADVICE);
    }

    @Test
    void unknownCarrier_isAnErrorWithTheKnownOnes() throws Exception {
        List<String> flags = new ArrayList<>(ChildJvm.FLAGS);
        flags.add("-Dtarry.carrier=bus");
        var result = ChildJvm.run(flags, Hello.class);
        assertThat(result.exit()).isNotZero();
        assertThat(result.err()).contains("'bus'").contains("loop or handoff");
    }

    // ---- the module path

    /** The class path of this JVM, but for the tests, as modules; ours may be folders. */
    private static String modulePath() {
        String path =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        return String.join(
                File.pathSeparator,
                Arrays.stream(path.split(File.pathSeparator))
                        .filter(StartUpTest::isNeeded)
                        .toList());
    }

    private static boolean isNeeded(String entry) {
        return !entry.contains("test-classes")
                && entry.matches(
                        ".*(/(events|scheduler|runtime)/target/classes"
                                + "|tarry-(events|scheduler|runtime)[^/]*\\.jar"
                                + "|(jnr-|jffi-|asm-|guava-|failureaccess-|jspecify-)[^/]*\\.jar)");
    }

    /** Runs Hello, patched into the module of the runtime, as a program of modules. */
    private static ChildJvm.Result runAsModules(Path dir, List<String> options) throws Exception {
        Path patch = dir.resolve("dev/tarry/integration");
        Files.createDirectories(patch);
        try (var in = StartUpTest.class.getResourceAsStream("Hello.class")) {
            Files.copy(in, patch.resolve("Hello.class"));
        }
        List<String> command = new ArrayList<>(List.of(ChildJvm.java()));
        command.addAll(options);
        command.addAll(
                List.of(
                        "--module-path",
                        modulePath(),
                        "--add-modules=ALL-MODULE-PATH",
                        "--patch-module=dev.tarry.runtime=" + dir,
                        "--module",
                        "dev.tarry.runtime/dev.tarry.integration.Hello"));
        return ChildJvm.run(command);
    }

    @Test
    void onTheModulePath_withTheFlags_runsOnTheLoopAndStderrIsEmpty(
            @org.junit.jupiter.api.io.TempDir Path dir) throws Exception {
        var result =
                runAsModules(
                        dir,
                        List.of(
                                "--enable-native-access=org.jnrproject.jffi",
                                "--add-opens=java.base/java.lang=dev.tarry.scheduler"));
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).isEqualTo(hello("loop"));
    }

    @Test
    void onTheModulePath_withoutTheFlag_namesTheModuleThatNeedsIt(
            @org.junit.jupiter.api.io.TempDir Path dir) throws Exception {
        var result = runAsModules(dir, List.of("--enable-native-access=org.jnrproject.jffi"));
        assertThat(result.err()).containsOnlyOnce(ADVICE + "dev.tarry.scheduler");
        assertThat(result.out()).isEqualTo(hello("handoff"));
    }
}
