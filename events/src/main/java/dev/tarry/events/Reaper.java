package dev.tarry.events;

import static dev.tarry.events.EpollPoller.DATA;
import static dev.tarry.events.EpollPoller.EPOLLET;
import static dev.tarry.events.EpollPoller.EPOLLIN;
import static dev.tarry.events.EpollPoller.EPOLL_CTL_ADD;
import static dev.tarry.events.EpollPoller.EVENTS;
import static dev.tarry.events.EpollPoller.SIZE;

import dev.tarry.events.libc.Libc;
import dev.tarry.events.libc.LibcFunctions;

import org.jspecify.annotations.Nullable;

import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * One daemon thread that reaps the children that we have started, when they end: also those that
 * nobody waits for, and those whose loop is over. It is begun by the first child, sleeps in an
 * epoll of its own, and stays, as that one descriptor does.
 *
 * <p>Some facts about its epoll:
 *
 * <ul>
 *   <li>Other threads add to it while it is waited for, so it needs no wake-up.
 *   <li>A pidfd has no duplicates, so that closing it ends its registration: nothing is ever
 *       removed by its number, which might be another child's by then. A report that was on its way
 *       names its child by the pid: at worst it is another's by now, and that one is looked at.
 *   <li>Edges, not levels: while a debugger holds a child that has ended, its pidfd is readable,
 *       and there is nothing to reap yet. When the debugger has let go, that is one more edge.
 * </ul>
 */
final class Reaper implements Runnable {
    private static final int BATCH = 64;
    private static final int FOR_EVER = -1;
    private static final int AGAIN_MILLIS = 1_000;

    private static final LibcFunctions C = Libc.functions();

    // Guarded by the class.
    private static @Nullable Reaper running;

    private final int epfd;

    // Any thread: those that were not reaped, by pid, which is no other's so long. They are kept by
    // this, whoever else forgets them. A map without locks: a loop that reaps may not sleep for
    // one.
    private final Map<Long, SpawnedChild> living = new ConcurrentSkipListMap<>();

    // Its own thread only.
    private final ByteBuffer batch = Libc.struct(BATCH * SIZE);
    private boolean missed;

    private Reaper(int epfd) {
        this.epfd = epfd;
    }

    /** The one of this JVM. */
    static synchronized Reaper running() throws ErrnoException {
        Reaper known = running;
        if (known != null) {
            return known;
        }
        int epfd = Libc.orErrno(C.epoll_create1(Libc.O_CLOEXEC));
        if (epfd < 0) {
            throw new ErrnoException("epoll_create1", "", -epfd);
        }
        Reaper reaper = new Reaper(epfd);
        boolean started = false;
        try {
            Thread.ofPlatform().daemon().name("tarry-reaper").start(reaper);
            started = true;
        } finally {
            if (!started) {
                Libc.close(epfd);
            }
        }
        running = reaper;
        return reaper;
    }

    /** Reaps this child when it ends. */
    void watch(SpawnedChild child, int pidfd) throws ErrnoException {
        long pid = child.pid();
        ByteBuffer event = Libc.struct(SIZE).putInt(EVENTS, EPOLLIN | EPOLLET).putLong(DATA, pid);
        living.put(pid, child);
        int result = Libc.orErrno(C.epoll_ctl(epfd, EPOLL_CTL_ADD, pidfd, event));
        if (result < 0) {
            forget(child);
            throw new ErrnoException("epoll_ctl", "pidfd of " + pid, -result);
        }
    }

    /**
     * It was reaped, by whoever came first. If that was not this thread it may hear no more of it,
     * since the pidfd has been closed.
     */
    void forget(SpawnedChild child) {
        living.remove(child.pid(), child);
    }

    /** Whether it is among those that were not reaped. */
    boolean watches(SpawnedChild child) {
        return living.containsValue(child);
    }

    @Override
    public void run() {
        while (true) {
            int n =
                    C.epoll_wait(
                            epfd, Libc.address(batch), BATCH, missed ? AGAIN_MILLIS : FOR_EVER);
            int error = n < 0 ? Libc.orErrno(n) : 0;
            if (error < 0 && error != -Libc.EINTR) {
                throw new ErrnoException("epoll_wait", "epoll fd " + epfd, -error).unchecked();
            }
            if (n == 0) {
                missed = false;
                living.keySet().forEach(this::reap);
            }
            for (int i = 0; i < n; i++) {
                reap(batch.getLong(i * SIZE + DATA));
            }
        }
    }

    // Whatever goes wrong with one child (no memory, say), the others are reaped, and it is, too, a
    // little later.
    private void reap(long pid) {
        try {
            SpawnedChild child = living.get(pid);
            if (child != null) {
                var unused = child.reap();
            }
        } catch (Throwable t) {
            missed = true;
            System.getLogger("dev.tarry").log(Level.WARNING, "a child could not be reaped", t);
        }
    }
}
