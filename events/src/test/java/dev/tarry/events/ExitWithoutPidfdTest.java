package dev.tarry.events;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;

/** {@link ProcessExit} where the system has no pidfds, with real processes. */
@Timeout(60)
class ExitWithoutPidfdTest {
    private static final String PIDFD = "tarry.pidfd";

    private final String before = System.getProperty(PIDFD);
    private final TestLoop loop = new TestLoop(Backend.choose().open());

    @BeforeEach
    void withoutPidfd() {
        System.setProperty(PIDFD, "false");
    }

    @AfterEach
    void restore() {
        loop.close();
        if (before == null) {
            System.clearProperty(PIDFD);
        } else {
            System.setProperty(PIDFD, before);
        }
    }

    /** A child that lives until its standard input ends. */
    private static Process waiting(String before) throws IOException {
        return new ProcessBuilder("sh", "-c", before + " read line; exit 3").start();
    }

    @Test
    void child_firesWithTheExitValueOfTheJdk_andKeepsIt() throws IOException {
        Process child = waiting("");
        ProcessExit exit = ProcessExit.of(child);
        assertThat(exit.poll(loop.reactor)).isNull();
        child.getOutputStream().close();
        assertThat(loop.await(exit)).isEqualTo(new Outcome.Value<>(new ExitStatus.Exited(3)));
        exit.close();
        assertThat(exit.poll(loop.reactor))
                .isEqualTo(new Outcome.Value<>(new ExitStatus.Exited(3)));
    }

    @Test
    void killedChild_mayHaveExitedForAllThatTheJdkSays() throws IOException {
        Process child = waiting("");
        ProcessExit exit = ProcessExit.of(child);
        child.destroyForcibly();
        assertThat(loop.await(exit))
                .isEqualTo(
                        new Outcome.Value<>(new ExitStatus.ExitedOrKilled(128 + 9, Signal.KILL)));
    }

    @Test
    void childThatWasReapedBefore_firesAtOnce() throws Exception {
        Process child = new ProcessBuilder("sh", "-c", "exit 5").start();
        child.waitFor();
        assertThat(loop.await(ProcessExit.of(child)))
                .isEqualTo(new Outcome.Value<>(new ExitStatus.Exited(5)));
    }

    @Test
    void severalEventsOfOneChild_allFire() throws IOException {
        Process child = waiting("");
        ProcessExit one = ProcessExit.of(child);
        ProcessExit two = ProcessExit.of(child);
        ProcessExit closed = ProcessExit.of(child);
        closed.close();
        child.getOutputStream().close();
        assertThat(loop.await(one).isValue()).isTrue();
        assertThat(loop.await(two).isValue()).isTrue();
        assertThat(loop.await(closed)).isInstanceOf(Outcome.Closed.class);
    }

    @Test
    void somebodyElsesChild_byPidAndByHandle_firesAsUnknown() throws IOException {
        Process parent = waiting("sleep 1000 & echo $!; wait;");
        long pid = Long.parseLong(parent.inputReader().readLine());
        ProcessHandle handle = ProcessHandle.of(pid).orElseThrow();
        ProcessExit byPid = ProcessExit.of(pid);
        ProcessExit byHandle = ProcessExit.of(handle);
        assertThat(byPid.poll(loop.reactor)).isNull();
        handle.destroyForcibly();
        assertThat(loop.await(byPid)).isEqualTo(new Outcome.Value<>(new ExitStatus.Unknown()));
        assertThat(loop.await(byHandle)).isEqualTo(new Outcome.Value<>(new ExitStatus.Unknown()));
        parent.getOutputStream().close();
    }

    @Test
    void processThatIsNotThere_isAFailure() throws Exception {
        Process child = new ProcessBuilder("true").start();
        child.waitFor();
        assertThat(loop.await(ProcessExit.of(child.pid())))
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed -> assertThat(failed.cause()).hasMessageContaining("ESRCH"));
    }

    @Test
    void thisProcess_canBeWaitedForInVain() {
        ProcessExit exit = ProcessExit.of(ProcessHandle.current().pid());
        assertThat(exit.poll(loop.reactor)).isNull();
        assertThat(ProcessExit.of(ProcessHandle.current()).poll(loop.reactor)).isNull();
    }

    @Test
    void close_wakesWhoWaits_andLeavesTheProcessAlone() throws Exception {
        Process child = waiting("");
        ProcessExit exit = ProcessExit.of(child);
        Thread closer = Thread.ofPlatform().start(exit::close);
        assertThat(loop.await(exit)).isInstanceOf(Outcome.Closed.class);
        closer.join();
        assertThat(child.isAlive()).isTrue();
        child.getOutputStream().close();
        assertThat(loop.await(ProcessExit.of(child)).isValue()).isTrue();
    }
}
