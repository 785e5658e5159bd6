package dev.tarry.events;

import static dev.tarry.events.PathChange.Kind.CREATED;
import static dev.tarry.events.PathChange.Kind.DELETED;
import static dev.tarry.events.PathChange.Kind.MODIFIED;
import static dev.tarry.events.PathChange.Kind.OVERFLOW;
import static dev.tarry.events.PathChange.Kind.WRITTEN;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the kernel says about paths, and what becomes of it. */
@Timeout(60)
class InotifyTest {
    private final TestLoop loop = new TestLoop(EpollPoller.open());

    @TempDir private Path dir;

    @AfterEach
    void close() {
        loop.close();
    }

    private PathWatch watch(Path path) throws IOException {
        return PathWatch.open(loop.reactor, path);
    }

    private PathChange next(PathWatch watch) {
        return loop.await(watch.changed()).get();
    }

    private List<PathChange> until(PathWatch watch, PathChange last) {
        List<PathChange> all = new ArrayList<>();
        do {
            all.add(next(watch));
        } while (!all.getLast().equals(last));
        return all;
    }

    @Test
    void namesOfAllLengths_comeWholeAndInOrder() throws IOException {
        try (PathWatch watch = watch(dir)) {
            List<PathChange> expected = new ArrayList<>();
            for (int length = 1; length <= 255; length++) {
                Path made = Files.createDirectory(dir.resolve("x".repeat(length)));
                expected.add(new PathChange(CREATED, made));
            }
            List<PathChange> told = new ArrayList<>();
            while (told.size() < expected.size()) {
                told.add(next(watch));
            }
            assertThat(told).isEqualTo(expected);
        }
    }

    @Test
    void nameBeyondAscii_isDecoded() throws IOException {
        try (PathWatch watch = watch(dir)) {
            Path made = Files.createDirectory(dir.resolve("\u00fcml\u00e4ut-\u2603"));
            assertThat(next(watch)).isEqualTo(new PathChange(CREATED, made));
        }
    }

    @Test
    void writingAFile_tellsModifiedThenWritten() throws IOException {
        Path file = Files.createFile(dir.resolve("file"));
        try (PathWatch watch = watch(file)) {
            Files.writeString(file, "text");
            assertThat(until(watch, new PathChange(WRITTEN, file)))
                    .contains(new PathChange(MODIFIED, file));
        }
    }

    @Test
    void rename_isDeletedHereAndCreatedThere() throws IOException {
        Path from = Files.createFile(dir.resolve("from"));
        try (PathWatch watch = watch(dir)) {
            Path to = Files.move(from, dir.resolve("to"));
            assertThat(next(watch)).isEqualTo(new PathChange(DELETED, from));
            assertThat(next(watch)).isEqualTo(new PathChange(CREATED, to));
        }
    }

    @Test
    void watchedFileIsDeleted_tellsAndTheWatchCanBeClosed() throws IOException {
        Path file = Files.createFile(dir.resolve("file"));
        try (PathWatch watch = watch(file)) {
            Files.delete(file);
            until(watch, new PathChange(DELETED, file));
        }
        assertThat(loop.reactor.registrations()).isZero();
    }

    @Test
    void twoWatchesOfOnePath_bothHearAndOneClosesAlone() throws IOException {
        try (PathWatch a = watch(dir)) {
            PathWatch b = watch(dir.resolve(".")); // the same directory, and the same descriptor
            Path first = Files.createDirectory(dir.resolve("first"));
            assertThat(next(a).path()).isEqualTo(first);
            assertThat(next(b).path()).isEqualTo(dir.resolve(".").resolve("first"));
            b.close();
            Path second = Files.createDirectory(dir.resolve("second"));
            assertThat(next(a).path()).isEqualTo(second);
            assertThat(loop.poll(b.changed())).isInstanceOf(Outcome.Closed.class);
        }
    }

    @Test
    void moreChangesThanAreKept_endInOneOverflowAndThenGoOn() throws IOException {
        int kept = 4096;
        try (PathWatch watch = watch(dir)) {
            for (int i = 0; i < 3_000; i++) {
                Path made = Files.createDirectory(dir.resolve("d" + i));
                Files.delete(made);
                loop.turn(false);
            }
            for (int i = 0; i < kept; i++) {
                assertThat(next(watch).kind()).isNotEqualTo(OVERFLOW);
            }
            assertThat(next(watch)).isEqualTo(new PathChange(OVERFLOW, dir));
            assertThat(loop.poll(watch.changed())).isNull();
            Path after = Files.createDirectory(dir.resolve("after"));
            assertThat(next(watch)).isEqualTo(new PathChange(CREATED, after));
        }
    }

    @Test
    void kernelQueueOverflows_isTold() throws IOException {
        int most =
                Integer.parseInt(
                        Files.readAllLines(Path.of("/proc/sys/fs/inotify/max_queued_events"))
                                .getFirst());
        try (PathWatch watch = watch(dir);
                PathWatch quiet = watch(Files.createDirectory(dir.resolve("quiet")))) {
            for (int i = 0; i < most / 2 + 10; i++) {
                Files.delete(Files.createDirectory(dir.resolve("d")));
            }
            // Nothing has happened to this one, but nobody can know.
            assertThat(next(quiet)).isEqualTo(new PathChange(OVERFLOW, quiet.path()));
            assertThat(next(watch).kind()).isNotEqualTo(OVERFLOW);
        }
    }

    @Test
    void missingPath_failsByNameAndLeavesNothing() {
        Path missing = dir.resolve("missing");
        assertThatThrownBy(() -> watch(missing))
                .isInstanceOf(ErrnoException.class)
                .hasMessageContaining("inotify_add_watch")
                .hasMessageContaining(missing.toString())
                .hasMessageContaining("ENOENT");
        assertThat(loop.reactor.registrations()).isZero();
    }

    @Test
    void lastWatchCloses_givesTheInstanceBackAndANewOneWorks() throws IOException {
        watch(dir).close();
        assertThat(loop.reactor.registrations()).isZero();
        try (PathWatch again = watch(dir)) {
            Path made = Files.createDirectory(dir.resolve("made"));
            assertThat(next(again)).isEqualTo(new PathChange(CREATED, made));
        }
    }
}
