package dev.tarry.events;

import org.jspecify.annotations.Nullable;

import java.time.Duration;

/**
 * Ticks at a fixed rate: a claim that takes all ticks due and tells how many they are, so one is
 * never late twice. The ticks stand at start + n * period whatever the waits in between took. It
 * costs nothing while nobody waits, and needs no closing.
 */
public final class Ticker implements BaseEvent<Ticker.Ticks> {

    /**
     * What a claim took.
     *
     * @param count the ticks since the last claim; more than 1 if somebody was slow
     * @param late how long ago the last of them was due
     */
    public record Ticks(long count, Duration late) {}

    private final Reactor reactor;
    private final long period;
    private long next;

    private Ticker(Reactor reactor, long start, long period) {
        this.reactor = reactor;
        this.period = period;
        this.next = start + period;
    }

    /**
     * The first tick is one period from now.
     *
     * @param reactor whose clock counts, and whose tasks may wait; for those of others it fires as
     *     failed with a {@link WrongThreadException}
     * @param period more than zero
     */
    public static Ticker every(Reactor reactor, Duration period) {
        long nanos = Durations.nanos(period);
        if (nanos == 0) {
            throw new IllegalArgumentException("the period must be more than zero: " + period);
        }
        return new Ticker(reactor, reactor.nanos(), nanos);
    }

    @Override
    public @Nullable Outcome<Ticks> poll(Reactor reactor) {
        this.reactor.checkLoop();
        long late = reactor.nanos() - next;
        if (late < 0) {
            return null;
        }
        long count = late / period + 1;
        next += count * period;
        return new Outcome.Value<>(new Ticks(count, Duration.ofNanos(late % period)));
    }

    // Each waiter has its own timer, so all are woken by a tick, and what the first one to come
    // leaves (because it took another claim) the next one finds.
    @Override
    public void arm(Waiter waiter) {
        WakeTimer.arm(waiter, next);
    }

    @Override
    public void disarm(Waiter waiter) {
        WakeTimer.disarm(waiter);
    }

    @Override
    public boolean isClaim() {
        return true;
    }

    @Override
    public String toString() {
        return "ticker of " + Durations.text(Duration.ofNanos(period));
    }
}
