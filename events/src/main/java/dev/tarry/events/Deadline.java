package dev.tarry.events;

import org.jspecify.annotations.Nullable;

import java.time.Duration;

/**
 * A point in time that passes: a level event that tells by how much it is late. Once passed it
 * stays so. It never fires early, by the clock of the scheduler that waits.
 */
public final class Deadline implements Event<Duration> {
    private final long deadline;
    private final String description;

    private Deadline(long deadline, String description) {
        this.deadline = deadline;
        this.description = description;
    }

    /**
     * The moment {@code delay} from now; zero or negative is now. The farthest is 146 years away.
     *
     * @param reactor whose clock counts
     */
    public static Deadline after(Reactor reactor, Duration delay) {
        return new Deadline(
                reactor.nanos() + Durations.nanos(delay), "deadline of " + Durations.text(delay));
    }

    @Override
    public @Nullable Outcome<Duration> poll(Reactor reactor) {
        long late = reactor.nanos() - deadline;
        return late >= 0 ? new Outcome.Value<>(Duration.ofNanos(late)) : null;
    }

    @Override
    public void arm(Waiter waiter) {
        WakeTimer.arm(waiter, deadline);
    }

    @Override
    public void disarm(Waiter waiter) {
        WakeTimer.disarm(waiter);
    }

    @Override
    public String toString() {
        return description;
    }
}
