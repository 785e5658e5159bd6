package dev.tarry.events;

import static dev.tarry.events.PathChange.Kind.CREATED;
import static dev.tarry.events.PathChange.Kind.DELETED;
import static dev.tarry.events.PathChange.Kind.MODIFIED;
import static dev.tarry.events.PathChange.Kind.WRITTEN;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.APPEND;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A watch goes with the path, whoever has it: told by inotify, and by comparison. */
@Timeout(60)
class PathFollowTest {
    private TestLoop loop;

    @TempDir private Path dir;
    private Path file;

    @BeforeEach
    void open() throws IOException {
        System.setProperty("tarry.pathScanMillis", "5");
        dir = dir.toRealPath();
        file = Files.writeString(Files.createDirectories(dir.resolve("a/b")).resolve("log"), "1");
    }

    @AfterEach
    void close() {
        loop.close();
        System.clearProperty("tarry.inotify");
        System.clearProperty("tarry.pathScanMillis");
    }

    private PathWatch watch(String inotify, Path path) throws IOException {
        System.setProperty("tarry.inotify", inotify);
        loop = new TestLoop(Backend.choose().open());
        return PathWatch.open(loop.reactor, path);
    }

    /** What is told up to the change that is waited for. */
    private List<PathChange.Kind> until(PathWatch watch, PathChange.Kind last, Path path) {
        List<PathChange.Kind> kinds = new ArrayList<>();
        PathChange change;
        do {
            change = loop.await(watch.changed()).get();
            assertThat(change.path())
                    .satisfiesAnyOf(
                            p -> assertThat(p).isEqualTo(watch.path()),
                            p -> assertThat(p.getParent()).isEqualTo(watch.path()));
            kinds.add(change.kind());
        } while (!change.equals(new PathChange(last, path)));
        return kinds;
    }

    @ParameterizedTest(name = "inotify {0}")
    @ValueSource(strings = {"true", "false"})
    void deletedAndMadeAgain(String inotify) throws IOException {
        try (PathWatch watch = watch(inotify, file)) {
            for (int i = 0; i < 3; i++) {
                Files.delete(file);
                until(watch, DELETED, file);
                Files.writeString(file, "a new one");
                until(watch, CREATED, file);
                Files.writeString(file, "more of it", APPEND);
                until(watch, MODIFIED, file);
            }
        }
    }

    @ParameterizedTest(name = "inotify {0}")
    @ValueSource(strings = {"true", "false"})
    void replacedByRename_asEditorsDo(String inotify) throws IOException {
        try (PathWatch watch = watch(inotify, file)) {
            for (int i = 0; i < 3; i++) {
                Path fresh = Files.writeString(dir.resolve("a/b/.log.swp"), "version " + i);
                Files.move(fresh, file, ATOMIC_MOVE);
                assertThat(until(watch, CREATED, file)).doesNotContain(DELETED);
                Files.writeString(file, "changed", APPEND);
                until(watch, MODIFIED, file);
            }
        }
    }

    @ParameterizedTest(name = "inotify {0}")
    @ValueSource(strings = {"true", "false"})
    void rotated_andTheOldOneIsWrittenOn(String inotify) throws IOException {
        try (PathWatch watch = watch(inotify, file);
                var writer = Files.newBufferedWriter(file)) {
            Path old = Files.move(file, dir.resolve("a/b/log.1"));
            until(watch, DELETED, file);
            writer.write("to the old one");
            writer.flush();
            Files.writeString(file, "the new one");
            assertThat(until(watch, CREATED, file)).containsExactly(CREATED);
            Files.writeString(old, "once more");
            Files.delete(file);
            assertThat(until(watch, DELETED, file)).doesNotContain(MODIFIED, WRITTEN);
        }
    }

    @ParameterizedTest(name = "inotify {0}")
    @ValueSource(strings = {"true", "false"})
    void directoryAbove_isRenamedAndComesBack(String inotify) throws IOException {
        try (PathWatch watch = watch(inotify, file)) {
            Files.move(dir.resolve("a"), dir.resolve("z"));
            until(watch, DELETED, file);
            Files.writeString(dir.resolve("z/b/log"), "not ours any more");
            Files.createDirectories(file.getParent());
            Files.writeString(file, "ours");
            assertThat(until(watch, CREATED, file)).doesNotContain(MODIFIED);
            Files.move(dir.resolve("a/b"), dir.resolve("a/c"));
            until(watch, DELETED, file);
            Files.move(dir.resolve("z/b"), dir.resolve("a/b"));
            until(watch, CREATED, file);
        }
    }

    @ParameterizedTest(name = "inotify {0}")
    @ValueSource(strings = {"true", "false"})
    void directoryItself_isReplacedByAnotherOne(String inotify) throws IOException {
        Path watched = dir.resolve("a/b");
        try (PathWatch watch = watch(inotify, watched)) {
            Files.createDirectories(dir.resolve("new"));
            Files.writeString(dir.resolve("new/log"), "the same name");
            Files.writeString(dir.resolve("new/other"), "another one");
            Files.move(watched, dir.resolve("old"));
            until(watch, DELETED, watched);
            Files.writeString(dir.resolve("old/log"), "not ours");
            Files.move(dir.resolve("new"), watched);
            until(watch, CREATED, watched);
            List<PathChange> found =
                    List.of(loop.await(watch.changed()).get(), loop.await(watch.changed()).get());
            assertThat(found)
                    .containsExactlyInAnyOrder(
                            new PathChange(CREATED, watched.resolve("log")),
                            new PathChange(CREATED, watched.resolve("other")));
            Files.delete(watched.resolve("other"));
            until(watch, DELETED, watched.resolve("other"));
        }
    }

    /** As Kubernetes swaps the settings of a container. */
    @ParameterizedTest(name = "inotify {0}")
    @ValueSource(strings = {"true", "false"})
    void symbolicLinkAbove_isSwapped(String inotify) throws IOException {
        Files.createDirectories(dir.resolve("c"));
        Files.writeString(dir.resolve("c/log"), "of another version");
        Files.createSymbolicLink(dir.resolve("data"), Path.of("a/b"));
        Files.createSymbolicLink(dir.resolve("settings"), Path.of("data/log"));
        Path settings = dir.resolve("settings");
        try (PathWatch watch = watch(inotify, settings)) {
            Path next = Files.createSymbolicLink(dir.resolve("next"), dir.resolve("c"));
            Files.move(next, dir.resolve("data"), ATOMIC_MOVE);
            until(watch, CREATED, settings);
            Files.writeString(dir.resolve("c/log"), "more", APPEND);
            until(watch, MODIFIED, settings);
            Files.delete(dir.resolve("data"));
            until(watch, DELETED, settings);
        }
    }

    @ParameterizedTest(name = "inotify {0}")
    @ValueSource(strings = {"true", "false"})
    void fileBecomesADirectory_andItsEntriesAreTold(String inotify) throws IOException {
        try (PathWatch watch = watch(inotify, file)) {
            Files.delete(file);
            until(watch, DELETED, file);
            Files.createDirectory(file);
            until(watch, CREATED, file);
            Path entry = Files.createFile(file.resolve("entry"));
            until(watch, CREATED, entry);
        }
    }

    @ParameterizedTest(name = "inotify {0}")
    @ValueSource(strings = {"true", "false"})
    void allIsRemovedAndMadeAgain(String inotify) throws IOException {
        try (PathWatch watch = watch(inotify, file)) {
            Files.delete(file);
            Files.delete(dir.resolve("a/b"));
            Files.delete(dir.resolve("a"));
            until(watch, DELETED, file);
            Files.createDirectories(file.getParent());
            Files.writeString(file, "again");
            until(watch, CREATED, file);
        }
        assertThat(loop.reactor.registrations()).isZero();
    }
}
