package dev.tarry.events;

import dev.tarry.events.Inotify.Node;
import dev.tarry.events.libc.Libc;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * How one watch follows its path: each directory on the way, be it through symbolic links, is
 * watched for the name by which the way goes on, and what is found at its end for what happens to
 * it. When a name on the way changes, the way is gone again. Each directory is watched before the
 * next name is looked up in it, so what changes after the look is told. Loop only.
 *
 * <p>What is told lags behind: it is about a moment before the last look. That a name has gone is
 * told in any case, that it came only if the look has not seen so already.
 */
final class PathTrail {
    private static final int MOST_LINKS = 40;

    /** A name that was looked up; the directory is unknown if it may not be read. */
    private record Step(@Nullable Node directory, String name) {}

    /** What a look has found. */
    private static final class Way {
        final List<Step> steps = new ArrayList<>();
        boolean present;
        boolean directory = true;
        @Nullable Node target; // unknown if it may not be read

        /** Whether we hear of it when the name where the way breaks off is there again. */
        boolean isHopeful() {
            return steps.isEmpty() || steps.getLast().directory != null;
        }
    }

    private final Inotify inotify;
    private final PathWatch watch;
    private final Path path;
    private Way way = new Way();
    private boolean present; // as far as was told
    private boolean ended;

    PathTrail(Inotify inotify, PathWatch watch) {
        this.inotify = inotify;
        this.watch = watch;
        this.path = watch.path().toAbsolutePath();
    }

    /**
     * Looks for the first time.
     *
     * @throws ErrnoException if there is nothing to be watched
     */
    void begin() throws ErrnoException {
        way = look();
        if (way.target == null) {
            throw inotify.refusal(path);
        }
        present = true;
    }

    void end() {
        leave(way);
        ended = true;
    }

    /** Whether a name on the way, or the end, may be there and could not be seen. */
    boolean isLost() {
        return way.target == null;
    }

    void tell(PathChange.Kind kind, @Nullable String entry) {
        watch.tell(kind, entry);
    }

    /**
     * Looks where the path leads now, and tells what has changed.
     *
     * @param gone a name on the way was removed
     * @param renamed a name on the way was removed, or came
     */
    void follow(boolean gone, boolean renamed) {
        if (ended) {
            return;
        }
        if (gone && present) {
            present = false;
            watch.tell(PathChange.Kind.DELETED, null);
        }
        Way before = way;
        try {
            way = look();
        } catch (ErrnoException e) {
            watch.compareFromNow(e);
            return;
        }
        boolean another = way.target != before.target || way.target == null && renamed;
        leave(before);
        if (way.present && (!present || another)) {
            present = true;
            watch.tell(PathChange.Kind.CREATED, null);
            tellEntries();
        } else if (!way.present && present) {
            present = false;
            watch.tell(PathChange.Kind.DELETED, null);
        }
        if (!way.present && !way.isHopeful()) {
            watch.end("nobody tells when it is there again: a directory above may not be read");
        }
    }

    private void tellEntries() {
        if (!way.directory) {
            return;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
            for (Path entry : entries) {
                watch.tell(PathChange.Kind.CREATED, entry.getFileName().toString());
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            // it has gone again, which will be told
        } catch (IOException | DirectoryIteratorException e) {
            watch.tell(PathChange.Kind.OVERFLOW, null);
        }
    }

    private void leave(Way left) {
        for (Step step : left.steps) {
            if (step.directory != null) {
                inotify.passedBy(this, step.directory, step.name);
            }
        }
        if (left.target != null) {
            inotify.left(this, left.target);
        }
    }

    // ---- the look

    private Way look() throws ErrnoException {
        Way found = new Way();
        try {
            walk(found);
            return found;
        } catch (ErrnoException e) {
            leave(found);
            throw e;
        }
    }

    private void walk(Way found) throws ErrnoException {
        Path here = path.getRoot();
        Deque<String> names = names(path);
        for (int links = 0; !names.isEmpty(); ) {
            String name = names.pop();
            if (name.equals("..")) {
                here = here.getParent() == null ? here : here.getParent();
                continue;
            }
            if (!pass(found, here, name)) {
                return;
            }
            Path next = here.resolve(name);
            BasicFileAttributes there = attributes(next);
            if (there == null) {
                return;
            }
            if (there.isSymbolicLink()) {
                Path to = ++links <= MOST_LINKS ? target(next) : null;
                if (to == null) {
                    return;
                }
                here = to.isAbsolute() ? path.getRoot() : here;
                names(to).descendingIterator().forEachRemaining(names::push);
            } else if (names.isEmpty() || there.isDirectory()) {
                here = next;
                found.directory = there.isDirectory();
            } else {
                return;
            }
        }
        arrive(found, here);
    }

    private static Deque<String> names(Path path) {
        Deque<String> names = new ArrayDeque<>();
        for (Path name : path) {
            String text = name.toString();
            if (!text.isEmpty() && !text.equals(".")) {
                names.add(text);
            }
        }
        return names;
    }

    /** False if the directory is none any more, of which the one above has told. */
    private boolean pass(Way found, Path directory, String name) throws ErrnoException {
        try {
            found.steps.add(new Step(inotify.pass(this, directory, name), name));
            return true;
        } catch (ErrnoException e) {
            if (e.errno() == Libc.EACCES) {
                found.steps.add(new Step(null, name));
                return true;
            }
            return isThere(e);
        }
    }

    private void arrive(Way found, Path target) throws ErrnoException {
        try {
            found.target = inotify.arrive(this, target);
            found.present = true;
        } catch (ErrnoException e) {
            found.present = e.errno() == Libc.EACCES || isThere(e);
        }
    }

    /** False if there is nothing; throws what else the system has against it. */
    private static boolean isThere(ErrnoException e) throws ErrnoException {
        if (e.errno() == Libc.ENOENT || e.errno() == Libc.ENOTDIR || e.errno() == Libc.ELOOP) {
            return false;
        }
        throw e;
    }

    private static @Nullable BasicFileAttributes attributes(Path path) {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            return null;
        }
    }

    private static @Nullable Path target(Path link) {
        try {
            return Files.readSymbolicLink(link);
        } catch (IOException e) {
            return null;
        }
    }
}
