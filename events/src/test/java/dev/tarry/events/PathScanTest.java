package dev.tarry.events;

import static dev.tarry.events.PathChange.Kind.CREATED;
import static dev.tarry.events.PathChange.Kind.DELETED;
import static dev.tarry.events.PathChange.Kind.MODIFIED;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Changes of paths where there is no inotify. */
@Timeout(60)
class PathScanTest {
    private TestLoop loop;

    @TempDir private Path dir;

    @BeforeEach
    void withoutInotify() {
        System.setProperty("tarry.inotify", "false");
        System.setProperty("tarry.pathScanMillis", "5");
        loop = new TestLoop(PollPoller.open());
    }

    @AfterEach
    void close() {
        loop.close();
        System.clearProperty("tarry.inotify");
        System.clearProperty("tarry.pathScanMillis");
    }

    private PathWatch watch(Path path) throws IOException {
        return PathWatch.open(loop.reactor, path);
    }

    private PathChange next(PathWatch watch) {
        return loop.await(watch.changed()).get();
    }

    @Test
    void entryThatComesChangesAndGoes_isTold() throws IOException {
        Path file = dir.resolve("file");
        try (PathWatch watch = watch(dir)) {
            Files.createFile(file);
            assertThat(next(watch)).isEqualTo(new PathChange(CREATED, file));
            Files.writeString(file, "text");
            assertThat(next(watch)).isEqualTo(new PathChange(MODIFIED, file));
            Files.delete(file);
            assertThat(next(watch)).isEqualTo(new PathChange(DELETED, file));
        }
    }

    @Test
    void watchedFile_tellsOfItself() throws IOException {
        Path file = Files.createFile(dir.resolve("file"));
        try (PathWatch watch = watch(file)) {
            Files.writeString(file, "text");
            assertThat(next(watch)).isEqualTo(new PathChange(MODIFIED, file));
            Files.delete(file);
            assertThat(next(watch)).isEqualTo(new PathChange(DELETED, file));
            Files.createFile(file);
            assertThat(next(watch)).isEqualTo(new PathChange(CREATED, file));
        }
    }

    @Test
    void twoWatchesOfOnePath_areBothTold() throws IOException {
        try (PathWatch first = watch(dir);
                PathWatch second = watch(dir)) {
            Path made = Files.createDirectory(dir.resolve("made"));
            assertThat(next(first)).isEqualTo(new PathChange(CREATED, made));
            assertThat(next(second)).isEqualTo(new PathChange(CREATED, made));
        }
    }

    @Test
    void missingPath_isRefusedAtOnce() {
        assertThatThrownBy(() -> watch(dir.resolve("nothing")))
                .isInstanceOf(ErrnoException.class)
                .hasMessageContaining("nothing");
    }

    @Test
    void closedWatch_firesClosed() throws IOException {
        PathWatch watch = watch(dir);
        watch.close();
        assertThat(loop.await(watch.changed())).isInstanceOf(Outcome.Closed.class);
    }
}
