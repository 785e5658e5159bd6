package dev.tarry.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.events.libc.Libc;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** {@link SpawnedChild} and its {@link Reaper}, with real children. */
@Timeout(60)
class SpawnedChildTest {
    private final TestLoop loop = new TestLoop(Backend.choose().open());

    @AfterEach
    void close() {
        loop.close();
    }

    private static SpawnedChild start(String script) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder("sh", "-c", script)
                        .redirectInput(Redirect.from(new File("/dev/null")))
                        .redirectOutput(Redirect.DISCARD)
                        .redirectError(Redirect.DISCARD);
        return (SpawnedChild)
                ChildProcess.start(builder, new ChildProcess.Pipes(null, null, null), false);
    }

    /**
     * If the loop is quicker, the reaper may hear nothing, and must not keep the child for ever.
     */
    @Test
    void whoeverReapsFirst_nothingIsKept() throws IOException {
        for (int i = 0; i < 100; i++) {
            SpawnedChild child = start("exit 3");
            Outcome<ExitStatus> end;
            do {
                end = loop.poll(child.exit());
            } while (end == null);
            assertThat(end).isEqualTo(new Outcome.Value<>(new ExitStatus.Exited(3)));
            assertThat(Reaper.running().watches(child)).isFalse();
        }
    }

    @Test
    void reapedWhileALoopSleeps_wakesIt() throws IOException {
        List<SpawnedChild> children = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            children.add(start("exit " + i));
        }
        for (int i = 0; i < 20; i++) {
            assertThat(loop.await(children.get(i).exit()))
                    .isEqualTo(new Outcome.Value<>(new ExitStatus.Exited(i)));
        }
    }

    /** The JDK does the same when it is first asked for an environment, so nobody else sees it. */
    @Test
    void endsThatAreIgnored_areKeptFromNowOn() {
        long action = 1; // SIG_IGN, the first member of struct sigaction
        ByteBuffer sigaction = Libc.struct(152).putLong(0, action);
        int sigchld = Signal.CHLD.number();
        Libc.functions().sigaction(sigchld, Libc.address(sigaction), 0);
        Libc.keepChildren(sigchld);
        Libc.functions().sigaction(sigchld, 0, Libc.address(sigaction));
        assertThat(sigaction.getLong(0)).isZero();
    }

    @Test
    void signalToAChildThatHasEnded_reachesNobody() throws IOException {
        SpawnedChild child = start("exit 0");
        assertThat(loop.await(child.exit()).isValue()).isTrue();
        child.terminate();
        child.kill();
        assertThat(child.isAlive()).isFalse();
    }
}
