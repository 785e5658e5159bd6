package dev.tarry.integration;

import static dev.tarry.integration.ChildStatusTest.sh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.events.ExitStatus;
import dev.tarry.events.Signal;
import dev.tarry.runtime.Child;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.CancelledException;
import dev.tarry.scheduler.Task;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The streams of children, and how children are ended. */
@Timeout(120)
class ChildStreamsTest {

    @BothCarriers
    void megabyteThroughCat_bothWaysAtOnce(String carrier) {
        byte[] sent = new byte[1 << 20];
        new Random(5).nextBytes(sent);
        Runs.on(
                carrier,
                () -> {
                    ByteArrayOutputStream received = new ByteArrayOutputStream();
                    try (Child cat = Child.start(new ProcessBuilder("cat"))) {
                        Scope.run(
                                scope -> {
                                    scope.spawn(
                                            () -> {
                                                cat.stdin().write(sent);
                                                cat.stdin().close();
                                            });
                                    ByteBuffer buffer = ByteBuffer.allocate(10_000);
                                    while (cat.stdout().read(buffer.clear()) > 0) {
                                        received.write(buffer.array(), 0, buffer.position());
                                    }
                                });
                        assertThat(cat.await()).isEqualTo(new ExitStatus.Exited(0));
                        assertThat(cat.stderr().readLine()).isNull();
                    }
                    assertThat(received.toByteArray()).isEqualTo(sent);
                });
    }

    @BothCarriers
    void stdoutAndStderr_areApartOrTogetherAsTheBuilderSays(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    try (Child child = Child.start(sh("echo out; echo err >&2"))) {
                        assertThat(child.stdout().readLine()).isEqualTo("out");
                        assertThat(child.stdout().readLine()).isNull();
                        assertThat(child.stderr().readLine()).isEqualTo("err");
                    }
                    try (Child child =
                            Child.start(sh("echo out; echo err >&2").redirectErrorStream(true))) {
                        assertThat(child.stdout().readLine()).isEqualTo("out");
                        assertThat(child.stdout().readLine()).isEqualTo("err");
                        assertThatThrownBy(child::stderr).isInstanceOf(IllegalStateException.class);
                    }
                });
    }

    @BothCarriers
    void child_seesItsThreeDescriptorsOnly(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    try (Child child = Child.start(sh("echo /proc/$$/fd/*"));
                            Child other = Child.start(sh("echo /proc/$$/fd/*"))) {
                        for (Child each : List.of(child, other)) {
                            String prefix = "/proc/" + each.pid() + "/fd/";
                            String seen = each.stdout().readLine();
                            assertThat(seen.replace(prefix, "").split(" "))
                                    .contains("0", "1", "2")
                                    // what the shell opens itself to read the directory
                                    .hasSizeLessThanOrEqualTo(4);
                        }
                    }
                    try (Child child =
                            Child.start(new ProcessBuilder("ls", "-l", "/proc/self/fd"))) {
                        List<String> numbers = new ArrayList<>();
                        for (String line; (line = child.stdout().readLine()) != null; ) {
                            if (line.contains(" -> ") && !line.contains("/proc/")) {
                                numbers.add(line.replaceAll(".* (\\d+) -> .*", "$1"));
                            }
                        }
                        assertThat(numbers).containsExactly("0", "1", "2");
                    }
                });
    }

    @BothCarriers
    void missingProgram_isAClearErrorAndLeaksNothing(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    startMissing();
                    var before = Proc.descriptors();
                    for (int i = 0; i < 50; i++) {
                        startMissing();
                    }
                    assertThat(Proc.descriptors()).hasSameSizeAs(before);
                });
    }

    private static void startMissing() {
        assertThatThrownBy(() -> Child.start(new ProcessBuilder("/no/such/program")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("/no/such/program")
                .hasMessageContaining("No such file");
    }

    @BothCarriers
    void close_endsAChildThatObeysTerm(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    Child child = Child.start(sh("echo ready; exec sleep 1000"));
                    assertThat(child.stdout().readLine()).isEqualTo("ready");
                    child.close();
                    assertThat(child.await()).isEqualTo(new ExitStatus.Killed(Signal.TERM));
                    child.close(); // again does nothing
                });
        Proc.awaitNoZombies();
    }

    @BothCarriers
    void killOfAChildThatIgnoresTerm_isTold(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    try (Child child =
                            Child.start(
                                    sh("trap '' TERM; echo ready; while :; do sleep 1; done"))) {
                        assertThat(child.stdout().readLine()).isEqualTo("ready");
                        child.terminate();
                        child.kill();
                        assertThat(child.await()).isEqualTo(new ExitStatus.Killed(Signal.KILL));
                    }
                });
    }

    @BothCarriers
    void cancelledDuringStart_theChildIsClosedByItsTryBlock(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    Child[] started = new Child[1];
                    Task<?> task =
                            Tarry.spawn(
                                    () -> {
                                        try (Child child = Child.start(sh("exec sleep 1000"))) {
                                            started[0] = child;
                                            child.await();
                                        }
                                    });
                    Tarry.yieldNow(); // it is starting now
                    task.cancel();
                    assertThat(Tarry.await(task.done()).toString())
                            .contains(CancelledException.class.getSimpleName());
                    assertThat(started[0].await()).isEqualTo(new ExitStatus.Killed(Signal.TERM));
                });
        Proc.awaitNoZombies();
    }

    @BothCarriers
    void cancelledTask_startsNoChild(String carrier, @TempDir Path folder) {
        Path trace = folder.resolve("it ran");
        Runs.on(
                carrier,
                () ->
                        Scope.run(
                                scope -> {
                                    scope.cancel();
                                    for (int tries = 0; tries < 2; tries++) {
                                        assertThatThrownBy(
                                                        () -> Child.start(sh(": >'" + trace + "'")))
                                                .isInstanceOf(CancelledException.class);
                                    }
                                }));
        Proc.awaitNoZombies();
        assertThat(trace).doesNotExist();
    }

    @BothCarriers
    void childThatEndsWhileWeWrite_isAnErrorNotASignal(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    try (Child child = Child.start(sh("exec 0<&-; echo closed; exec sleep 1000"))) {
                        assertThat(child.stdout().readLine()).isEqualTo("closed");
                        assertThatThrownBy(() -> child.stdin().write(new byte[1 << 20]))
                                .isInstanceOf(IOException.class)
                                .hasMessageContaining("EPIPE");
                    }
                });
    }
}
