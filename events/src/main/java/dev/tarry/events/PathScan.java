package dev.tarry.events;

import dev.tarry.events.libc.Libc;

import java.io.IOException;
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
 * Changes of paths where the system does not tell of them: once a second somebody looks, on a
 * thread that may block, and compares with what was there before. What comes and goes in between is
 * not seen, nor is who has a file open: there is no {@link PathChange.Kind#WRITTEN}.
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
    private final Map<PathWatch, Snapshot> watches = new IdentityHashMap<>();

    PathScan(Reactor reactor) {
        this.reactor = reactor;
    }

    @Override
    public void add(Path path, PathWatch watch) throws IOException {
        Snapshot before;
        try {
            before = Snapshot.of(path);
        } catch (NoSuchFileException e) {
            throw new ErrnoException("stat", path.toString(), Libc.ENOENT);
        }
        watches.put(watch, before);
        lookSoon(watch, before);
    }

    @Override
    public void remove(PathWatch watch) {
        watches.remove(watch);
    }

    private void lookSoon(PathWatch watch, Snapshot before) {
        soon.execute(
                () -> {
                    Snapshot now = look(watch.path());
                    List<Difference> found = differences(before, now);
                    var unused = reactor.post(() -> tell(watch, now, found));
                });
    }

    private static Snapshot look(Path path) {
        try {
            return Snapshot.of(path);
        } catch (IOException e) {
            return new Snapshot(Map.of()); // gone, or not ours to see any more
        }
    }

    private void tell(PathWatch watch, Snapshot now, List<Difference> found) {
        if (!watches.containsKey(watch)) {
            return;
        }
        watches.put(watch, now);
        for (Difference difference : found) {
            watch.tell(difference.kind, difference.entry.isEmpty() ? null : difference.entry);
        }
        lookSoon(watch, now);
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
