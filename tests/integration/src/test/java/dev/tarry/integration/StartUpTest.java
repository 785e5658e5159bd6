package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

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
    static String modulePath() {
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

    /** Those that it names for the module path, and no others. */
    private static List<String> flagsOfReadme() throws IOException {
        return quotedInReadme("`(--(add-opens|enable-native-access)[ =][^`]*(dev|org)\\.[^`]*)`");
    }

    private static List<String> quotedInReadme(String pattern) throws IOException {
        String readme = Files.readString(Path.of("../../README.md"));
        List<String> words =
                Pattern.compile(pattern)
                        .matcher(readme)
                        .results()
                        .flatMap(found -> Arrays.stream(found.group(1).split(" ")))
                        .toList();
        assertThat(words).as("README").isNotEmpty();
        return words;
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
                        "--patch-module=dev.tarry.runtime=" + dir,
                        "--module",
                        "dev.tarry.runtime/dev.tarry.integration.Hello"));
        return ChildJvm.run(command);
    }

    @Test
    void onTheModulePath_withTheFlags_runsOnTheLoopAndStderrIsEmpty(@TempDir Path dir)
            throws Exception {
        var result = runAsModules(dir, flagsOfReadme());
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).isEqualTo(hello("loop"));
    }

    @Test
    void onTheModulePath_withoutTheFlag_namesTheModuleThatNeedsIt(@TempDir Path dir)
            throws Exception {
        var result = runAsModules(dir, List.of("--enable-native-access=org.jnrproject.jffi"));
        assertThat(result.err()).containsOnlyOnce(ADVICE + "dev.tarry.scheduler");
        assertThat(result.out()).isEqualTo(hello("handoff"));
    }

    // ---- a linked JDK

    /** It has the modules that the README names, and runs all that Tarry has. */
    @Test
    void linkedJdk_withTheClassPath_runsEverything(@TempDir Path dir) throws Exception {
        Path jdk = Path.of(System.getProperty("java.home"));
        Path jlink = jdk.resolve("bin/jlink");
        assumeTrue(canLink(jdk, jlink), "this JDK has no jlink that can link");

        List<String> link = new ArrayList<>(quotedInReadme("`(jlink [^`]* --output )jre`"));
        link.set(0, jlink.toString());
        Path linked = dir.resolve("jre");
        link.add(linked.toString());
        assertThat(ChildJvm.run(link).exit()).isZero();

        List<String> command = ChildJvm.command(ChildJvm.FLAGS, FilteredProgram.class);
        command.set(0, linked.resolve("bin/java").toString());
        command.removeAll(ChildJvm.agents()); // which may need more modules
        command.addAll(0, List.of("env", "--block-signal=USR1"));
        var result = ChildJvm.run(command, 90);
        assertThat(result.out().lines().filter(line -> line.matches("(default|poll) .*")))
                .as(result.err())
                .hasSizeGreaterThan(50)
                .allMatch(line -> line.endsWith(" ok"));
    }

    private static boolean canLink(Path jdk, Path jlink) throws Exception {
        return Files.exists(jlink)
                && (Files.exists(jdk.resolve("jmods"))
                        || ChildJvm.run(List.of(jlink.toString(), "--help"))
                                .out()
                                .contains("Linking from run-time image enabled"));
    }
}
