package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.events.EventFailedException;
import dev.tarry.events.ExitStatus;
import dev.tarry.events.Signal;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Child;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How children ended, to the last bit, and that nothing of them stays. */
@Timeout(120)
class ChildStatusTest {
    private static final int AT_ONCE = 16;

    static ProcessBuilder sh(String script) {
        return new ProcessBuilder("/bin/sh", "-c", script);
    }

    /** Runs all scripts, some at a time. */
    private static Map<String, ExitStatus> statusesOf(List<String> scripts) {
        Map<String, ExitStatus> statuses = new HashMap<>();
        Channel<String> work = Channel.rendezvous();
        Scope.run(
                scope -> {
                    for (int i = 0; i < AT_ONCE; i++) {
                        scope.spawn(
                                () -> {
                                    for (String script : work) {
                                        try (Child child = Child.start(sh("read go; " + script))) {
                                            child.stdin().writeLine("go");
                                            statuses.put(script, child.await());
                                        }
                                    }
                                });
                    }
                    for (String script : scripts) {
                        work.send(script);
                    }
                    work.close();
                });
        return statuses;
    }

    @BothCarriers
    void everyExitCode_isTold_andNothingStays(String carrier) {
        Map<String, ExitStatus> expected = new HashMap<>();
        for (int code = 0; code <= 255; code++) {
            expected.put("exit " + code, new ExitStatus.Exited(code));
        }
        for (Signal signal : List.of(Signal.KILL, Signal.TERM, Signal.HUP, Signal.of("ABRT"))) {
            expected.put("kill -" + signal + " $$", new ExitStatus.Killed(signal));
        }
        // What the JDK cannot tell apart.
        assertThat(expected)
                .containsEntry("exit 137", new ExitStatus.Exited(137))
                .containsEntry("kill -KILL $$", new ExitStatus.Killed(Signal.KILL));

        Runs.on(
                carrier,
                () -> {
                    statusesOf(List.of("exit 0", "exit 1")); // opens what stays open
                    var before = Proc.descriptors();
                    assertThat(statusesOf(List.copyOf(expected.keySet()))).isEqualTo(expected);
                    assertThat(Proc.descriptors()).hasSameSizeAs(before);
                });
        Proc.awaitNoZombies();
    }

    @BothCarriers
    void childThatEndsAtOnce_mayBeReapedBeforeWeLookAndIsToldAllTheSame(String carrier) {
        Runs.on(
                carrier,
                () ->
                        Scope.run(
                                scope -> {
                                    for (int task = 0; task < AT_ONCE; task++) {
                                        scope.spawn(ChildStatusTest::startShortLived);
                                    }
                                }));
        Proc.awaitNoZombies();
    }

    private static void startShortLived() throws IOException {
        for (int i = 0; i < 12; i++) {
            try (Child child = Child.start(sh("exit 3"))) {
                assertThat(child.await()).isEqualTo(new ExitStatus.Exited(3));
            }
        }
    }

    @BothCarriers
    void childOfOtherCode_isNotReapedByUs(String carrier) {
        Runs.on(
                carrier,
                () ->
                        Scope.run(
                                scope -> {
                                    for (int i = 0; i < 50; i++) {
                                        int code = i;
                                        scope.spawn(() -> bothLearn(code));
                                    }
                                }));
        Proc.awaitNoZombies();
    }

    private static void bothLearn(int code) throws Exception {
        Process process = Tarry.blocking(() -> sh("exit " + code).start());
        var theirs = new int[1];
        Thread other =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    try {
                                        theirs[0] = process.waitFor();
                                    } catch (InterruptedException e) {
                                        throw new AssertionError(e);
                                    }
                                });
        assertThat(Tarry.await(Events.exit(process))).isEqualTo(new ExitStatus.Exited(code));
        Tarry.await(Events.end(other));
        assertThat(theirs[0]).isEqualTo(code);
        assertThat(process.exitValue()).isEqualTo(code);
    }

    @BothCarriers
    void manyWaitersForOneChild_allAreTold(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    try (Child child = Child.start(sh("read line; exit 9"))) {
                        Scope.run(
                                scope -> {
                                    for (int i = 0; i < 20; i++) {
                                        scope.spawn(
                                                () ->
                                                        assertThat(child.await())
                                                                .isEqualTo(
                                                                        new ExitStatus.Exited(9)));
                                    }
                                    Tarry.yieldNow();
                                    child.stdin().writeLine("go");
                                });
                        assertThat(child.await())
                                .as("and again")
                                .isEqualTo(new ExitStatus.Exited(9));
                    }
                });
    }

    @BothCarriers
    void grandchild_isSomebodyElsesAndItsEndIsSeen(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    // It lives until its input ends; who started it is alive, too, and reaps it.
                    try (Child child =
                            Child.start(sh("exec 3<&0; cat <&3 >/dev/null & echo $!; wait"))) {
                        long pid = Long.parseLong(child.stdout().readLine());
                        var exit = Events.exit(pid);
                        assertThat(Tarry.await(exit, java.time.Duration.ZERO)).isEmpty();
                        child.stdin().close();
                        assertThat(Tarry.await(exit))
                                .isIn(new ExitStatus.Unknown(), new ExitStatus.Exited(0));
                    }
                });
    }

    @BothCarriers
    void processThatIsNotThere_failsByPid(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    Process gone = Tarry.blocking(() -> sh("exit 0").start());
                    Tarry.blocking(gone::waitFor);
                    assertThatThrownBy(() -> Tarry.await(Events.exit(gone.pid())))
                            .isInstanceOf(EventFailedException.class)
                            .hasRootCauseInstanceOf(IOException.class)
                            .hasMessageContaining("pid " + gone.pid())
                            .hasMessageContaining("ESRCH");
                    assertThat(Tarry.await(Events.exit(gone)))
                            .as("the JDK knows its own child")
                            .isEqualTo(new ExitStatus.Exited(0));
                });
    }

    @BothCarriers
    void childThatDoesNotObeyTerm_isKilledWhenItsTimeIsOver(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    Child child =
                            Child.start(sh("trap '' TERM; echo deaf; while :; do read x; done"));
                    assertThat(child.stdout().readLine()).isEqualTo("deaf");
                    child.close(java.time.Duration.ofMillis(20));
                    assertThat(child.await()).isEqualTo(new ExitStatus.Killed(Signal.KILL));
                });
        Proc.awaitNoZombies();
    }

    @Test
    void pidThatIsNone_isRefused() {
        assertThatThrownBy(() -> Events.exit(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Events.exit(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}
