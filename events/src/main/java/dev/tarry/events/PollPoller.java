package dev.tarry.events;

import static dev.tarry.events.libc.Libc.EBADF;
import static dev.tarry.events.libc.Libc.EINTR;
import static dev.tarry.events.libc.Libc.POLLERR;
import static dev.tarry.events.libc.Libc.POLLHUP;
import static dev.tarry.events.libc.Libc.POLLIN;
import static dev.tarry.events.libc.Libc.POLLNVAL;
import static dev.tarry.events.libc.Libc.POLLOUT;
import static dev.tarry.events.libc.Libc.POLLPRI;
import static dev.tarry.events.libc.Libc.POLLRDHUP;

import dev.tarry.events.libc.Libc;
import dev.tarry.events.libc.LibcFunctions;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * poll(2): everywhere, and O(n) per call. The fallback, and a second opinion for the tests.
 *
 * <p>Some facts about poll: there is no registration in the kernel, so nothing goes stale; a number
 * that is closed says POLLNVAL at once. It knows no edges and no one-shot, and hang-up and error
 * are told again at every call, asked for or not. So what was reported is no longer asked for, and
 * an entry with nothing left to ask, or one that said hang-up, is switched off (a negative number
 * is skipped) until somebody asks again by {@link #rearm} or {@link #expect}.
 */
final class PollPoller implements Poller {
    // struct pollfd { int fd; short events; short revents; };
    private static final int SIZE = 8;
    private static final int EVENTS = 4;
    private static final int REVENTS = 6;

    private static final int WAKEUP = 0; // the index of the doorbell
    private static final LibcFunctions C = Libc.functions();

    private final Doorbell doorbell;
    private final ByteBuffer asked = Libc.struct(SIZE);

    // Loop only: entry i is pollfds[i * SIZE], tokens[i] and numbers[i]; indexOf is by number.
    private ByteBuffer pollfds = Libc.struct(64 * SIZE);
    private long[] tokens = new long[64];
    private int[] numbers = new int[64];
    private boolean[] edges = new boolean[64];
    private int[] indexOf = new int[64];
    private int size;

    private PollPoller(Doorbell doorbell) {
        this.doorbell = doorbell;
        put(doorbell.number(), POLLIN, 0, false);
    }

    static PollPoller open() {
        PollPoller poller = new PollPoller(Doorbell.open());
        int revents = Libc.pollNow(poller.asked, poller.doorbell.number(), POLLIN);
        if (revents < 0) {
            poller.close();
            throw new ErrnoException("poll", poller.doorbell.toString(), -revents).unchecked();
        }
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
        return add(fd, Readiness.READ | Readiness.WRITE | Readiness.PRIORITY, token, true);
    }

    private int add(int fd, int interest, long token, boolean edge) {
        // The kernel would tell only at the next poll; whoever registers wants to know now.
        int revents = fd < 0 ? POLLNVAL : Libc.pollNow(asked, fd, 0);
        if (revents < 0) {
            return revents;
        }
        if ((revents & POLLNVAL) != 0) {
            return -EBADF;
        }
        remove(fd);
        put(fd, events(interest), token, edge);
        return 0;
    }

    @Override
    public void expect(int fd, int interest) {
        int i = index(fd);
        if (i > WAKEUP) {
            int events = pollfds.getShort(i * SIZE + EVENTS) | events(interest);
            pollfds.putInt(i * SIZE, fd).putShort(i * SIZE + EVENTS, (short) events);
        }
    }

    @Override
    public void remove(int fd) {
        int i = index(fd);
        if (i <= WAKEUP) {
            return;
        }
        int last = --size;
        pollfds.putLong(i * SIZE, pollfds.getLong(last * SIZE));
        tokens[i] = tokens[last];
        numbers[i] = numbers[last];
        edges[i] = edges[last];
        indexOf[numbers[i]] = i + 1;
        indexOf[fd] = 0;
    }

    private void put(int fd, int events, long token, boolean edge) {
        if (size == tokens.length) {
            tokens = Arrays.copyOf(tokens, size * 2);
            numbers = Arrays.copyOf(numbers, size * 2);
            edges = Arrays.copyOf(edges, size * 2);
            pollfds = Libc.struct(size * 2 * SIZE).put(pollfds.clear()).clear();
        }
        if (fd >= indexOf.length) {
            indexOf = Arrays.copyOf(indexOf, Math.max(fd + 1, indexOf.length * 2));
        }
        pollfds.putInt(size * SIZE, fd).putShort(size * SIZE + EVENTS, (short) events);
        tokens[size] = token;
        numbers[size] = fd;
        edges[size] = edge;
        indexOf[fd] = ++size; // one more than the index, so that 0 is none
    }

    private int index(int fd) {
        return fd >= 0 && fd < indexOf.length ? indexOf[fd] - 1 : -1;
    }

    @Override
    public String registrationCall() {
        return "poll";
    }

    @Override
    public void poll(long timeoutNanos, Sink sink) {
        int millis =
                timeoutNanos < 0
                        ? -1
                        : (int) Math.min((timeoutNanos + 999_999) / 1_000_000, Integer.MAX_VALUE);
        int n = Libc.orErrno(C.poll(pollfds, size, millis));
        if (n < 0 && n != -EINTR) {
            throw new ErrnoException("poll", size + " descriptors", -n).unchecked();
        }
        // The sink may not add or remove, so the indexes hold.
        for (int i = 0; i < size && n > 0; i++) {
            int revents = pollfds.getShort(i * SIZE + REVENTS);
            if (revents == 0 || pollfds.getInt(i * SIZE) < 0) {
                continue;
            }
            n--;
            if (i == WAKEUP) {
                doorbell.silence();
            } else {
                silence(i, revents);
                sink.ready(tokens[i], readiness(revents));
            }
        }
    }

    private void silence(int i, int revents) {
        int events = edges[i] ? pollfds.getShort(i * SIZE + EVENTS) & ~revents : 0;
        pollfds.putShort(i * SIZE + EVENTS, (short) events);
        if (events == 0 || (revents & (POLLHUP | POLLERR | POLLNVAL)) != 0) {
            pollfds.putInt(i * SIZE, -1 - numbers[i]);
        }
    }

    private static int events(int interest) {
        return ((interest & Readiness.READ) != 0 ? POLLIN | POLLRDHUP : 0)
                | ((interest & Readiness.WRITE) != 0 ? POLLOUT : 0)
                | ((interest & Readiness.PRIORITY) != 0 ? POLLPRI : 0);
    }

    private static int readiness(int revents) {
        return ((revents & POLLIN) != 0 ? Readiness.READ : 0)
                | ((revents & POLLOUT) != 0 ? Readiness.WRITE : 0)
                | ((revents & POLLPRI) != 0 ? Readiness.PRIORITY : 0)
                | ((revents & POLLRDHUP) != 0 ? Readiness.READ_HANGUP : 0)
                | ((revents & POLLHUP) != 0 ? Readiness.HANGUP : 0)
                | ((revents & (POLLERR | POLLNVAL)) != 0 ? Readiness.ERROR : 0);
    }

    @Override
    public void wakeup() {
        doorbell.ring();
    }

    @Override
    public void close() {
        doorbell.close();
    }
}
