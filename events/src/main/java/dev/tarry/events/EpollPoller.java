package dev.tarry.events;

import static dev.tarry.events.libc.Libc.EEXIST;
import static dev.tarry.events.libc.Libc.EINTR;
import static dev.tarry.events.libc.Libc.ENOENT;

import dev.tarry.events.libc.Libc;
import dev.tarry.events.libc.LibcFunctions;

import org.jspecify.annotations.Nullable;

import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * epoll(7).
 *
 * <p>Some facts about epoll, each of which cost somebody a night:
 *
 * <ul>
 *   <li>A registration belongs to the pair (descriptor number, open file). If another process, or a
 *       dup, holds the open file, closing the number does not end the registration: it goes on
 *       reporting, and can no longer be removed by its number. So we remove <em>before</em> we
 *       close, and use EPOLLONESHOT for what is not ours: a stale registration reports once, is not
 *       armed again, and cannot spin.
 *   <li>The other way round: closed and opened again behind our back, the number has no
 *       registration, and MOD answers ENOENT. Then ADD is right.
 *   <li>An edge is new data or new space, not "ready now". After adding, what is ready already is
 *       reported once.
 *   <li>Regular files are refused with EPERM, since they are always ready.
 *   <li>epoll_wait counts in milliseconds. epoll_pwait2 (Linux 5.11) counts in nanoseconds; without
 *       it we round up, since a timer that is early is a broken promise, and one that is late is
 *       not. There are filters of system calls that know only the older one, and answer EPERM.
 *   <li>{@code struct epoll_event} is packed on x86-64 and nowhere else.
 * </ul>
 */
final class EpollPoller implements Poller {
    private static final int EPOLL_CLOEXEC = 0x80000;

    static final int EPOLL_CTL_ADD = 1;
    private static final int EPOLL_CTL_DEL = 2;
    private static final int EPOLL_CTL_MOD = 3;

    static final int EPOLLIN = 0x1;
    private static final int EPOLLPRI = 0x2;
    private static final int EPOLLOUT = 0x4;
    private static final int EPOLLERR = 0x8;
    private static final int EPOLLHUP = 0x10;
    private static final int EPOLLRDHUP = 0x2000;
    private static final int EPOLLONESHOT = 1 << 30;
    static final int EPOLLET = 1 << 31;

    // For Reaper, too: struct epoll_event { uint32_t events; epoll_data_t data; }
    // __attribute__((packed)) on x86-64
    private static final boolean PACKED =
            System.getProperty("os.arch", "").equals("amd64")
                    || System.getProperty("os.arch", "").equals("x86_64");
    static final int EVENTS = 0;
    static final int DATA = PACKED ? 4 : 8;
    static final int SIZE = PACKED ? 12 : 16;

    private static final int BATCH = 256;
    private static final long WAKEUP_TOKEN = -1;

    private static final LibcFunctions C = Libc.functions();

    // Guarded by the class: null until it is known.
    private static @Nullable Optional<ErrnoException> refusal;

    private final int epfd;
    private final Doorbell doorbell;
    private final ByteBuffer batch = Libc.struct(BATCH * SIZE);
    private final long batchAddress = Libc.address(batch);
    private final ByteBuffer change = Libc.struct(SIZE);
    private final ByteBuffer timespec = Libc.struct(16);
    private final long timespecAddress = Libc.address(timespec);
    private boolean nanoseconds = true;
    private boolean closed;

    private EpollPoller(int epfd, Doorbell doorbell) {
        this.epfd = epfd;
        this.doorbell = doorbell;
    }

    /**
     * What this system says if it does not let us use epoll at all. Found out once: another
     * failure, for want of descriptors say, is for {@link #open} to tell.
     */
    static synchronized Optional<ErrnoException> refusal() {
        Optional<ErrnoException> known = refusal;
        if (known != null) {
            return known;
        }
        try {
            open().close();
            refusal = Optional.empty();
        } catch (UncheckedIOException e) {
            if (!(e.getCause() instanceof ErrnoException why)
                    || !SystemFilter.refuses(-why.errno())) {
                return Optional.empty();
            }
            refusal = Optional.of(why);
        }
        return refusal;
    }

    static EpollPoller open() {
        int epfd = Libc.orErrno(C.epoll_create1(EPOLL_CLOEXEC));
        if (epfd < 0) {
            throw new ErrnoException("epoll_create1", "", -epfd).unchecked();
        }
        Doorbell doorbell;
        try {
            doorbell = Doorbell.open();
        } catch (UncheckedIOException e) {
            Libc.close(epfd);
            throw e;
        }
        EpollPoller poller = new EpollPoller(epfd, doorbell);
        try {
            poller.tryEachCall();
        } catch (UncheckedIOException e) {
            poller.close();
            throw e;
        }
        return poller;
    }

    /** What is forbidden shall be known now, and not at the first wait with a timeout. */
    private void tryEachCall() {
        int waited = Libc.orErrno(C.epoll_wait(epfd, batchAddress, BATCH, 0));
        if (SystemFilter.refuses(waited)) {
            throw failed("epoll_wait", waited);
        }
        nanoseconds = !SystemFilter.refuses(epollPwait2(0));
        int added = control(EPOLL_CTL_ADD, doorbell.number(), EPOLLIN, WAKEUP_TOKEN);
        if (added < 0) {
            throw failed("epoll_ctl", added);
        }
    }

    private UncheckedIOException failed(String call, int error) {
        return new ErrnoException(call, "epoll fd " + epfd, -error).unchecked();
    }

    @Override
    public int addOneShot(int fd, int interest, long token) {
        int events = events(interest) | EPOLLONESHOT;
        int result = control(EPOLL_CTL_ADD, fd, events, token);
        return result == -EEXIST ? control(EPOLL_CTL_MOD, fd, events, token) : result;
    }

    @Override
    public int rearm(int fd, int interest, long token) {
        int events = events(interest) | EPOLLONESHOT;
        int result = control(EPOLL_CTL_MOD, fd, events, token);
        return result == -ENOENT ? control(EPOLL_CTL_ADD, fd, events, token) : result;
    }

    @Override
    public int addEdge(int fd, long token) {
        int events = EPOLLIN | EPOLLOUT | EPOLLPRI | EPOLLRDHUP | EPOLLET;
        int result = control(EPOLL_CTL_ADD, fd, events, token);
        return result == -EEXIST ? control(EPOLL_CTL_MOD, fd, events, token) : result;
    }

    @Override
    public void remove(int fd) {
        control(EPOLL_CTL_DEL, fd, 0, 0);
    }

    private int control(int op, int fd, int events, long token) {
        change.putInt(EVENTS, events).putLong(DATA, token);
        return Libc.orErrno(C.epoll_ctl(epfd, op, fd, change));
    }

    @Override
    public String registrationCall() {
        return "epoll_ctl";
    }

    @Override
    public int fd() {
        return epfd;
    }

    @Override
    public void poll(long timeoutNanos, Sink sink) {
        int n = epollWait(timeoutNanos);
        for (int i = 0; i < n; i++) {
            int events = batch.getInt(i * SIZE + EVENTS);
            long token = batch.getLong(i * SIZE + DATA);
            if (token == WAKEUP_TOKEN) {
                doorbell.silence();
            } else {
                sink.ready(token, readiness(events));
            }
        }
    }

    private int epollWait(long timeoutNanos) {
        boolean exact = nanoseconds && timeoutNanos > 0;
        int n = exact ? epollPwait2(timeoutNanos) : epollWaitMillis(timeoutNanos);
        if (n >= 0) {
            return n;
        }
        if (exact && SystemFilter.refuses(n)) { // only now: filters can be added
            nanoseconds = false;
            return epollWait(timeoutNanos);
        }
        if (n == -EINTR) {
            return 0; // early: the caller knows its deadlines
        }
        throw failed(exact ? "epoll_pwait2" : "epoll_wait", n);
    }

    private int epollPwait2(long timeoutNanos) {
        // struct timespec { time_t tv_sec; long tv_nsec; };
        timespec.putLong(0, timeoutNanos / 1_000_000_000L);
        timespec.putLong(8, timeoutNanos % 1_000_000_000L);
        return Libc.orErrno(C.epoll_pwait2(epfd, batchAddress, BATCH, timespecAddress, 0));
    }

    private int epollWaitMillis(long timeoutNanos) {
        long millis =
                timeoutNanos < 0
                        ? -1
                        : Math.min((timeoutNanos + 999_999) / 1_000_000, Integer.MAX_VALUE);
        return Libc.orErrno(C.epoll_wait(epfd, batchAddress, BATCH, (int) millis));
    }

    private static int events(int interest) {
        return ((interest & Readiness.READ) != 0 ? EPOLLIN | EPOLLRDHUP : 0)
                | ((interest & Readiness.WRITE) != 0 ? EPOLLOUT : 0)
                | ((interest & Readiness.PRIORITY) != 0 ? EPOLLPRI : 0);
    }

    private static int readiness(int events) {
        return ((events & EPOLLIN) != 0 ? Readiness.READ : 0)
                | ((events & EPOLLOUT) != 0 ? Readiness.WRITE : 0)
                | ((events & EPOLLPRI) != 0 ? Readiness.PRIORITY : 0)
                | ((events & EPOLLRDHUP) != 0 ? Readiness.READ_HANGUP : 0)
                | ((events & EPOLLHUP) != 0 ? Readiness.HANGUP : 0)
                | ((events & EPOLLERR) != 0 ? Readiness.ERROR : 0);
    }

    @Override
    public void wakeup() {
        doorbell.ring();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            doorbell.close();
            Libc.close(epfd);
        }
    }
}
