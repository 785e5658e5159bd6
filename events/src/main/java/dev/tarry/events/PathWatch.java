package dev.tarry.events;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Watches a path: a file, or a directory and its entries (not those of directories below).
 *
 * <p><b>The path, not the file.</b> It tells of whatever has the name now. When the file is
 * removed, moved away or replaced, be it by a rename of a directory or a change of a symbolic link
 * above it, the watch says so and goes on with whoever has the name then; what becomes of the old
 * file elsewhere is not told. So the tail of a log reads on at {@link PathChange.Kind#MODIFIED} and
 * opens the path anew at {@link PathChange.Kind#CREATED}; settings are read again at CREATED and
 * {@link PathChange.Kind#WRITTEN}. Only where the system cannot tell when the name is there again
 * (since a directory above may be entered but not read) does the watch end by itself, as closed.
 * What is not noticed: a file system that is mounted over the path, and a rename of a directory
 * above that lies in one which we may not read.
 *
 * <p><b>Nothing is lost</b>: all changes from {@link #open} to {@link #close} are kept for whoever
 * takes them, in the order in which they came, up to a bound beyond which one {@link
 * PathChange.Kind#OVERFLOW} stands for the rest. A change that comes while a directory is found
 * anew may be told twice. After the last change that is told, the path is as it was at the moment
 * of that change or later.
 *
 * <p>Where the system does not tell of changes, or does not let us ask (which the log says once),
 * the path is compared once a second with what was there before: a change may then stand for
 * several, what comes and goes in between is not seen, and nobody knows when a writer has finished.
 */
public final class PathWatch implements AutoCloseable {
    private static final int MOST_PENDING = 4096;

    private final Reactor reactor;
    private final Path path;

    // Loop only.
    private final Queue<PathChange> pending = new ArrayDeque<>();
    private final WaitQueue waiters = new WaitQueue();
    private final Event<PathChange> changed = new Changed();
    private @Nullable PathSource source;
    private String why = "";
    private boolean open = true;

    private PathWatch(Reactor reactor, Path path) {
        this.reactor = reactor;
        this.path = path;
    }

    /**
     * Begins to watch.
     *
     * @param reactor whose tasks will wait
     * @param path a relative one is taken from the working directory of now
     * @throws IOException if there is no such path (ENOENT), or it may not be read (EACCES)
     * @throws ProviderMismatchException if it is not a path of the system, but inside a jar, say
     */
    public static PathWatch open(Reactor reactor, Path path) throws IOException {
        PathWatch watch = new PathWatch(reactor, own(path));
        watch.source = PathSource.begin(reactor, watch);
        reactor.holding(watch);
        return watch;
    }

    /** The loop goes on with the path, and must not call an object of a user's for that. */
    private static Path own(Path path) {
        if (path.getFileSystem() != FileSystems.getDefault()) {
            throw new ProviderMismatchException(
                    path + " is not a path of the system: its changes cannot be watched");
        }
        return Path.of(path.toString());
    }

    /** The path that is watched. */
    public Path path() {
        return path;
    }

    /** A claim: takes one change, in the order in which the system told them. */
    public Event<PathChange> changed() {
        return changed;
    }

    void tell(PathChange.Kind kind, @Nullable String entry) {
        PathChange change = change(kind, entry);
        if (waiters.commitFirst(new Outcome.Value<>(change))) {
            return;
        }
        if (pending.size() < MOST_PENDING) {
            pending.add(change);
        } else if (pending.size() == MOST_PENDING) {
            pending.add(new PathChange(PathChange.Kind.OVERFLOW, path));
        }
    }

    /** An entry may have a name that Java cannot express in this locale. */
    private PathChange change(PathChange.Kind kind, @Nullable String entry) {
        try {
            return new PathChange(kind, entry == null ? path : path.resolve(entry));
        } catch (InvalidPathException e) {
            return new PathChange(PathChange.Kind.OVERFLOW, path);
        }
    }

    /** The system tells no more; from now on somebody looks. What was missed must be looked for. */
    void compareFromNow(ErrnoException why) {
        leaveSource();
        PathSource.announce(why);
        PathScan scan = PathScan.of(reactor);
        scan.goOn(this);
        source = scan;
        tell(PathChange.Kind.OVERFLOW, null);
    }

    /** It cannot be told any more what happens to the path. What was told can still be taken. */
    void end(String why) {
        this.why = why.isEmpty() ? "" : " (" + why + ")";
        leaveSource();
        open = false;
        reactor.released(this);
        waiters.wakeAll();
    }

    private void leaveSource() {
        if (source != null) {
            source.remove(this);
            source = null;
        }
    }

    /** Ends it and wakes all waiters with {@link Outcome.Closed}. */
    @Override
    public void close() {
        if (!open) {
            pending.clear();
            return;
        }
        reactor.checkLoop();
        pending.clear();
        end("");
    }

    @Override
    public String toString() {
        return "changes of " + path;
    }

    private final class Changed extends QueuedEvent<PathChange> {
        Changed() {
            super(waiters);
        }

        @Override
        public @Nullable Outcome<PathChange> poll(Reactor reactor) {
            PathWatch.this.reactor.checkLoop();
            PathChange change = pending.poll();
            if (change != null) {
                return new Outcome.Value<>(change);
            }
            return open ? null : new Outcome.Closed<>(PathWatch.this + why);
        }

        @Override
        public boolean isClaim() {
            return true;
        }

        @Override
        public String toString() {
            return PathWatch.this.toString();
        }
    }
}
