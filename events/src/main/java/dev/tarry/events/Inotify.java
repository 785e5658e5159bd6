package dev.tarry.events;

import dev.tarry.events.libc.Libc;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The inotify(7) instance of one reactor; there may be only 128 of them per user, so one serves all
 * watches. Exists while there is a watch. Loop only. What a watch makes of it: {@link PathTrail}.
 *
 * <p>Some facts about inotify: it watches a file, not its name. Only the directory tells what
 * becomes of the name, at once; the file itself tells that it has gone when the last one who has it
 * open closes it. Watching the same file twice gives the same watch descriptor, so the masks are
 * added up, and the descriptor keeps who uses it; so it also tells one file from another that has
 * got its inode number, since the number of a watch is not given again. When the file has gone, the
 * kernel removes the watch and says IN_IGNORED. What it tells has happened before, so that whoever
 * looks sees a later state. A directory must be readable to be watched, which is more than one
 * needs to pass through it. Events are of variable length, and the name is padded with NUL.
 */
final class Inotify implements PathSource {
    private static final int IN_CLOEXEC = 0x80000;
    private static final int IN_NONBLOCK = 0x800;

    private static final int IN_MODIFY = 0x2;
    private static final int IN_ATTRIB = 0x4;
    private static final int IN_CLOSE_WRITE = 0x8;
    private static final int IN_MOVED_FROM = 0x40;
    private static final int IN_MOVED_TO = 0x80;
    private static final int IN_CREATE = 0x100;
    private static final int IN_DELETE = 0x200;
    private static final int IN_DELETE_SELF = 0x400;
    private static final int IN_MOVE_SELF = 0x800;
    private static final int IN_Q_OVERFLOW = 0x4000;
    private static final int IN_IGNORED = 0x8000;
    private static final int IN_UNMOUNT = 0x2000;
    private static final int IN_ONLYDIR = 0x1000000;
    private static final int IN_DONT_FOLLOW = 0x2000000;
    private static final int IN_MASK_ADD = 0x20000000;

    /** The name may have another file, or none. */
    private static final int RENAMES = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO;

    /** What was watched is not where it was; told by itself, and late. */
    private static final int LOSSES = IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED;

    private static final int CONTENT = IN_MODIFY | IN_ATTRIB | IN_CLOSE_WRITE;

    /** For a directory on the way to a path. Its attributes decide whether we may pass. */
    private static final int ON_THE_WAY = RENAMES | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF;

    /** A watch of the kernel: one file or directory, whatever its name is. */
    static final class Node {
        final int wd;

        /** Which trails pass by a name in this directory. */
        private final Map<String, List<PathTrail>> passing = new HashMap<>();

        /** Which trails end here. */
        private final List<PathTrail> ending = new ArrayList<>(1);

        private Node(int wd) {
            this.wd = wd;
        }

        private Set<PathTrail> all() {
            Set<PathTrail> all = new LinkedHashSet<>(ending);
            passing.values().forEach(all::addAll);
            return all;
        }
    }

    /** Where the instance of a reactor is kept from the first watch to the last. */
    private static final class Holder {
        @Nullable Inotify inotify;
    }

    private final Holder holder;
    private final Fd fd;
    private final FdReader reader;
    private final Map<Integer, Node> nodes = new HashMap<>();
    private final Map<PathWatch, PathTrail> trails = new LinkedHashMap<>();
    private final ByteBuffer buffer = Libc.struct(16 * 1024);

    private Inotify(Reactor reactor, Holder holder, Fd fd) throws ErrnoException {
        this.holder = holder;
        this.fd = fd;
        this.reader = FdReader.start(reactor, fd, this::readSome);
    }

    static Inotify of(Reactor reactor) throws ErrnoException {
        Holder holder = reactor.companion(Inotify.class, Holder.class, k -> new Holder());
        if (holder.inotify == null) {
            int number = Libc.orErrno(Libc.functions().inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
            if (number < 0) {
                throw new ErrnoException("inotify_init1", "", -number);
            }
            Fd fd = Fd.opened(number, "inotify fd " + number);
            holder.inotify = new Inotify(reactor, holder, fd);
        }
        return holder.inotify;
    }

    @Override
    public void add(PathWatch watch) throws ErrnoException {
        PathTrail trail = new PathTrail(this, watch);
        try {
            trail.begin();
            trails.put(watch, trail);
        } catch (ErrnoException e) {
            trail.end();
            closeIfUnused();
            throw e;
        }
    }

    @Override
    public void remove(PathWatch watch) {
        PathTrail trail = trails.remove(watch);
        if (trail != null) {
            trail.end();
            closeIfUnused();
        }
    }

    /** From now on {@code trail} hears of what becomes of {@code name} in this directory. */
    Node pass(PathTrail trail, Path directory, String name) throws ErrnoException {
        Node node = watch(directory, ON_THE_WAY | IN_ONLYDIR | IN_DONT_FOLLOW);
        node.passing.computeIfAbsent(name, k -> new ArrayList<>(1)).add(trail);
        return node;
    }

    /** From now on {@code trail} hears of what happens to this file, or in this directory. */
    Node arrive(PathTrail trail, Path target) throws ErrnoException {
        Node node = watch(target, CONTENT | ON_THE_WAY | IN_DONT_FOLLOW);
        node.ending.add(trail);
        return node;
    }

    private Node watch(Path path, int mask) throws ErrnoException {
        int wd = addWatch(path, mask);
        if (wd < 0) {
            throw new ErrnoException("inotify_add_watch", path.toString(), -wd);
        }
        return nodes.computeIfAbsent(wd, Node::new);
    }

    private int addWatch(Path path, int mask) {
        String name = path.toString();
        return Libc.orErrno(
                Libc.functions().inotify_add_watch(fd.number(), name, mask | IN_MASK_ADD));
    }

    /** What the system has against watching {@code path}: it is asked once more. */
    ErrnoException refusal(Path path) {
        int wd = addWatch(path, CONTENT);
        if (wd >= 0 && !nodes.containsKey(wd)) {
            Libc.functions().inotify_rm_watch(fd.number(), wd);
        }
        int errno = wd < 0 ? -wd : Libc.ENOENT; // there again, in this moment
        return new ErrnoException("inotify_add_watch", path.toString(), errno);
    }

    /** Undoes one {@link #pass}. */
    void passedBy(PathTrail trail, Node node, String name) {
        List<PathTrail> passing = node.passing.get(name);
        if (passing != null && passing.remove(trail) && passing.isEmpty()) {
            node.passing.remove(name);
        }
        removeIfUnused(node);
    }

    /** Undoes one {@link #arrive}. */
    void left(PathTrail trail, Node node) {
        node.ending.remove(trail);
        removeIfUnused(node);
    }

    private void removeIfUnused(Node node) {
        if (node.ending.isEmpty() && node.passing.isEmpty() && nodes.remove(node.wd, node)) {
            Libc.functions().inotify_rm_watch(fd.number(), node.wd);
        }
    }

    private void closeIfUnused() {
        if (trails.isEmpty() && fd.isOpen()) {
            holder.inotify = null;
            reader.stop();
        }
    }

    private boolean readSome() {
        try {
            int n = fd.read(buffer.clear());
            buffer.flip();
            while (buffer.hasRemaining()) {
                tellNext();
            }
            return n > 0; // the next event may only have been too long for the rest of the buffer
        } catch (IOException e) {
            tellAll(PathChange.Kind.OVERFLOW); // whatever was lost, they must look for themselves
            return false;
        }
    }

    // struct inotify_event { int wd; uint32_t mask, cookie, len; char name[len]; };
    private void tellNext() {
        int wd = buffer.getInt();
        int mask = buffer.getInt();
        buffer.getInt();
        byte[] name = new byte[buffer.getInt()];
        buffer.get(name);
        int end = 0;
        while (end < name.length && name[end] != 0) {
            end++;
        }
        String entry = end == 0 ? null : new String(name, 0, end, StandardCharsets.UTF_8);
        if ((mask & IN_Q_OVERFLOW) != 0) {
            tellAll(PathChange.Kind.OVERFLOW);
            List.copyOf(trails.values()).forEach(trail -> trail.follow(false, false));
        } else {
            Node node = (mask & IN_IGNORED) != 0 ? nodes.remove(wd) : nodes.get(wd);
            if (node != null) {
                tell(node, mask, entry);
            }
        }
    }

    private static void tell(Node node, int mask, @Nullable String entry) {
        for (PathTrail trail : List.copyOf(node.ending)) {
            if ((mask & CONTENT) != 0 || entry != null && (mask & RENAMES) != 0) {
                trail.tell(kind(mask), entry);
            }
        }
        if (entry != null) {
            for (PathTrail trail :
                    new LinkedHashSet<>(node.passing.getOrDefault(entry, List.of()))) {
                boolean gone = (mask & (IN_DELETE | IN_MOVED_FROM)) != 0;
                if ((mask & RENAMES) != 0 || trail.isLost()) {
                    trail.follow(gone, (mask & RENAMES) != 0);
                }
            }
        } else if ((mask & LOSSES) != 0) {
            node.all().forEach(trail -> trail.follow(false, false));
        }
    }

    private void tellAll(PathChange.Kind kind) {
        List.copyOf(trails.keySet()).forEach(watch -> watch.tell(kind, null));
    }

    private static PathChange.Kind kind(int mask) {
        if ((mask & (IN_CREATE | IN_MOVED_TO)) != 0) {
            return PathChange.Kind.CREATED;
        }
        if ((mask & (IN_DELETE | IN_MOVED_FROM)) != 0) {
            return PathChange.Kind.DELETED;
        }
        if ((mask & IN_CLOSE_WRITE) != 0) {
            return PathChange.Kind.WRITTEN;
        }
        return (mask & IN_MODIFY) != 0 ? PathChange.Kind.MODIFIED : PathChange.Kind.ATTRIBUTES;
    }
}
