package dev.tarry.events;

import dev.tarry.events.Poller.Subject;
import dev.tarry.events.libc.Libc;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Changes of paths where the system does not tell what they are: once a second somebody looks, on a
 * thread that may block, and compares with what was there before; and at once where a kqueue tells
 * that the file, or the list of a directory's entries, is not what it was. What comes and goes in
 * between is not seen, nor is who has a file open: there is no {@link PathChange.Kind#WRITTEN}.
 */
final class PathScan implements PathSource {
    /** What tells one state of a file from another. */
    private record Stamp(Object key, long modified, long size, boolean directory) {
        static Stamp of(Path path) throws IOException {
            BasicFileAttributes found =
                    Files.readAttributes(
                            path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return new Stamp(
                    Objects.requireNonNullElse(found.fileKey(), path),
                    found.lastModifiedTime().to(TimeUnit.NANOSECONDS),
                    found.size(),
                    found.isDirectory());
        }
    }

    /** What was found at one look: the path itself under the empty name, and its entries. */
    private record Snapshot(Map<String, Stamp> stamps) {
        static Snapshot of(Path path) throws IOException {
            Map<String, Stamp> stamps = new HashMap<>();
            Stamp itself = Stamp.of(path.toRealPath());
            stamps.put("", itself);
            if (itself.directory) {
                try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
                    for (Path entry : entries) {
                        addIfThere(stamps, entry);
                    }
                }
            }
            return new Snapshot(stamps);
        }

        private static void addIfThere(Map<String, Stamp> stamps, Path entry) throws IOException {
            try {
                stamps.put(entry.getFileName().toString(), Stamp.of(entry));
            } catch (NoSuchFileException e) {
                // gone since the directory was listed
            }
        }

        boolean isDirectory() {
            Stamp itself = stamps.get("");
            return itself != null && itself.directory;
        }
    }

    /** One difference. */
    private record Difference(PathChange.Kind kind, String entry) {}

    private final Reactor reactor;
    private final Executor soon =
            CompletableFuture.delayedExecutor(
                    Long.getLong("tarry.pathScanMillis", 1000), TimeUnit.MILLISECONDS);
    private final Map<PathWatch, Watched> watches = new IdentityHashMap<>();

    PathScan(Reactor reactor) {
        this.reactor = reactor;
    }

    @Override
    public void add(Path path, PathWatch watch) throws IOException {
        Watched watched = new Watched(watch);
        try {
            watched.begin(path);
        } catch (NoSuchFileException e) {
            throw new ErrnoException("stat", path.toString(), Libc.ENOENT);
        }
        watches.put(watch, watched);
    }

    @Override
    public void remove(PathWatch watch) {
        Watched watched = watches.remove(watch);
        if (watched != null) {
            watched.stop();
        }
    }

    /** One path that is watched. Loop only, but for the look itself. */
    private final class Watched {
        private final PathWatch watch;
        private final Notices.Listener changed = detail -> look();
        private int file = -1; // opened for a poller that tells of changes; negative if none does
        private Snapshot last = new Snapshot(Map.of());
        private boolean stopped;
        private boolean looking;
        private boolean again; // who is looking may have been too early

        Watched(PathWatch watch) {
            this.watch = watch;
        }

        void begin(Path path) throws IOException {
            file = Libc.openToWatch(path.toString());
            if (file >= 0 && !reactor.notices().add(Subject.FILE, file, changed)) {
                Libc.close(file);
                file = -1;
            }
            try {
                last = Snapshot.of(path); // after that, so that no change is between the two
            } catch (IOException e) {
                stop();
                throw e;
            }
            lookSoon();
        }

        void stop() {
            stopped = true;
            if (file >= 0) {
                reactor.notices().remove(Subject.FILE, file, changed);
                Libc.close(file);
                file = -1;
            }
        }

        private void lookSoon() {
            soon.execute(
                    () -> {
                        var unused = reactor.post(this::lookAndGoOn);
                    });
        }

        private void lookAndGoOn() {
            if (!stopped) {
                look();
                lookSoon();
            }
        }

        private void look() {
            if (looking) {
                again = true;
                return;
            }
            looking = true;
            var unused =
                    CompletableFuture.supplyAsync(() -> PathScan.look(watch.path()))
                            .thenAccept(now -> reactor.post(() -> tell(now)));
        }

        private void tell(Snapshot now) {
            looking = false;
            if (stopped) {
                return;
            }
            for (Difference difference : differences(last, now)) {
                watch.tell(difference.kind, difference.entry.isEmpty() ? null : difference.entry);
            }
            last = now;
            if (again) {
                again = false;
                look();
            }
        }
    }

    private static Snapshot look(Path path) {
        try {
            return Snapshot.of(path);
        } catch (IOException | DirectoryIteratorException e) {
            return new Snapshot(Map.of()); // gone, or not ours to see any more
        }
    }

    private static List<Difference> differences(Snapshot before, Snapshot now) {
        List<Difference> found = new ArrayList<>();
        now.stamps.forEach(
                (name, stamp) -> {
                    Stamp old = before.stamps.get(name);
                    if (old == null || !old.key.equals(stamp.key)) {
                        found.add(new Difference(PathChange.Kind.CREATED, name));
                    } else if (!old.equals(stamp) && !(name.isEmpty() && now.isDirectory())) {
                        found.add(new Difference(PathChange.Kind.MODIFIED, name));
                    }
                });
        before.stamps.forEach(
                (name, stamp) -> {
                    if (!now.stamps.containsKey(name)) {
                        found.add(new Difference(PathChange.Kind.DELETED, name));
                    }
                });
        return found;
    }
}
