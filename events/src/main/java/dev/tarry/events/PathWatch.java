package dev.tarry.events;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Watches a file or a directory (its entries, not those of directories below). All changes from
 * {@link #open} to {@link #close} are kept for whoever takes them, up to a bound, beyond which one
 * {@link PathChange.Kind#OVERFLOW} stands for the rest. Where the system does not tell of changes,
 * the path is compared once a second with what was there before, and a change may stand for
 * several.
 */
public final class PathWatch implements AutoCloseable {
    private static final int MOST_PENDING = 4096;

    private final Reactor reactor;
    private final Path path;
    private final PathSource source;

    // Loop only.
    private final Queue<PathChange> pending = new ArrayDeque<>();
    private final WaitQueue waiters = new WaitQueue();
    private final Event<PathChange> changed = new Changed();
    private boolean open = true;

    private PathWatch(Reactor reactor, Path path, PathSource source) {
        this.reactor = reactor;
        this.path = path;
        this.source = source;
    }

    /**
     * Begins to watch.
     *
     * @param reactor whose tasks will wait
     * @throws IOException if there is no such path (ENOENT), or the limit of watches is reached
     *     (ENOSPC)
     */
    public static PathWatch open(Reactor reactor, Path path) throws IOException {
        PathSource source = PathSource.of(reactor);
        PathWatch watch = new PathWatch(reactor, path, source);
        source.add(path, watch);
        reactor.holding(watch);
        return watch;
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

    /** Ends it and wakes all waiters with {@link Outcome.Closed}. */
    @Override
    public void close() {
        if (!open) {
            return;
        }
        reactor.checkLoop();
        open = false;
        reactor.released(this);
        source.remove(this);
        pending.clear();
        waiters.wakeAll();
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
            if (!open) {
                return new Outcome.Closed<>(PathWatch.this.toString());
            }
            PathChange change = pending.poll();
            return change == null ? null : new Outcome.Value<>(change);
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
