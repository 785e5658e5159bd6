package dev.tarry.events;

import dev.tarry.events.libc.Kqueue;
import dev.tarry.events.libc.KqueueFunctions;
import dev.tarry.events.libc.Libc;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * kqueue(2). It has been run through libkqueue on Linux only, never on macOS or FreeBSD.
 *
 * <p>Some facts about kqueue:
 *
 * <ul>
 *   <li>What epoll registers once per descriptor is two filters here, EVFILT_READ and EVFILT_WRITE,
 *       each with its own event. So what one call brings for a descriptor is put together first,
 *       and after a one-shot report the other filter may still fire, once, and is not told.
 *   <li>Closing a number ends its filters, whoever else holds the file: nothing goes stale.
 *   <li>EV_CLEAR is an edge, EV_ONESHOT deletes the filter with its report. Adding reports what is
 *       ready already.
 *   <li>EV_EOF comes with data that is still to be read, and fflags is then the error of the
 *       socket. For reading it says that the peer sends no more, for writing that nothing can be
 *       sent, which our own shutdown(2) does as well: only both are a hang-up. Nothing asks for
 *       that alone, so then it is both filters as edges, of which only EV_EOF is told.
 *   <li>A regular file is ready while it is not read to its end, and then never again. poll(2) and
 *       POSIX say always, so files are refused with EPERM, as epoll does.
 *   <li>No filter tells priority data on both systems: a one-shot that asks for it is refused with
 *       EOPNOTSUPP, and edges do not report it.
 *   <li>EVFILT_PROC gives a child's status to whoever asked before its end, and EVFILT_VNODE says
 *       that a directory is another one, but not in which entry. EVFILT_SIGNAL is not used: it sees
 *       a signal, and does not keep its effect away, for which it takes the JVM's handler, which
 *       counts as well.
 *   <li>EV_RECEIPT makes kevent answer for each change, and take no events in the same call.
 *   <li>EVFILT_USER is -10 on macOS and -11 elsewhere; {@code struct kevent} is longer on FreeBSD.
 * </ul>
 *
 * <p>And about libkqueue 2.7 on Linux, where it sits on epoll:
 *
 * <ul>
 *   <li>It keeps the filters of a closed number, and adding one again does nothing. So what we know
 *       to be there is deleted before anything is added; for a real kqueue that is no harm. If
 *       another number still holds the file, the epoll registration stays for good, and its memory
 *       is freed under it: never close behind the back of libkqueue what was duplicated.
 *   <li>Both filters share one epoll registration, and the second one overwrites what the first
 *       asked for. EPOLLRDHUP survives only if reading is the second, so writing goes first.
 *   <li>One epoll event makes up to two kevents, and those that find no room are dropped: edges are
 *       lost when a call returns as many as it may. Then we report every edge, which is spurious
 *       for most.
 *   <li>It fetches SO_ERROR when it reports an error, which clears it: who asks afterwards why
 *       connect(2) failed, hears that it did not.
 *   <li>For the status of a child it asks when the event is fetched. If the parent, or the JDK's
 *       reaper, was quicker, there is none any more and the event is dropped.
 *   <li>A pidfd looks like a regular file to it (and is refused here, being one since Linux 6.9).
 *   <li>The kqueue's number is a pipe's, and cannot itself be polled; a thread of its own frees
 *       what belongs to it soon after it is closed.
 * </ul>
 */
final class KqueuePoller implements Poller {
    private static final int EVFILT_READ = -1;
    private static final int EVFILT_WRITE = -2;
    private static final int EVFILT_VNODE = -4;
    private static final int EVFILT_PROC = -5;
    private static final int EVFILT_USER = Kqueue.MAC ? -10 : -11;

    private static final int EV_ADD = 0x1;
    private static final int EV_DELETE = 0x2;
    private static final int EV_ONESHOT = 0x10;
    private static final int EV_CLEAR = 0x20;
    private static final int EV_RECEIPT = 0x40;
    private static final int EV_ERROR = 0x4000;
    private static final int EV_EOF = 0x8000;
    private static final int NOTE_TRIGGER = 0x1000000;
    private static final int NOTE_EXIT = 0x80000000;
    private static final int NOTE_EXITSTATUS = 0x4000000; // macOS: without it there is no status
    private static final int NOTE_ANY_CHANGE = 0x3F; // DELETE WRITE EXTEND ATTRIB LINK RENAME

    // struct kevent { uintptr_t ident; int16_t filter; uint16_t flags; uint32_t fflags;
    //                 int64_t data; void *udata; };   FreeBSD 12 and later: uint64_t ext[4];
    private static final int IDENT = 0;
    private static final int FILTER = 8;
    private static final int FLAGS = 10;
    private static final int FFLAGS = 12;
    private static final int DATA = 16;
    private static final int SIZE = Kqueue.FREE_BSD ? 64 : 32;

    private static final int BATCH = 256;
    private static final long LONGEST = 86_400_000_000_000L; // a day; macOS refuses three years

    /** What we know of one number. Filters are the bits READ and WRITE. */
    private static final class Registration {
        final int fd;
        long token;
        int tells; // what of it is reported, asked for or not
        int asked; // filters
        int filters; // those that the kernel still has
        int ended; // those that said EV_EOF
        boolean edge;
        boolean repeats; // its filters stay after they fired
        boolean armed;
        int found; // in this call

        Registration(int fd) {
            this.fd = fd;
        }

        void start(int interest, long token, boolean edge) {
            this.token = token;
            this.edge = edge;
            int wanted = interest & (Readiness.READ | Readiness.WRITE);
            boolean hangupOnly = wanted == 0;
            asked = hangupOnly ? Readiness.READ | Readiness.WRITE : wanted;
            tells = wanted | Readiness.HANGUP | Readiness.ERROR;
            if ((wanted & Readiness.READ) != 0) {
                tells |= Readiness.READ_HANGUP;
            }
            repeats = edge || hangupOnly;
            ended = 0;
            armed = true;
        }
    }

    private final KqueueFunctions c;
    private final int kq;
    private final ByteBuffer batch = Libc.struct(BATCH * SIZE);
    private final ByteBuffer changes = Libc.struct(4 * SIZE);
    private final ByteBuffer receipts = Libc.struct(4 * SIZE);
    private final ByteBuffer timespec = Libc.struct(16);
    private final ByteBuffer now = Libc.struct(16);
    private final ByteBuffer trigger = Libc.struct(SIZE); // guarded by this

    // Loop only.
    private @Nullable Registration[] registrations = new Registration[64];
    private final List<Registration> found = new ArrayList<>();
    private int changeCount;

    // Guarded by this, with the closing of kq.
    private final Turnstile door;

    private KqueuePoller(KqueueFunctions c, int kq) {
        this.c = c;
        this.kq = kq;
        this.door = new Turnstile(() -> Libc.close(kq));
    }

    static KqueuePoller open() {
        KqueueFunctions c = Kqueue.functions();
        int kq = Libc.orErrno(c.kqueue());
        if (kq < 0) {
            throw new ErrnoException("kqueue", "", -kq).unchecked();
        }
        KqueuePoller poller = new KqueuePoller(c, kq);
        poller.change(0, EVFILT_USER, EV_ADD | EV_CLEAR);
        int added = poller.apply();
        if (added == 0) {
            added = poller.receipt(0);
        }
        if (added < 0) {
            poller.close();
            throw new ErrnoException("kevent", "kqueue fd " + kq, -added).unchecked();
        }
        put(poller.trigger, 0, 0, EVFILT_USER, 0, NOTE_TRIGGER);
        return poller;
    }

    @Override
    public int addOneShot(int fd, int interest, long token) {
        return add(fd, interest, token, false);
    }

    @Override
    public int rearm(int fd, int interest, long token) {
        return add(fd, interest, token, false);
    }

    @Override
    public int addEdge(int fd, long token) {
        return add(fd, Readiness.READ | Readiness.WRITE, token, true);
    }

    private int add(int fd, int interest, long token, boolean edge) {
        int refused = refusal(fd, interest);
        if (refused < 0) {
            return refused;
        }
        Registration r = registration(fd);
        deleteFilters(r);
        int first = changeCount;
        r.start(interest, token, edge);
        if ((r.asked & Readiness.WRITE) != 0) {
            addFilter(r, EVFILT_WRITE);
        }
        if ((r.asked & Readiness.READ) != 0) {
            addFilter(r, EVFILT_READ);
        }
        return settle(r, first);
    }

    private static int refusal(int fd, int interest) {
        if ((interest & Readiness.PRIORITY) != 0) {
            return -Libc.EOPNOTSUPP;
        }
        int file = Libc.isFile(fd);
        return file > 0 ? -Libc.EPERM : file;
    }

    private void addFilter(Registration r, int filter) {
        change(r.fd, filter, EV_ADD | (r.repeats ? EV_CLEAR : EV_ONESHOT));
        r.filters |= bit(filter);
    }

    private void deleteFilters(Registration r) {
        for (int filter = EVFILT_READ; filter >= EVFILT_WRITE; filter--) {
            if ((r.filters & bit(filter)) != 0) {
                change(r.fd, filter, EV_DELETE);
            }
        }
        r.filters = 0;
    }

    /** Applies the changes; those from {@code first} on add filters, and say whether they could. */
    private int settle(Registration r, int first) {
        int count = changeCount;
        int refused = apply();
        int worked = 0;
        for (int i = first; i < count && worked >= 0; i++) {
            int result = receipt(i);
            if (result == 0) {
                worked++;
            } else if (refused == 0) {
                refused = result;
            }
        }
        // Some files are told in one direction only; of an edge that is enough.
        if (refused < 0 && !(r.edge && worked > 0)) {
            remove(r.fd);
            return refused;
        }
        return 0;
    }

    @Override
    public void remove(int fd) {
        Registration r = find(fd);
        if (r != null) {
            registrations[fd] = null;
            deleteFilters(r);
            apply(); // ENOENT, EBADF: it has gone
        }
    }

    private void change(int ident, int filter, int flags) {
        change(ident, filter, flags, 0);
    }

    private void change(int ident, int filter, int flags, int fflags) {
        put(changes, changeCount++, ident, filter, flags | EV_RECEIPT, fflags);
    }

    // The token stays here: the kernel gives back the number, and a number is never stale.
    private static void put(ByteBuffer to, int i, int ident, int filter, int flags, int fflags) {
        int at = i * SIZE;
        to.putLong(at + IDENT, ident)
                .putShort(at + FILTER, (short) filter)
                .putShort(at + FLAGS, (short) flags)
                .putInt(at + FFLAGS, fflags)
                .putLong(at + DATA, 0);
    }

    private int apply() {
        int count = changeCount;
        changeCount = 0;
        if (count == 0) {
            return 0;
        }
        int n = Libc.orErrno(c.kevent(kq, changes, count, receipts, count, now));
        assert n < 0 || n == count : n;
        return Math.min(n, 0);
    }

    private int receipt(int i) {
        return -(int) receipts.getLong(i * SIZE + DATA);
    }

    @Override
    public int watch(Subject subject, int ident) {
        switch (subject) {
            case PROCESS ->
                    change(
                            ident,
                            EVFILT_PROC,
                            EV_ADD | EV_ONESHOT,
                            NOTE_EXIT | (Kqueue.MAC ? NOTE_EXITSTATUS : 0));
            case FILE -> change(ident, EVFILT_VNODE, EV_ADD | EV_CLEAR, NOTE_ANY_CHANGE);
        }
        int refused = apply();
        return refused < 0 ? refused : receipt(0);
    }

    @Override
    public void unwatch(Subject subject, int ident) {
        change(ident, subject == Subject.PROCESS ? EVFILT_PROC : EVFILT_VNODE, EV_DELETE);
        apply(); // ENOENT: it has told already
    }

    @Override
    public String registrationCall() {
        return "kevent";
    }

    @Override
    public void poll(long timeoutNanos, Sink sink) {
        int n = kevent(timeoutNanos);
        for (int i = 0; i < n; i++) {
            collect(i * SIZE, sink);
        }
        if (n == BATCH && Kqueue.isEmulated()) {
            suspectEdges();
        }
        for (int i = 0; i < found.size(); i++) {
            Registration r = found.get(i);
            int readiness = r.found;
            r.found = 0;
            r.armed = r.edge;
            sink.ready(r.token, readiness);
        }
        found.clear();
    }

    private int kevent(long timeoutNanos) {
        // struct timespec { time_t tv_sec; long tv_nsec; };
        long nanos = Math.min(timeoutNanos, LONGEST); // early: the caller knows its deadlines
        timespec.putLong(0, nanos / 1_000_000_000L).putLong(8, nanos % 1_000_000_000L);
        int n = Libc.orErrno(c.kevent(kq, null, 0, batch, BATCH, nanos < 0 ? null : timespec));
        if (n < 0 && n != -Libc.EINTR) {
            throw new ErrnoException("kevent", "kqueue fd " + kq, -n).unchecked();
        }
        return n;
    }

    private void collect(int at, Sink sink) {
        int filter = batch.getShort(at + FILTER);
        int ident = (int) batch.getLong(at + IDENT);
        switch (filter) {
            case EVFILT_READ, EVFILT_WRITE -> collect(find(ident), filter, at);
            case EVFILT_PROC -> sink.happened(Subject.PROCESS, ident, batch.getLong(at + DATA));
            case EVFILT_VNODE -> sink.happened(Subject.FILE, ident, 0);
            default -> {} // the wake-up
        }
    }

    private void collect(@Nullable Registration r, int filter, int at) {
        if (r == null) {
            return; // of a number that was removed
        }
        if (!r.repeats) {
            r.filters &= ~bit(filter);
        }
        if (r.armed) {
            found(r, readiness(r, at, bit(filter)) & r.tells);
        }
    }

    private void found(Registration r, int readiness) {
        if (readiness != 0) {
            if (r.found == 0) {
                found.add(r);
            }
            r.found |= readiness;
        }
    }

    private void suspectEdges() {
        for (Registration r : registrations) {
            if (r != null && r.edge) {
                found(r, Readiness.READ | Readiness.WRITE);
            }
        }
    }

    private int readiness(Registration r, int at, int filter) {
        int flags = batch.getShort(at + FLAGS);
        int readiness = filter;
        if ((flags & EV_EOF) != 0) {
            r.ended |= filter;
            readiness |= filter == Readiness.READ ? Readiness.READ_HANGUP : 0;
            readiness |= batch.getInt(at + FFLAGS) != 0 ? Readiness.ERROR : 0;
        }
        if (r.ended == r.asked && r.asked != Readiness.READ) {
            readiness |= Readiness.HANGUP;
        }
        return (flags & EV_ERROR) != 0 ? readiness | Readiness.ERROR : readiness;
    }

    private static int bit(int filter) {
        return filter == EVFILT_READ ? Readiness.READ : Readiness.WRITE;
    }

    private @Nullable Registration find(int fd) {
        return fd >= 0 && fd < registrations.length ? registrations[fd] : null;
    }

    private Registration registration(int fd) {
        if (fd >= registrations.length) {
            registrations = Arrays.copyOf(registrations, Math.max(fd + 1, fd * 2));
        }
        Registration r = registrations[fd];
        if (r == null) {
            registrations[fd] = r = new Registration(fd);
        }
        return r;
    }

    @Override
    public void wakeup() {
        if (door.enter()) {
            try {
                c.kevent(kq, trigger, 1, null, 0, null); // with no room for events: does not wait
            } finally {
                door.leave();
            }
        }
    }

    @Override
    public void close() {
        door.close();
    }
}
