package dev.tarry.integration;

import static dev.tarry.integration.ChildStatusTest.sh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.events.ExitStatus;
import dev.tarry.events.Signal;
import dev.tarry.runtime.Body;
import dev.tarry.runtime.Child;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.FdStream;
import dev.tarry.runtime.Tarry;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * What a builder says is what the child gets, whoever starts it: we or, where we cannot, the JDK.
 */
@Timeout(120)
class ChildStartTest {
    /** Who starts it. */
    enum Way {
        OURS("tarry.spawn", "true"),
        JDK("tarry.spawn", "false"),
        JDK_WITHOUT_PIDFDS("tarry.pidfd", "false");

        private final String property;
        private final String value;

        Way(String property, String value) {
            this.property = property;
            this.value = value;
        }

        void run(Body body) {
            String before = System.getProperty(property);
            System.setProperty(property, value);
            try {
                Tarry.run(body);
            } finally {
                if (before == null) {
                    System.clearProperty(property);
                } else {
                    System.setProperty(property, before);
                }
            }
        }
    }

    @TempDir private Path folder;

    // The JVM can say nothing else to a program where no locale is set.
    private static final String WORD =
            Charset.forName(System.getProperty("sun.jnu.encoding")).newEncoder().canEncode('\u00fc')
                    ? "gr\u00fc\u00dfe"
                    : "gruesse";

    private static List<String> lines(FdStream stream) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line; (line = stream.readLine()) != null; ) {
            lines.add(line);
        }
        return lines;
    }

    private static List<String> output(ProcessBuilder builder) throws IOException {
        try (Child child = Child.start(builder)) {
            List<String> lines = lines(child.stdout());
            assertThat(child.await()).isEqualTo(new ExitStatus.Exited(0));
            return lines;
        }
    }

    private static void succeeds(ProcessBuilder builder) throws IOException {
        try (Child child = Child.start(builder)) {
            assertThat(child.await()).isEqualTo(new ExitStatus.Exited(0));
        }
    }

    private Path script(String name, String text) throws IOException {
        Path script = Files.writeString(folder.resolve(name), text);
        return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @ParameterizedTest
    @EnumSource
    void environmentArgumentsAndDirectory_areThoseOfTheBuilder(Way way) {
        ProcessBuilder builder =
                sh("printf '%s\\n' \"$PWD\" \"$GREETING\" \"${HOME-none}\" \"$@\"")
                        .directory(folder.toFile());
        builder.command().addAll(List.of("zero", "", "two words", WORD));
        builder.environment().put("GREETING", "= " + WORD);
        builder.environment().remove("HOME");
        way.run(
                () ->
                        assertThat(output(builder))
                                .containsExactly(
                                        folder.toRealPath().toString(),
                                        "= " + WORD,
                                        "none",
                                        "",
                                        "two words",
                                        WORD));
    }

    @ParameterizedTest
    @EnumSource
    void environmentThatIsCleared_isEmpty(Way way) {
        ProcessBuilder builder = new ProcessBuilder("env");
        builder.environment().clear();
        way.run(() -> assertThat(output(builder)).isEmpty());
    }

    @ParameterizedTest
    @EnumSource
    void programWithASlash_isThatOfTheChildsDirectory(Way way) throws IOException {
        script("local", "#!/bin/sh\necho local $0\n");
        ProcessBuilder builder = new ProcessBuilder("./local").directory(folder.toFile());
        way.run(() -> assertThat(output(builder)).containsExactly("local ./local"));
    }

    @ParameterizedTest
    @EnumSource
    void scriptThatNamesNoInterpreter_isTheShells(Way way) throws IOException {
        Path script = script("plain", "echo plain $1\n");
        way.run(
                () ->
                        assertThat(output(new ProcessBuilder(script.toString(), "x")))
                                .containsExactly("plain x"));
    }

    @ParameterizedTest
    @EnumSource
    void redirectionsToFiles_areDone(Way way) throws IOException {
        File in = Files.writeString(folder.resolve("in"), "input\n").toFile();
        File out = Files.writeString(folder.resolve("out"), "what was there before").toFile();
        File err = Files.writeString(folder.resolve("err"), "kept\n").toFile();
        ProcessBuilder builder =
                sh("cat; echo failed >&2")
                        .redirectInput(in)
                        .redirectOutput(out)
                        .redirectError(Redirect.appendTo(err));
        way.run(
                () -> {
                    try (Child child = Child.start(builder)) {
                        assertThat(child.await()).isEqualTo(new ExitStatus.Exited(0));
                        assertThatThrownBy(child::stdout)
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessageContaining("stdout of child");
                    }
                    succeeds(builder);
                });
        assertThat(out).hasContent("input\n");
        assertThat(err).hasContent("kept\nfailed\nfailed\n");
    }

    @ParameterizedTest
    @EnumSource
    void errorsThatGoWhereTheOutputGoes_comeInOrder(Way way) {
        ProcessBuilder builder =
                sh("echo 1; echo 2 >&2; echo 3")
                        .redirectErrorStream(true)
                        .redirectError(Redirect.DISCARD);
        way.run(() -> assertThat(output(builder)).containsExactly("1", "2", "3"));
        Path file = folder.resolve("both");
        builder.redirectOutput(file.toFile());
        way.run(() -> succeeds(builder));
        assertThat(file).hasContent("1\n2\n3\n");
    }

    @ParameterizedTest
    @EnumSource
    void inheritedStreams_areOurs(Way way) throws IOException {
        ProcessBuilder builder =
                sh("for fd in 0 2; do readlink /proc/$$/fd/$fd; done")
                        .redirectInput(Redirect.INHERIT)
                        .redirectError(Redirect.INHERIT);
        List<String> ours = new ArrayList<>();
        for (int fd : List.of(0, 2)) {
            ours.add(Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd)).toString());
        }
        way.run(() -> assertThat(output(builder)).isEqualTo(ours));
    }

    @ParameterizedTest
    @EnumSource
    void discardedOutput_isNotMissed(Way way) {
        way.run(() -> succeeds(sh("seq 100000").redirectOutput(Redirect.DISCARD)));
    }

    /** The child's end of a pipe blocks, as programs expect; ours does not. */
    @ParameterizedTest
    @EnumSource
    void moreThanAPipeHolds_isWrittenByAProgramThatKnowsOfNoEagain(Way way) {
        way.run(
                () -> {
                    try (Child child =
                            Child.start(sh("head -c 1000000 /dev/zero | tr '\\0' x; echo"))) {
                        child.stdout().lineLimit(1_000_000);
                        assertThat(child.stdout().readLine()).hasSize(1_000_000);
                    }
                });
    }

    // ---- what cannot be started

    @ParameterizedTest
    @EnumSource
    void whatCannotBeRun_isAnErrorThatNamesIt_andLeavesNothing(Way way) throws IOException {
        Path noProgram = Files.writeString(folder.resolve("text"), "x");
        way.run(
                () -> {
                    fails(
                            new ProcessBuilder("no-such-program-anywhere"),
                            "No such file",
                            "\"no-such-program-anywhere\"");
                    fails(
                            new ProcessBuilder(noProgram.toString()),
                            "Permission denied",
                            "\"" + noProgram + "\"");
                    File nowhere = folder.resolve("nowhere").toFile();
                    fails(
                            new ProcessBuilder("true").directory(nowhere),
                            "No such file",
                            "\"true\" (in directory \"" + nowhere + "\")");
                    fails(
                            new ProcessBuilder("true").redirectInput(nowhere),
                            "No such file",
                            nowhere.toString());
                    fails(
                            new ProcessBuilder("true").redirectOutput(folder.toFile()),
                            "Is a directory",
                            folder.toString());
                    fails(new ProcessBuilder("true", "\0"), "null character");
                    fails(
                            new ProcessBuilder("true", "x".repeat(1 << 20)),
                            "Argument list too long");
                });
        Proc.awaitNoZombies();
    }

    private static void fails(ProcessBuilder builder, String... message) {
        var before = Proc.descriptors();
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> Child.start(builder))
                    .isInstanceOf(IOException.class)
                    .hasMessageContainingAll(message);
        }
        var opened = Proc.descriptors();
        opened.keySet().removeAll(before.keySet());
        assertThat(opened).hasSizeLessThan(5); // what the JVM opens when it loads a class
    }

    @Test
    void commandThatIsEmptyOrHasANull_isRefused() {
        Way.OURS.run(
                () -> {
                    assertThatThrownBy(() -> Child.start(new ProcessBuilder()))
                            .isInstanceOf(IndexOutOfBoundsException.class);
                    assertThatThrownBy(() -> Child.start(new ProcessBuilder("true", null)))
                            .isInstanceOf(NullPointerException.class);
                });
    }

    // ---- groups

    @BothCarriers
    void groupOfItsOwn_endsAsAWhole(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    try (Child child = Child.startGroup(sh("sleep 1000 & echo $!; wait"))) {
                        long grandchild = Long.parseLong(child.stdout().readLine());
                        assertThat(Proc.stat(grandchild)[2])
                                .as("its group")
                                .isEqualTo(Long.toString(child.pid()));
                        var end = Events.exit(grandchild);
                        child.kill();
                        assertThat(child.await()).isEqualTo(new ExitStatus.Killed(Signal.KILL));
                        Tarry.await(end);
                    }
                });
    }

    @Test
    void withoutAGroup_theChildIsInOurs() {
        Way.OURS.run(
                () -> {
                    try (Child child = Child.start(sh("exec cat"))) {
                        assertThat(Proc.stat(child.pid())[2])
                                .isEqualTo(Proc.stat(ProcessHandle.current().pid())[2]);
                    }
                });
    }

    @Test
    void groupWhereTheJdkStartsChildren_isRefusedWithTheReason() {
        Way.JDK.run(
                () ->
                        assertThatThrownBy(() -> Child.startGroup(sh("exit 0")))
                                .isInstanceOf(IOException.class)
                                .hasMessageContaining("tarry.spawn is false"));
    }

    // ---- what it tells of itself

    @ParameterizedTest
    @EnumSource
    void handle_isThatOfTheChildWhileItLives(Way way) {
        way.run(
                () -> {
                    try (Child child = Child.start(sh("exec cat"))) {
                        assertThat(child.isAlive()).isTrue();
                        assertThat(child.handle().orElseThrow().pid()).isEqualTo(child.pid());
                        child.kill();
                        var unused = child.await();
                        assertThat(child.handle()).isEmpty();
                        assertThat(child.isAlive()).isFalse();
                        child.terminate(); // and that is nobody else's end
                        child.kill();
                    }
                });
    }

    @ParameterizedTest
    @EnumSource
    void killedChild_isTold_asFarAsItIsKnown(Way way) {
        way.run(
                () -> {
                    try (Child child = Child.start(sh("kill -9 $$"))) {
                        ExitStatus status = child.await();
                        assertThat(status.isSuccess()).isFalse();
                        ExitStatus exact = new ExitStatus.Killed(Signal.KILL);
                        ExitStatus ambiguous = new ExitStatus.ExitedOrKilled(137, Signal.KILL);
                        switch (way) {
                            case OURS -> assertThat(status).isEqualTo(exact);
                            case JDK -> assertThat(status).isIn(exact, ambiguous);
                            case JDK_WITHOUT_PIDFDS -> assertThat(status).isEqualTo(ambiguous);
                        }
                    }
                });
    }

    @ParameterizedTest
    @EnumSource
    void exitCodesThatNoSignalMakes_areExactAlways(Way way) {
        way.run(
                () -> {
                    for (int code : List.of(0, 1, 127, 128, 193, 255)) {
                        try (Child child = Child.start(sh("exit " + code))) {
                            assertThat(child.await()).isEqualTo(new ExitStatus.Exited(code));
                        }
                    }
                });
    }
}
