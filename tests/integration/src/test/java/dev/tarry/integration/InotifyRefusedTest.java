package dev.tarry.integration;

import static dev.tarry.events.PathChange.Kind.CREATED;
import static dev.tarry.events.PathChange.Kind.DELETED;
import static dev.tarry.events.PathChange.Kind.MODIFIED;
import static dev.tarry.events.PathChange.Kind.OVERFLOW;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.events.ClosedException;
import dev.tarry.events.PathChange;
import dev.tarry.events.PathWatch;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Tarry;

import jnr.constants.platform.Errno;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** Where inotify is forbidden, or has reached a limit, paths are watched all the same. */
@Timeout(90)
class InotifyRefusedTest {

    /** Arguments: the call and the error. */
    static final class Watcher {
        public static void main(String[] args) throws IOException {
            Path dir = Files.createTempDirectory("tarry").toRealPath();
            Path file = Files.writeString(dir.resolve("file"), "1");
            Path fresh = Files.writeString(dir.resolve("fresh"), "fresh");
            try {
                Tarry.run(
                        () -> {
                            refusedAtOnce(args[0], Errno.valueOf(args[1]), dir, file);
                            if (args[0].equals("inotify_add_watch")) {
                                refusedLater(Errno.valueOf(args[1]), file, fresh);
                            }
                        });
            } finally {
                Files.deleteIfExists(dir.resolve("made"));
                Files.deleteIfExists(fresh);
                Files.delete(file);
                Files.delete(dir);
            }
        }

        private static void refusedAtOnce(String call, Errno error, Path dir, Path file)
                throws IOException {
            ScriptedLibc.fail(call, error, Integer.MAX_VALUE);
            try (PathWatch inDirectory = Events.watch(dir);
                    PathWatch ofFile = Events.watch(file)) {
                Files.createDirectory(dir.resolve("made"));
                until(inDirectory, CREATED);
                Files.writeString(file, "23");
                until(ofFile, MODIFIED);
            }
            ScriptedLibc.succeed(call);
        }

        /** The limit is reached when what has replaced the file is to be watched. */
        private static void refusedLater(Errno error, Path file, Path fresh) throws IOException {
            try (PathWatch watch = Events.watch(file)) {
                Files.writeString(file, "345");
                until(watch, MODIFIED);
                ScriptedLibc.fail("inotify_add_watch", error, Integer.MAX_VALUE);
                Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
                until(watch, OVERFLOW);
                Files.writeString(file, "by comparison");
                until(watch, MODIFIED);
                Files.delete(file);
                until(watch, DELETED);
                Files.writeString(file, "and again");
                until(watch, CREATED);
            }
        }

        private static void until(PathWatch watch, PathChange.Kind kind) {
            PathChange change;
            do {
                change = Tarry.await(watch.changed());
            } while (change.kind() != kind);
            System.out.println(kind);
        }
    }

    @ParameterizedTest(name = "{0} {1}, {3}")
    @CsvSource({
        "inotify_init1, EPERM, EPERM, loop",
        "inotify_init1, ENOSYS, ENOSYS, handoff",
        "inotify_init1, EMFILE, fs.inotify.max_user_instances, loop",
        "inotify_add_watch, EPERM, EPERM, handoff",
        "inotify_add_watch, ENOSYS, ENOSYS, loop",
        "inotify_add_watch, ENOSPC, fs.inotify.max_user_watches, handoff",
    })
    void pathsAreComparedInstead_andTheLogSaysWhy(
            String call, String error, String why, String carrier) throws Exception {
        List<String> options = new ArrayList<>(ChildJvm.FLAGS);
        options.add(ScriptedLibc.OPTION);
        options.add("-Dtarry.carrier=" + carrier);
        options.add("-Dtarry.pathScanMillis=5");
        var result = ChildJvm.run(options, Watcher.class, call, error);
        assertThat(result.exit()).as(result.err()).isZero();
        assertThat(result.out())
                .isEqualTo(
                        call.equals("inotify_init1")
                                ? "CREATED\nMODIFIED\n"
                                : "CREATED\nMODIFIED\nMODIFIED\nOVERFLOW\nMODIFIED\nDELETED\n"
                                        + "CREATED\n");
        assertThat(result.err().lines().toList()).hasSize(2).last().asString().contains(call, why);
        assertThat(result.err()).doesNotContain("ulimit");
    }

    /** Below a directory that may be passed, and not read. */
    static final class Below {
        public static void main(String[] args) throws IOException {
            Path dir = Files.createTempDirectory("tarry").toRealPath();
            Path inner = Files.createDirectory(dir.resolve("inner"));
            Path file = Files.writeString(inner.resolve("file"), "1");
            Path moved = dir.resolve("moved");
            Tarry.run(
                    () -> {
                        ScriptedLibc.failFor(dir.toString(), "inotify_add_watch", Errno.EACCES);
                        try (PathWatch watch = Events.watch(file)) {
                            Files.delete(file);
                            Watcher.until(watch, DELETED);
                            Files.writeString(file, "2");
                            Watcher.until(watch, CREATED);
                            Files.move(inner, moved);
                            Watcher.until(watch, DELETED);
                            Tarry.await(watch.changed());
                        } catch (ClosedException e) {
                            System.out.println(e.getMessage().replace(file.toString(), "FILE"));
                        }
                    });
            Files.delete(moved.resolve("file"));
            Files.delete(moved);
            Files.delete(dir);
        }
    }

    @Test
    void nobodyWouldTellWhenItComesBack_endsAsClosed() throws Exception {
        List<String> options = new ArrayList<>(ChildJvm.FLAGS);
        options.add(ScriptedLibc.OPTION);
        var result = ChildJvm.run(options, Below.class);
        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .isEqualTo(
                        "DELETED\nCREATED\nDELETED\nchanges of FILE (nobody tells when it is there"
                                + " again: a directory above may not be read) is closed\n");
    }

    /** Without a descriptor for inotify. */
    static final class Poor {
        public static void main(String[] args) {
            Tarry.run(
                    () -> {
                        List<FileInputStream> open = new ArrayList<>();
                        try {
                            while (true) {
                                open.add(new FileInputStream("/dev/null"));
                            }
                        } catch (IOException e) {
                            System.out.println("full");
                        }
                        try (PathWatch watch = Events.watch(Path.of("/"))) {
                            System.out.println("watches " + watch);
                        } catch (IOException e) {
                            System.out.println(e.getMessage());
                        }
                        for (FileInputStream one : open) {
                            one.close();
                        }
                    });
        }
    }

    @Test
    void noDescriptorLeft_isSaidToBeThat(@TempDir Path jars) throws Exception {
        List<String> command =
                new ArrayList<>(List.of("/bin/sh", "-c", "ulimit -n 256; exec \"$@\"", "sh"));
        command.addAll(ChildJvm.command(ChildJvm.FLAGS, Poor.class));
        int classPath = command.indexOf("-cp") + 1;
        command.set(classPath, Jars.of(command.get(classPath), jars));
        var result = ChildJvm.run(command);
        assertThat(result.out()).startsWith("full\n").contains("EMFILE", "ulimit -n");
        assertThat(result.out()).doesNotContain("max_user_instances");
    }
}
