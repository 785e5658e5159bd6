package dev.tarry.testkit;

import dev.tarry.events.Clock;
import dev.tarry.events.Durations;
import dev.tarry.events.Work;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;

/**
 * A clock that stands still while tasks run, and jumps to the next deadline when all of them wait:
 * an hour of sleep costs nothing, and takes exactly an hour.
 *
 * <p>Before it jumps it lets the loop look once at the operating system, without sleeping, so that
 * what can happen now happens before time passes. While code runs in {@code Tarry.blocking} it
 * stands still, up to a {@linkplain #blockingPatience limit}. What other threads and processes do
 * beside that takes real time, of which this clock knows nothing: to a task that waits for them
 * with a timeout, the time is over at once, unless the clock is told to be {@linkplain #patience
 * patient}.
 *
 * <p>It ends 292 years after its beginning, where nanoseconds overflow: a program that gets there
 * is stopped.
 *
 * <p>After Trio's {@code MockClock}.
 */
public final class VirtualClock implements Clock {
    /**
     * In real time, how long a task may be blocked by the JDK (a lock that the garbage collector's
     * cleaner holds) before the clock goes on without it.
     */
    private static final long LOCK_PATIENCE = 1_000_000_000L;

    private static final Instant START = Instant.parse("2000-01-01T00:00:00Z");

    private final long origin;

    // Written on the loop; read by any thread.
    private volatile long now;

    // Loop only.
    private BooleanSupplier beforeJump = () -> false;
    private BooleanSupplier blocked = () -> false;
    private boolean looked;
    private long lookedAt;
    private long patience;
    private long lateness;
    private final RealWork work = new RealWork();
    private long limit;
    private @Nullable Runnable atLimit;

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
        this.origin = origin;
        now = origin;
    }

    @Override
    public long nanos() {
        return now;
    }

    /** The year 2000 began when this clock did. */
    @Override
    public Instant now() {
        return START.plusNanos(now - origin);
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
        if (!work.tellNext()) {
            long hold = work.hold();
            if (hold > 0) {
                return hold;
            }
            looked = false;
            if (!beforeJump.getAsBoolean()) {
                jump(deadline);
            }
        }
        looked = false;
        return 0;
    }

    private void jump(long deadline) {
        Runnable action = atLimit;
        if (action != null && deadline - limit >= 0) {
            pass(Math.max(0, limit - now));
            atLimit = null;
            action.run();
        } else {
            pass(Math.max(0, deadline - now));
            pass(lateness);
        }
    }

    /** Called by a loop that has nothing to do, and no timer. */
    @Override
    public long idle() {
        if (hasLimit()) {
            return idleUntil(limit);
        }
        return work.tellNext() ? 0 : work.untilOutOfTurn();
    }

    @SuppressWarnings("NonAtomicOperationOnVolatileField") // one writer
    private void pass(long nanos) {
        if (now - origin + nanos < 0) {
            throw new IllegalStateException(
                    "virtual time has come to its end, 292 years after its beginning: "
                            + Duration.ofNanos(now - origin)
                            + " have passed, and "
                            + Duration.ofNanos(nanos)
                            + " more are wanted; is there a loop without end that sleeps, or that"
                            + " waits with a timeout?");
        }
        now += nanos;
    }

    /** Moves the time on by hand. Timers that are due then fire in the next turn. Loop only. */
    public void advance(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("time does not go back: " + time);
        }
        pass(Durations.nanos(time));
    }

    /**
     * How much real time other threads get before the clock jumps: for programs that use children,
     * or sockets of others. Zero unless said otherwise.
     */
    public void patience(Duration realTime) {
        patience = Durations.nanos(realTime);
    }

    /**
     * How much real time code in {@code Tarry.blocking} gets before the clock goes on without it:
     * for code that waits until time passes, or that never comes back by itself, and is to be
     * cancelled by a limit. Counted since the last of such code began or ended; ten seconds unless
     * said otherwise. What was overtaken once does not hold the clock again. Half as long, code
     * that has come back waits for code that was started before it and has not.
     */
    public void blockingPatience(Duration realTime) {
        work.patience(realTime);
    }

    /** Runs {@code action} when time would pass {@code until}, and then goes on without a limit. */
    void limit(long until, Runnable action) {
        limit = until;
        atLimit = action;
    }

    /** Takes the limit back. */
    void noLimit() {
        atLimit = null;
    }

    /** Whether time has a limit at present. */
    boolean hasLimit() {
        return atLimit != null;
    }

    /** Makes each jump end so much after the deadline, as it does on a busy machine. */
    public void lateness(Duration time) {
        lateness = Durations.nanos(time);
    }

    @Override
    public void begun(Work begun) {
        work.begun(begun);
    }

    @Override
    public void ended(Work ended) {
        work.ended(ended);
    }

    @Override
    public void forgotten(Work forgotten) {
        work.forgotten(forgotten);
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
