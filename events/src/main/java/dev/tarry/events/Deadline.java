package dev.tarry.events;

import org.jspecify.annotations.Nullable;

import java.time.Duration;

/**
 * A point in time that passes: a level event that tells by how much it is late. Once passed it
 * stays so. It never fires early.
 *
 * <p>It is a value: the tasks of all schedulers that go by the same clock may wait for it, at once.
 * For those of a scheduler with another clock, where the number would mean another moment, it fires
 * as failed with an {@link IllegalStateException}.
 */
public final class Deadline implements BaseEvent<Duration> {
    private final Clock clock;
    private final long deadline;
    private final String description;

    private Deadline(Clock clock, long deadline, String description) {
        this.clock = clock;
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
                reactor.clock(),
                reactor.nanos() + Durations.nanos(delay),
                "deadline of " + Durations.text(delay));
    }

    @Override
    public @Nullable Outcome<Duration> poll(Reactor reactor) {
        if (reactor.clock() != clock) {
            throw new IllegalStateException(
                    "the "
                            + this
                            + " was made on a scheduler that goes by another clock; make one on the"
                            + " scheduler whose tasks wait for it");
        }
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
