package dev.tarry.events;

import dev.tarry.events.libc.Libc;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The inotify(7) instance of one reactor; there may be only 128 of them per user, so one serves all
 * watches. Exists while there is a watch. Loop only.
 *
 * <p>Some facts about inotify: adding a path twice gives the same watch descriptor, and the second
 * mask replaces the first, so all ask for the same and the descriptor keeps a list. When the
 * watched file has gone, the kernel removes the watch and says IN_IGNORED. Events are of variable
 * length, and the name is padded with NUL.
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
    private static final int MASK =
            IN_MODIFY
                    | IN_ATTRIB
                    | IN_CLOSE_WRITE
                    | IN_MOVED_FROM
                    | IN_MOVED_TO
                    | IN_CREATE
                    | IN_DELETE
                    | IN_DELETE_SELF
                    | IN_MOVE_SELF;

    /** Where the instance of a reactor is kept from the first watch to the last. */
    private static final class Holder {
        @Nullable Inotify inotify;
    }

    private final Holder holder;
    private final Fd fd;
    private final FdReader reader;
    private final Map<Integer, List<PathWatch>> watches = new HashMap<>();
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
    public void add(Path path, PathWatch watch) throws ErrnoException {
        int wd =
                Libc.orErrno(
                        Libc.functions().inotify_add_watch(fd.number(), path.toString(), MASK));
        if (wd < 0) {
            closeIfUnused();
            throw new ErrnoException("inotify_add_watch", path.toString(), -wd);
        }
        watches.computeIfAbsent(wd, k -> new ArrayList<>(1)).add(watch);
    }

    @Override
    public void remove(PathWatch watch) {
        watches.entrySet()
                .removeIf(
                        entry -> {
                            boolean last =
                                    entry.getValue().remove(watch) && entry.getValue().isEmpty();
                            if (last) {
                                Libc.functions().inotify_rm_watch(fd.number(), entry.getKey());
                            }
                            return last;
                        });
        closeIfUnused();
    }

    private void closeIfUnused() {
        if (watches.isEmpty() && fd.isOpen()) {
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
        } else if ((mask & IN_IGNORED) != 0) {
            watches.remove(wd);
        } else {
            for (PathWatch watch : List.copyOf(watches.getOrDefault(wd, List.of()))) {
                watch.tell(kind(mask), entry);
            }
        }
    }

    private void tellAll(PathChange.Kind kind) {
        for (List<PathWatch> all : List.copyOf(watches.values())) {
            List.copyOf(all).forEach(watch -> watch.tell(kind, null));
        }
    }

    private static PathChange.Kind kind(int mask) {
        if ((mask & (IN_CREATE | IN_MOVED_TO)) != 0) {
            return PathChange.Kind.CREATED;
        }
        if ((mask & (IN_DELETE | IN_MOVED_FROM | IN_DELETE_SELF | IN_MOVE_SELF)) != 0) {
            return PathChange.Kind.DELETED;
        }
        if ((mask & IN_CLOSE_WRITE) != 0) {
            return PathChange.Kind.WRITTEN;
        }
        return (mask & IN_MODIFY) != 0 ? PathChange.Kind.MODIFIED : PathChange.Kind.ATTRIBUTES;
    }
}
