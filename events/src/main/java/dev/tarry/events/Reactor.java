package dev.tarry.events;

import com.google.common.collect.MapMaker;
import com.google.common.collect.Sets;

import dev.tarry.events.internal.Reports;
import dev.tarry.events.libc.Libc;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What one loop waits with: its poller, its clock, its timers, its file descriptors. Belongs to one
 * loop; everything but {@link #post} is for that loop only, and says so with a {@link
 * WrongThreadException}.
 */
public final class Reactor implements AutoCloseable {
    // Immutable.
    private final Poller poller;
    private final Clock clock;
    private final Loop loop;

    // Loop only.
    private final TimerQueue timers = new TimerQueue();
    private final FdTable fds;
    private final Notices notices;
    private final Map<Class<?>, Map<Object, Object>> companions = new HashMap<>(); // by their type
    private final ByteBuffer pollfd = Libc.struct(8);
    private final Set<AutoCloseable> resources = Sets.newIdentityHashSet();
    private @Nullable Consumer<Object> observer;
    private boolean observing;
    private int firing; // calls of fireTimers; more than one if a timer blocks and lets others run
    private long firingUpTo;
    private boolean closing;
    private boolean closed;

    /**
     * The event side of one loop, on a poller that is open.
     *
     * @param poller becomes the reactor's own, and is closed with it
     * @param clock the time to go by
     * @param loop the loop that this belongs to
     */
    public Reactor(Poller poller, Clock clock, Loop loop) {
        this.poller = poller;
        this.clock = clock;
        this.loop = loop;
        this.fds = new FdTable(this, poller);
        this.notices = new Notices(poller);
    }

    /** The time now, of this loop's clock, in nanoseconds. */
    public long nanos() {
        return clock.nanos();
    }

    /** The time that this loop goes by. */
    public Clock clock() {
        return clock;
    }

    /**
     * Runs {@code action} on the loop, soon. Any thread. The action must not wait, not even for a
     * lock: one that a task of this loop waits for as well might never come, since that task could
     * not run to take its turn.
     *
     * @return false if the loop has ended; then {@code action} will not run
     */
    public boolean post(Runnable action) {
        return loop.post(action);
    }

    /**
     * Whether the calling thread is the loop, or the task that runs on it, and it has not ended.
     */
    public boolean isCurrent() {
        return loop.isCurrent() && !closed;
    }

    /**
     * Whether its loop has ended. Of other threads, those know it that have seen the end: by {@code
     * run} having returned, say.
     */
    public boolean isClosed() {
        return closed;
    }

    /** Throws unless the calling thread is the loop, or the task that runs on it. */
    public void checkLoop() {
        if (!loop.isCurrent()) {
            throw new WrongThreadException(
                    "this belongs to the scheduler " + loop + ", but was called from " + where());
        }
        if (closed) {
            throw new IllegalStateException("the scheduler " + loop + " is closed");
        }
    }

    private static String where() {
        Thread t = Thread.currentThread();
        return "thread '" + t.getName() + "' (#" + t.threadId() + ")";
    }

    /**
     * Fires {@code timer} once the clock has reached {@code deadline}; never earlier. One that is
     * scheduled when others fire does so a turn later, though its time is over: it could come for
     * ever, and nobody else.
     *
     * @throws IllegalStateException if it is scheduled already; {@link #cancel} it first
     */
    public void schedule(Timer timer, long deadline) {
        checkLoop();
        if (timer.isScheduled()) {
            throw new IllegalStateException("this timer is scheduled already; cancel it first");
        }
        boolean isDue = firing > 0 && deadline - firingUpTo <= 0;
        timers.add(timer, isDue ? firingUpTo + 1 : deadline);
    }

    /** Removes {@code timer}; nothing happens if it is not scheduled. */
    public void cancel(Timer timer) {
        checkLoop();
        timers.remove(timer);
    }

    /**
     * What this reactor keeps about {@code source} (a thread, a future), of one type: made by
     * {@code maker} when it is first asked for, and forgotten with the source itself. So however
     * many events are made for one source, it is watched once. The companion must not refer to its
     * source, or neither is ever collected while the source is out of use.
     */
    public <K, V> V companion(K source, Class<V> type, Function<? super K, ? extends V> maker) {
        checkLoop();
        Map<Object, Object> all =
                companions.computeIfAbsent(type, t -> new MapMaker().weakKeys().makeMap());
        Object found = all.get(source);
        if (found == null) {
            found = Objects.requireNonNull(maker.apply(source), "the companion");
            // The maker may have asked for it as well, or let another task run that did.
            Object first = all.putIfAbsent(source, found);
            found = first != null ? first : found;
        }
        return type.cast(found);
    }

    /**
     * Lets {@code observer} see what tasks of this loop are told: each outcome that a wait returns,
     * and the messages that go through its channels. For tests that compare runs; it must not wait,
     * and not keep what it sees.
     */
    public void observe(Consumer<Object> observer) {
        this.observer = observer;
    }

    /** Shows {@code told} to whoever observes. Loop only. */
    public void observed(Object told) {
        if (observer != null && !observing) {
            observing = true;
            try {
                observer.accept(told);
            } catch (Throwable t) {
                // What is told was taken: it must not be lost to its task for whoever looks on.
                Reports.warn("whoever observes " + this + " has failed", t);
            } finally {
                observing = false;
            }
        }
    }

    /**
     * Notes something that is held for this reactor and must not outlive it (a signal's handler,
     * say), to be closed with it if nobody has {@linkplain #released released} it before.
     */
    public void holding(AutoCloseable resource) {
        checkLoop();
        resources.add(resource);
    }

    /** {@code resource} was closed by whoever opened it. */
    public void released(AutoCloseable resource) {
        resources.remove(resource);
    }

    // ---- for the scheduler: the steps of a turn

    /**
     * Asks the operating system what is ready, and wakes who waits for it.
     *
     * @param mostNanos how long to sleep until there is something; the next timer ends it, too. 0
     *     looks and does not sleep; negative sleeps without limit
     */
    public void poll(long mostNanos) {
        long timeout = 0;
        if (prepare() && mostNanos != 0) {
            timeout = untilTimer();
            if (mostNanos > 0 && (timeout < 0 || timeout > mostNanos)) {
                timeout = mostNanos;
            }
        }
        poller.poll(timeout, fds);
        fds.sweep();
    }

    /**
     * Tells the operating system what is waited for; {@link #poll} does so by itself.
     *
     * @return false if something is ready already
     */
    public boolean prepare() {
        return fds.flush();
    }

    /** How long a poll may sleep if nothing happens, in nanoseconds; negative without limit. */
    public long untilTimer() {
        long timeout = timers.isEmpty() ? clock.idle() : clock.idleUntil(timers.nextDeadline());
        boolean sweepFirst = timeout < 0 || timeout > FdTable.SWEEP_NANOS;
        return fds.isSweepNeeded() && sweepFirst ? FdTable.SWEEP_NANOS : timeout;
    }

    /** See {@link Poller#fd}. */
    public int fd() {
        return poller.fd();
    }

    /**
     * Fires the timers that are due.
     *
     * @param now the time of the clock
     */
    public void fireTimers(long now) {
        firing++;
        firingUpTo = now;
        try {
            Timer timer;
            while ((timer = timers.takeDue(now)) != null) {
                fire(timer);
            }
        } finally {
            firing--;
        }
    }

    private static void fire(Timer timer) {
        try {
            timer.fire();
        } catch (Throwable t) {
            Reports.warn("a timer has failed", t); // the others are still due
        }
    }

    /** Whether any timer is pending. */
    public boolean hasTimers() {
        return !timers.isEmpty();
    }

    /** How many timers are pending. */
    public int timers() {
        return timers.size();
    }

    /** How many file descriptors are known to the poller. */
    public int registrations() {
        return fds.size();
    }

    // ---- for the kinds of events in this package

    FdTable fds() {
        return fds;
    }

    Notices notices() {
        return notices;
    }

    /** What {@code fd} is ready for at this moment: bits of {@link Readiness}, or -errno. */
    int readinessNow(int fd, int interest) {
        int wanted =
                ((interest & Readiness.READ) != 0 ? Libc.POLLIN | Libc.POLLRDHUP : 0)
                        | ((interest & Readiness.WRITE) != 0 ? Libc.POLLOUT : 0)
                        | ((interest & Readiness.PRIORITY) != 0 ? Libc.POLLPRI : 0);
        int revents = Libc.pollNow(pollfd, fd, wanted);
        if (revents < 0) {
            return revents;
        }
        if ((revents & Libc.POLLNVAL) != 0) {
            return -Libc.EBADF;
        }
        return ((revents & Libc.POLLIN) != 0 ? Readiness.READ : 0)
                | ((revents & Libc.POLLOUT) != 0 ? Readiness.WRITE : 0)
                | ((revents & Libc.POLLPRI) != 0 ? Readiness.PRIORITY : 0)
                | ((revents & Libc.POLLRDHUP) != 0 ? Readiness.READ_HANGUP : 0)
                | ((revents & Libc.POLLHUP) != 0 ? Readiness.HANGUP : 0)
                | ((revents & Libc.POLLERR) != 0 ? Readiness.ERROR : 0);
    }

    /**
     * Closes what it still holds, and the poller. Waits that are still open are the scheduler's to
     * end first.
     */
    @Override
    public void close() {
        if (closed || closing) {
            return;
        }
        checkLoop();
        closing = true; // what is closed here may close this
        try {
            for (AutoCloseable resource : List.copyOf(resources)) {
                close(resource);
            }
            fds.closeAll();
        } finally {
            closed = true;
            poller.close();
        }
    }

    private static void close(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Throwable t) {
            Reports.warn("closing " + Reports.text(resource), t);
        }
    }

    @Override
    public String toString() {
        return "reactor of the scheduler " + loop;
    }
}
