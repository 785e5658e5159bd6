package dev.tarry.testkit;

import dev.tarry.events.Clock;
import dev.tarry.events.Durations;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * A clock that stands still while tasks run, and jumps to the next deadline when all of them wait:
 * an hour of sleep costs nothing, and takes exactly an hour.
 *
 * <p>Before it jumps it lets the loop look once at the operating system, without sleeping, so that
 * what can happen now happens before time passes. What other threads and processes do takes real
 * time, of which this clock knows nothing: to a task that waits for them with a timeout, the time
 * is over at once, unless the clock is told to be {@linkplain #patience patient}.
 *
 * <p>After Trio's {@code MockClock}.
 */
public final class VirtualClock implements Clock {
    /**
     * In real time, how long a task may be blocked by the JDK (a lock that the garbage collector's
     * cleaner holds) before the clock goes on without it.
     */
    private static final long LOCK_PATIENCE = 1_000_000_000L;

    // Written on the loop; read by any thread.
    private volatile long now;

    // Loop only.
    private BooleanSupplier beforeJump = () -> false;
    private BooleanSupplier blocked = () -> false;
    private boolean looked;
    private long lookedAt;
    private long patience;
    private long lateness;

    /** A clock that begins at 0. */
    public VirtualClock() {
        this(0);
    }

    /**
     * A clock that begins somewhere else.
     *
     * @param origin what {@link #nanos} answers first; close to {@code Long.MAX_VALUE} it will
     *     wrap, as {@link System#nanoTime} may
     */
    public VirtualClock(long origin) {
        now = origin;
    }

    @Override
    public long nanos() {
        return now;
    }

    /**
     * Called by a loop that has nothing to do before {@code deadline}: answers 0 (look, do not
     * sleep) the first time, and jumps the second time in succession.
     */
    @Override
    public long idleUntil(long deadline) {
        if (!looked) {
            looked = true;
            lookedAt = System.nanoTime();
            return blocked.getAsBoolean() ? LOCK_PATIENCE : patience;
        }
        long rest = LOCK_PATIENCE - (System.nanoTime() - lookedAt);
        if (rest > 0 && blocked.getAsBoolean()) {
            return rest;
        }
        looked = false;
        if (!beforeJump.getAsBoolean()) {
            now += Math.max(0, deadline - now) + lateness;
        }
        return 0;
    }

    /** Moves the time on by hand. Timers that are due then fire in the next turn. Loop only. */
    @SuppressWarnings("NonAtomicOperationOnVolatileField") // one writer
    public void advance(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("time does not go back: " + time);
        }
        now += Durations.nanos(time);
    }

    /**
     * How much real time other threads get before the clock jumps: for programs that use {@code
     * Tarry.blocking}, children, or sockets of others. Zero unless said otherwise.
     */
    public void patience(Duration realTime) {
        patience = Durations.nanos(realTime);
    }

    /** Makes each jump end so much after the deadline, as it does on a busy machine. */
    public void lateness(Duration time) {
        lateness = Durations.nanos(time);
    }

    /** Something runs, so the next idle moment is a new one. */
    void busy() {
        looked = false;
    }

    /** Asked whether a call of the JDK has taken a task off the loop, and will bring it back. */
    void blocked(BooleanSupplier question) {
        blocked = question;
    }

    /**
     * Asked once all wait and the system has nothing to tell: true if there is work to do now after
     * all, and no reason to jump.
     */
    void beforeJump(BooleanSupplier hook) {
        beforeJump = hook;
    }
}
