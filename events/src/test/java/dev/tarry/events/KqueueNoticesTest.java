package dev.tarry.events;

import static dev.tarry.events.PathChange.Kind.CREATED;
import static dev.tarry.events.PathChange.Kind.DELETED;
import static dev.tarry.events.PathChange.Kind.MODIFIED;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tarry.events.Poller.Subject;
import dev.tarry.events.libc.Libc;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;

/** What a kqueue tells of files and processes, without any other means: nothing else would. */
@Timeout(30)
class KqueueNoticesTest {
    private TestLoop loop;

    @TempDir private Path dir;

    @BeforeEach
    void open() {
        assumeTrue(Backend.KQUEUE.isAvailable(), "kqueue: not run here");
        System.setProperty("tarry.inotify", "false");
        System.setProperty("tarry.pathScanMillis", "3600000");
        System.setProperty("tarry.pidfd", "false");
        loop = new TestLoop(Backend.KQUEUE.open());
    }

    @AfterEach
    void close() {
        System.clearProperty("tarry.inotify");
        System.clearProperty("tarry.pathScanMillis");
        System.clearProperty("tarry.pidfd");
        if (loop != null) {
            loop.close();
        }
    }

    private PathChange next(PathWatch watch) {
        return loop.await(watch.changed()).get();
    }

    @Test
    void entriesOfADirectory() throws Exception {
        try (PathWatch watch = PathWatch.open(loop.reactor, dir)) {
            Path file = Files.createFile(dir.resolve("file"));
            assertThat(next(watch)).isEqualTo(new PathChange(CREATED, file));
            Files.delete(file);
            assertThat(next(watch)).isEqualTo(new PathChange(DELETED, file));
        }
    }

    @Test
    void fileThatIsWrittenAndDeleted() throws Exception {
        Path file = Files.createFile(dir.resolve("file"));
        try (PathWatch watch = PathWatch.open(loop.reactor, file)) {
            Files.writeString(file, "text");
            assertThat(next(watch)).isEqualTo(new PathChange(MODIFIED, file));
            Files.delete(file);
            assertThat(next(watch)).isEqualTo(new PathChange(DELETED, file));
        }
    }

    /** libkqueue has no status where the JDK's reaper was quicker; then the JDK tells it. */
    @Test
    void childThatIsKilled_isToldByOneOfTheTwo() throws Exception {
        Process child = new ProcessBuilder("cat").start();
        ProcessExit exit = ProcessExit.of(child);
        TestWaiter waiter = new TestWaiter(loop.reactor, exit);
        exit.arm(waiter);
        loop.turn(false);
        assertThat(waiter.wakes).as("it lives").isZero();
        child.destroyForcibly();
        while (waiter.wakes == 0) {
            loop.turn(true);
        }
        exit.disarm(waiter);
        assertThat(loop.await(exit).get())
                .isIn(new ExitStatus.Killed(Signal.of(9)), new ExitStatus.Exited(128 + 9));
    }

    @Test
    void processThatIsNot_isRefused() throws Exception {
        Process child = new ProcessBuilder("true").start();
        child.waitFor();
        try (Poller poller = Backend.KQUEUE.open()) {
            assertThat(poller.watch(Subject.PROCESS, (int) child.pid())).isEqualTo(-Libc.ESRCH);
            poller.unwatch(Subject.PROCESS, (int) child.pid());
            assertThat(poller.watch(Subject.FILE, -1)).isEqualTo(-Libc.EBADF);
        }
    }
}
