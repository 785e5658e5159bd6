package dev.tarry.integration;

import static dev.tarry.integration.ChildStatusTest.sh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.events.ExitStatus;
import dev.tarry.events.Signal;
import dev.tarry.runtime.Child;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.Task;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Children that we start ourselves: their ends are exact, and nothing of them or of ours stays. */
@Timeout(120)
class ChildReapingTest {
    private static final int AT_ONCE = 50;
    private static final ExitStatus KILLED = new ExitStatus.Killed(Signal.KILL);

    @BothCarriers
    void childrenThatKillThemselvesAtOnce_areAllToldExactly(String carrier) {
        List<ExitStatus> statuses = new ArrayList<>();
        Runs.on(
                carrier,
                () ->
                        Scope.run(
                                scope -> {
                                    for (int i = 0; i < AT_ONCE; i++) {
                                        scope.spawn(
                                                () -> {
                                                    for (int k = 0; k < 4; k++) {
                                                        statuses.add(statusOf("kill -9 $$"));
                                                    }
                                                });
                                    }
                                }));
        assertThat(statuses).hasSize(4 * AT_ONCE).containsOnly(KILLED);
        Proc.awaitNoZombies();
    }

    private static ExitStatus statusOf(String script) throws IOException {
        try (Child child = Child.start(sh(script))) {
            return child.await();
        }
    }

    @BothCarriers
    void descriptorsThatAnyProgramWouldInherit_areNotInherited(String carrier) throws IOException {
        List<FileInputStream> open = new ArrayList<>();
        try {
            for (int i = 0; i < 500; i++) {
                open.add(new FileInputStream("/dev/null"));
            }
            assertThat(inheritable()).as("descriptors without close-on-exec").isGreaterThan(500);
            Runs.on(
                    carrier,
                    () -> {
                        try (Child child = Child.start(new ProcessBuilder("cat"))) {
                            child.stdin().writeLine("it runs");
                            assertThat(child.stdout().readLine()).isEqualTo("it runs");
                            assertThat(new java.io.File("/proc/" + child.pid() + "/fd").list())
                                    .containsExactlyInAnyOrder("0", "1", "2");
                        }
                    });
        } finally {
            for (FileInputStream stream : open) {
                stream.close();
            }
        }
    }

    private static int inheritable() throws IOException {
        int count = 0;
        for (int fd : Proc.descriptors().keySet()) {
            try {
                for (String line : Files.readAllLines(Path.of("/proc/self/fdinfo/" + fd))) {
                    // flags: octal, with O_CLOEXEC as 02000000
                    if (line.startsWith("flags:")
                            && (Long.parseLong(line.substring(6).trim(), 8) & 02000000) == 0) {
                        count++;
                    }
                }
            } catch (IOException e) {
                // closed meanwhile
            }
        }
        return count;
    }

    @BothCarriers
    void childThatNobodyWaitsFor_isReaped_andItsDescriptorIsClosed(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    for (int i = 0; i < 20; i++) {
                        Child forgotten = Child.start(sh("exit 0"));
                        forgotten.stdin().close();
                        forgotten.stdout().close();
                        forgotten.stderr().close();
                    }
                    Proc.awaitNoZombies(); // blocks the loop: it is not the one who reaps
                });
        awaitNoPidfds();
    }

    /** The one who reaps closes a moment later; should it not, the time of this test is over. */
    private static void awaitNoPidfds() {
        while (pidfds() > 0) {
            assertThat(Thread.interrupted()).as("time is over, and pidfds are open").isFalse();
            Thread.yield();
        }
    }

    private static long pidfds() {
        return Proc.descriptors().values().stream().filter(d -> d.contains("pidfd")).count();
    }

    @BothCarriers
    void childThatOutlivesItsScheduler_isReaped(String carrier) throws IOException {
        Child[] started = new Child[1];
        Runs.on(carrier, () -> started[0] = Child.start(sh("read line; exit 4")));
        Child child = started[0];
        assertThat(child.isAlive()).isTrue();
        child.stdin().close(); // the end of its input
        Proc.awaitNoZombies();
        while (child.isAlive()) {
            Thread.yield();
        }
        Runs.on(
                carrier,
                () -> assertThat(child.await()).as("later").isEqualTo(new ExitStatus.Exited(4)));
        awaitNoPidfds();
    }

    @BothCarriers
    void tasksOfTwoSchedulers_learnTheSame(String carrier) throws InterruptedException {
        List<ExitStatus> elsewhere = new ArrayList<>();
        Runs.on(
                carrier,
                () -> {
                    try (Child child = Child.start(sh("read line; exit 7"))) {
                        Thread other =
                                Thread.ofPlatform()
                                        .start(
                                                () ->
                                                        Runs.on(
                                                                carrier,
                                                                () ->
                                                                        elsewhere.add(
                                                                                child.await())));
                        child.stdin().writeLine("go");
                        assertThat(child.await()).isEqualTo(new ExitStatus.Exited(7));
                        Tarry.await(Events.end(other));
                    }
                });
        assertThat(elsewhere).containsExactly(new ExitStatus.Exited(7));
    }

    /** A wait that only looks finds what has happened, also if the reaper has not come yet. */
    @BothCarriers
    void childThatHasEnded_isFoundByALook(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    for (int i = 0; i < 30; i++) {
                        try (Child child = Child.start(sh("read line"))) {
                            assertThat(Tarry.await(child.exit(), Duration.ZERO)).isEmpty();
                            child.kill();
                            String state;
                            do {
                                String[] stat = Proc.stat(child.pid());
                                state = stat.length == 0 ? "reaped" : stat[0];
                            } while (!state.equals("Z") && !state.equals("reaped"));
                            assertThat(Tarry.await(child.exit(), Duration.ZERO)).contains(KILLED);
                        }
                    }
                });
    }

    @BothCarriers
    void cancelledTasks_leaveNoChild(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    List<Task<?>> tasks = new ArrayList<>();
                    for (int i = 0; i < 20; i++) {
                        tasks.add(Tarry.spawn(() -> statusOf("exec sleep 1000")));
                    }
                    for (int i = 0; i < tasks.size(); i++) {
                        if (i % 3 == 0) {
                            Tarry.yieldNow();
                        }
                        tasks.get(i).cancel();
                    }
                    for (Task<?> task : tasks) {
                        Tarry.wait(task.done());
                    }
                });
        Proc.awaitNoZombies();
        awaitNoPidfds();
        assertThat(ProcessHandle.current().children()).isEmpty();
    }

    /** The JDK reaps its own; nobody's status is taken by another. */
    @BothCarriers
    void childrenOfOtherCode_areUntouched(String carrier) {
        Runs.on(
                carrier,
                () ->
                        Scope.run(
                                scope -> {
                                    for (int i = 0; i < 30; i++) {
                                        int code = i;
                                        scope.spawn(
                                                () ->
                                                        assertThat(statusOf("exit " + code))
                                                                .isEqualTo(
                                                                        new ExitStatus.Exited(
                                                                                code)));
                                        scope.spawn(
                                                () -> {
                                                    Process theirs =
                                                            Tarry.blocking(
                                                                    () ->
                                                                            sh("exit " + code)
                                                                                    .start());
                                                    int value = Tarry.blocking(theirs::waitFor);
                                                    assertThat(value).isEqualTo(code);
                                                });
                                    }
                                }));
        Proc.awaitNoZombies();
    }

    // ---- what a JVM may have been started with

    private static List<String> inJvm(List<String> before, List<String> options, String what)
            throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(ChildJvm.FLAGS);
        all.addAll(options);
        List<String> command = new ArrayList<>(before);
        command.addAll(ChildJvm.command(all, ChildProgram.class, what));
        ChildJvm.Result result = ChildJvm.run(command);
        assertThat(result.exit()).as(result.err()).isZero();
        return result.out().lines().toList();
    }

    private static List<String> lacking(String call, String how) {
        return List.of(
                "-Dtarry.libc=" + LackingLibc.class.getName(),
                "-Dlacking=" + call,
                "-Dlacking.how=" + how);
    }

    @Test
    void signalsThatAreBlockedOrIgnoredHere_areNotInTheChild() throws Exception {
        assertThat(
                        inJvm(
                                List.of("env", "--block-signal=USR1", "--ignore-signal=HUP"),
                                List.of(),
                                "signals"))
                .containsExactly("SigBlk:\t0000000000000000", "SigIgn:\t0000000000000000");
    }

    @Test
    void variableThatIsNoText_isPassedOnAsItCame() throws Exception {
        String octal = "gr\\303\\274\\303\\237e";
        String start = "WORD=$(printf '" + octal + "') LC_ALL=C exec \"$@\"";
        assertThat(
                        inJvm(
                                List.of("sh", "-c", start, "sh"),
                                List.of("-Dstdout.encoding=UTF-8"),
                                "environment"))
                .contains("WORD=gr\u00fc\u00dfe", "LC_ALL=C");
    }

    @Test
    void scriptThatNamesNoInterpreter_isLookedUpInThePath(@TempDir Path folder) throws Exception {
        Path script = Files.writeString(folder.resolve("a-script-of-ours"), "echo $0\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        String path = "PATH=/nowhere:" + folder + ":" + System.getenv("PATH");
        assertThat(inJvm(List.of("env", path), List.of(), "script"))
                .containsExactly(script.toString());
    }

    @Test
    void endsOfChildrenIgnoredByWhoStartedUs_areToldAllTheSame() throws Exception {
        assertThat(inJvm(List.of("env", "--ignore-signal=CHLD"), List.of(), "ignored"))
                .containsOnly("Exited[code=137]", "Killed[signal=KILL]", "SIGCHLD is kept");
    }

    @Test
    void jvmWithoutStandardStreams_givesPipesToItsChildren() throws Exception {
        List<String> command = ChildJvm.command(ChildJvm.FLAGS, ChildProgram.class, "closed");
        assertThat(ChildJvm.run(command).err().lines()).containsExactly("hello", "Exited[code=0]");
    }

    @ParameterizedTest
    @CsvSource({
        "posix_spawn_file_actions_addclosefrom_np, MISSING",
        "posix_spawnp, EPERM",
        "posix_spawnp, ENOSYS",
        "pidfd_open, EPERM",
        "pidfd_open, ENOSYS"
    })
    void systemThatLacksWhatItTakes_leavesItToTheJdk_whichCannotTellAll(String call, String how)
            throws Exception {
        assertThat(inJvm(List.of(), lacking(call, how), "status"))
                .hasSize(20)
                .isSubsetOf(
                        "Exited[code=137]",
                        "ExitedOrKilled[code=137, signal=KILL]",
                        "Killed[signal=KILL]");
    }

    /** glibc before 2.36 has no functions for them; the kernel knows them all the same. */
    @ParameterizedTest
    @ValueSource(strings = {"status", "kill"})
    void libcWithoutFunctionsForPidfds_isNoLoss(String what) throws Exception {
        assertThat(inJvm(List.of(), lacking("pidfd_.*", "MISSING"), what))
                .isSubsetOf("Exited[code=137]", "Killed[signal=KILL]")
                .contains("Killed[signal=KILL]");
    }
}
