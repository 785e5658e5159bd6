package dev.tarry.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.events.Poller.Subject;
import dev.tarry.events.libc.Libc;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a poller tells besides the readiness of descriptors, and who hears it. */
@Timeout(30)
class NoticesTest {
    private final ScriptedPoller poller = new ScriptedPoller();
    private final TestLoop loop = new TestLoop(poller);
    private final Notices notices = loop.reactor.notices();
    private final List<String> heard = new ArrayList<>();
    private final Notices.Listener a = detail -> heard.add("a " + detail);
    private final Notices.Listener b = detail -> heard.add("b " + detail);

    private @Nullable Process child;

    @TempDir private Path dir;

    @AfterEach
    void close() throws InterruptedException {
        if (child != null) {
            child.destroyForcibly().waitFor();
        }
        loop.close();
        System.clearProperty("tarry.inotify");
        System.clearProperty("tarry.pathScanMillis");
        System.clearProperty("tarry.pidfd");
    }

    private void tell(Subject subject, int ident, long detail) {
        poller.willTell(subject, ident, detail);
        loop.turn(false);
    }

    /** The end of a child that lives as long as the test. */
    private ProcessExit exitOf(Process started) {
        System.setProperty("tarry.pidfd", "false");
        child = started;
        return ProcessExit.of(started);
    }

    @Test
    void severalListeners_areOneWatchAndAllHear() {
        assertThat(notices.add(Subject.FILE, 7, a)).isTrue();
        assertThat(notices.add(Subject.FILE, 7, b)).isTrue();
        tell(Subject.FILE, 7, 1);
        tell(Subject.FILE, 8, 2);
        tell(Subject.PROCESS, 7, 3);
        assertThat(heard).containsExactly("a 1", "b 1");
        notices.remove(Subject.FILE, 7, a);
        tell(Subject.FILE, 7, 4);
        notices.remove(Subject.FILE, 7, b);
        notices.remove(Subject.FILE, 7, b);
        tell(Subject.FILE, 7, 5);
        assertThat(heard).containsExactly("a 1", "b 1", "b 4");
        assertThat(poller.calls).containsExactly("watch FILE", "unwatch FILE");
    }

    @Test
    void processEndsOnce_andItsPidIsNobodysThen() {
        notices.add(Subject.PROCESS, 7, a);
        tell(Subject.PROCESS, 7, 1);
        tell(Subject.PROCESS, 7, 2);
        assertThat(heard).containsExactly("a 1");
        notices.remove(Subject.PROCESS, 7, a);
        notices.add(Subject.PROCESS, 7, a);
        assertThat(poller.calls).containsExactly("watch PROCESS", "watch PROCESS");
    }

    @Test
    void refused_isNotHeard() {
        poller.answer = -Libc.EOPNOTSUPP;
        assertThat(notices.add(Subject.FILE, 7, a)).isFalse();
        tell(Subject.FILE, 7, 1);
        assertThat(heard).isEmpty();
        notices.remove(Subject.FILE, 7, a);
        assertThat(poller.calls).containsExactly("watch FILE");
    }

    @Test
    void exitToldByThePoller_isExact_andTheJdkIsNotWaitedFor() throws Exception {
        Process cat = new ProcessBuilder("cat").start();
        ProcessExit exit = exitOf(cat);
        TestWaiter waiter = new TestWaiter(loop.reactor, exit);
        exit.arm(waiter);
        int killed = 9;
        tell(Subject.PROCESS, (int) cat.pid(), killed);
        assertThat(waiter.wakes).isPositive();
        exit.disarm(waiter);
        assertThat(loop.await(exit).get()).isEqualTo(new ExitStatus.Killed(Signal.of(killed)));
    }

    @Test
    void waitForAnExitThatIsOver_leavesNoWatch() throws Exception {
        ProcessExit exit = exitOf(new ProcessBuilder("cat").start());
        for (int i = 0; i < 2; i++) {
            TestWaiter waiter = new TestWaiter(loop.reactor, exit);
            exit.arm(waiter);
            exit.disarm(waiter);
        }
        assertThat(poller.calls)
                .containsExactly(
                        "watch PROCESS", "unwatch PROCESS", "watch PROCESS", "unwatch PROCESS");
    }

    @Test
    void fileToldByThePoller_isLookedAtNow() throws IOException {
        System.setProperty("tarry.inotify", "false");
        System.setProperty("tarry.pathScanMillis", "3600000");
        try (PathWatch watch = PathWatch.open(loop.reactor, dir)) {
            int file = (int) poller.lastToken;
            Path made = Files.createFile(dir.resolve("made"));
            poller.willTell(Subject.FILE, file, 0);
            poller.willTell(Subject.FILE, file, 0); // looks once more, and finds nothing new
            assertThat(loop.await(watch.changed()).get())
                    .isEqualTo(new PathChange(PathChange.Kind.CREATED, made));
        }
        assertThat(poller.calls).containsExactly("watch FILE", "unwatch FILE");
    }
}
