package dev.tarry.scheduler;

import com.google.common.util.concurrent.Uninterruptibles;

import dev.tarry.events.internal.Settings;

import org.jspecify.annotations.Nullable;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks at a loop from outside, and names a task that keeps it from the others. Each task is told
 * once, and again each time that it has held the loop for twice as long.
 *
 * <p>After the slow-callback report of Python's asyncio and the blocked-thread checker of Vert.x.
 */
final class Watchdog implements AutoCloseable {
    private static final int LOOKS = 4; // within the limit

    private final Scheduler scheduler;
    private final long limit;
    private final Thread thread;
    private volatile boolean closed;

    // Its own thread only.
    private long runSeen = -1;
    private long seenAt;
    private long tellAfter;

    /** One that does not watch by itself yet. */
    Watchdog(Scheduler scheduler, Duration limit) {
        this.scheduler = scheduler;
        this.limit = limit.toNanos();
        thread = Thread.ofPlatform().daemon().name(scheduler + "-watchdog").unstarted(this::watch);
    }

    static Watchdog start(Scheduler scheduler, Duration limit) {
        Watchdog watchdog = new Watchdog(scheduler, limit);
        watchdog.thread.start();
        return watchdog;
    }

    static void check(Duration limit) {
        if (limit.toMillis() < 1) {
            throw new IllegalArgumentException(
                    "the limit of the watchdog must be a millisecond or more, not " + limit);
        }
    }

    /** The limit that the property asks for, if it does. */
    static @Nullable Duration limitByProperty() {
        long millis = Settings.watchdogMillis();
        return millis == 0 ? null : Duration.ofMillis(millis);
    }

    private void watch() {
        while (!closed) {
            LockSupport.parkNanos(this, limit / LOOKS);
            look(System.nanoTime());
        }
    }

    /**
     * @param now in nanoseconds
     */
    void look(long now) {
        long run = scheduler.runs();
        Task<?> task = scheduler.running();
        if (task == null || run != runSeen) {
            runSeen = run;
            seenAt = now;
            tellAfter = limit;
        } else if (now - seenAt >= tellAfter) {
            tellAfter *= 2;
            tell(task, now - seenAt);
        }
    }

    private void tell(Task<?> task, long held) {
        StackTraceElement[] stack = task.thread().getStackTrace();
        Thread.State state = task.thread().getState();
        if (scheduler.runs() != runSeen || stack.length == 0) {
            return; // it was just over
        }
        Throwable where = new Throwable("the stack of " + task);
        where.setStackTrace(stack);
        System.getLogger("dev.tarry")
                .log(
                        Level.WARNING,
                        task
                                + " has held the loop of "
                                + scheduler
                                + " for more than "
                                + held / 1_000_000
                                + " ms, and no other task can run: "
                                + cause(state, stack[0]),
                        where);
    }

    private static String cause(Thread.State state, StackTraceElement top) {
        if (state != Thread.State.RUNNABLE) {
            return "it is "
                    + state
                    + " in a call of the JDK, which blocks the thread; Tarry.blocking(...) is for"
                    + " such calls";
        }
        if (top.isNativeMethod()) {
            return "it is inside the native method "
                    + top.getClassName()
                    + "."
                    + top.getMethodName()
                    + "; Tarry.blocking(...) is for such calls";
        }
        return "it computes; Tarry.yieldNow() lets the others run in between";
    }

    /** Ends its thread, and waits for that. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        Uninterruptibles.joinUninterruptibly(thread);
    }
}
