package dev.tarry.events;

import dev.tarry.events.Poller.Subject;
import dev.tarry.events.internal.Settings;
import dev.tarry.events.libc.Libc;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
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
    private record Stamp(Object key, long created, long modified, long size, boolean directory) {
        static Stamp of(Path path) throws IOException {
            BasicFileAttributes found =
                    Files.readAttributes(
                            path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return new Stamp(
                    Objects.requireNonNullElse(found.fileKey(), path),
                    found.creationTime().to(TimeUnit.NANOSECONDS),
                    found.lastModifiedTime().to(TimeUnit.NANOSECONDS),
                    found.size(),
                    found.isDirectory());
        }

        /**
         * The number of an inode is given again, so the time of birth counts, too. Where it is not
         * known the JDK answers the time of the last change in its place.
         */
        boolean isSameFile(Stamp other) {
            boolean born = created != modified || other.created != other.modified;
            return key.equals(other.key)
                    && directory == other.directory
                    && !(born && created != other.created);
        }
    }

    /** What was found at one look: the path itself under the empty name, and its entries. */
    private record Snapshot(Map<String, Stamp> stamps) {
        static final Snapshot NOTHING = new Snapshot(Map.of());

        static Snapshot of(Path path) throws IOException {
            Map<String, Stamp> stamps = new LinkedHashMap<>(); // the path itself first
            Stamp itself = Stamp.of(path.toRealPath());
            stamps.put(ITSELF, itself);
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

        /** Whether the path has the same file as in {@code other}. */
        boolean isSamePlace(Snapshot other) {
            Stamp itself = stamps.get(ITSELF);
            Stamp others = other.stamps.get(ITSELF);
            return itself == null ? others == null : others != null && itself.isSameFile(others);
        }
    }

    /** One difference. */
    private record Difference(PathChange.Kind kind, String entry) {}

    private static final String ITSELF = "";
    private static final Set<String> ANNOUNCED = ConcurrentHashMap.newKeySet();

    private final Reactor reactor;
    private final Executor soon =
            CompletableFuture.delayedExecutor(Settings.pathScanMillis(), TimeUnit.MILLISECONDS);
    private final Map<PathWatch, Watched> watches = new IdentityHashMap<>();
    private boolean tells = true; // whether the poller does, as far as we know

    private PathScan(Reactor reactor) {
        this.reactor = reactor;
    }

    static PathScan of(Reactor reactor) {
        return reactor.companion(PathScan.class, PathScan.class, k -> new PathScan(reactor));
    }

    /** Whether nobody in this process has been told so yet. Any thread. */
    static boolean isNews(String reason) {
        return ANNOUNCED.add(reason);
    }

    @Override
    public void add(PathWatch watch) throws IOException {
        Watched watched = new Watched(watch);
        watched.hear();
        try {
            watched.last = Snapshot.of(watch.path()); // no change is between the two
        } catch (NoSuchFileException e) {
            watched.stop();
            throw new ErrnoException("stat", watch.path().toString(), Libc.ENOENT);
        } catch (IOException | DirectoryIteratorException e) {
            watched.stop();
            throw e;
        }
        watched.begin();
    }

    /** Like {@link #add}, of a path that may have gone. */
    void goOn(PathWatch watch) {
        Watched watched = new Watched(watch);
        watched.hear();
        watched.last = Objects.requireNonNullElse(look(watch.path()), Snapshot.NOTHING);
        watched.begin();
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
        private Snapshot last = Snapshot.NOTHING;
        private boolean stopped;
        private boolean looking;
        private boolean again; // who is looking may have been too early

        Watched(PathWatch watch) {
            this.watch = watch;
        }

        void begin() {
            watches.put(watch, this);
            lookSoon();
        }

        /**
         * From now on the poller tells of changes of the file that has the path, or, while there is
         * none, of the nearest directory above in which it can come into being.
         */
        void hear() {
            stopHearing();
            if (!tells) {
                return;
            }
            for (Path at = watch.path().toAbsolutePath();
                    at != null && file < 0;
                    at = at.getParent()) {
                file = Libc.openToWatch(at.toString());
            }
            if (file >= 0 && !reactor.notices().add(Subject.FILE, file, changed)) {
                tells = false;
                Libc.close(file);
                file = -1;
            }
        }

        private void stopHearing() {
            if (file >= 0) {
                reactor.notices().remove(Subject.FILE, file, changed);
                Libc.close(file);
                file = -1;
            }
        }

        void stop() {
            stopped = true;
            stopHearing();
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
                            .handle((now, failure) -> reactor.post(() -> tell(now)));
        }

        private void tell(@Nullable Snapshot now) {
            looking = false;
            if (stopped) {
                return;
            }
            if (now != null) {
                if (!now.isSamePlace(last)) {
                    hear();
                    again = file >= 0; // it may have changed before we heard of it
                }
                tellDifferences(now);
                last = now;
            }
            if (again) {
                again = false;
                look();
            }
        }

        private void tellDifferences(Snapshot now) {
            for (Difference difference : differences(last, now)) {
                boolean itself = difference.entry.equals(ITSELF);
                watch.tell(difference.kind, itself ? null : difference.entry);
            }
        }
    }

    /** What is there now; null if that cannot be said. Any thread. */
    private static @Nullable Snapshot look(Path path) {
        try {
            return Snapshot.of(path);
        } catch (NoSuchFileException | AccessDeniedException e) {
            return Snapshot.NOTHING; // gone, or not ours to see any more
        } catch (IOException | DirectoryIteratorException e) {
            return Files.exists(path) ? null : Snapshot.NOTHING; // null: no descriptor to list it
        }
    }

    private static List<Difference> differences(Snapshot before, Snapshot now) {
        List<Difference> found = new ArrayList<>();
        before.stamps.forEach(
                (name, stamp) -> {
                    if (!now.stamps.containsKey(name)) {
                        found.addFirst(new Difference(PathChange.Kind.DELETED, name));
                    }
                });
        boolean samePlace = now.isSamePlace(before);
        now.stamps.forEach(
                (name, stamp) -> {
                    Stamp old = before.stamps.get(name);
                    if (old == null || !samePlace || !stamp.isSameFile(old)) {
                        found.add(new Difference(PathChange.Kind.CREATED, name));
                    } else if (!stamp.equals(old) && !stamp.directory) {
                        found.add(new Difference(PathChange.Kind.MODIFIED, name));
                    }
                });
        return found;
    }
}
