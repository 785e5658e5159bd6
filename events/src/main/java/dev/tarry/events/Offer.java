package dev.tarry.events;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.atomic.AtomicReference;

/**
 * What a parked wait offers to other threads: to commit one claim to it, at once and without its
 * loop, whatever else the wait is armed for. Many may try, one succeeds; and the wait itself
 * withdraws the offer before it takes a claim in any other way. So a claim is the only one of its
 * wait, on whichever thread it was made, and nobody holds a message that two could have.
 *
 * <p>This is the "claimed" state of Parallel Concurrent ML (Reppy, Russo and Xiao, 2009), reduced
 * to a single step: whoever tries is running, and needs no offer of its own.
 */
public final class Offer {
    /** A claim, and the place in the wait that it was committed to. */
    public record Taken(Waiter place, Outcome<?> claim) {}

    private static final Object WITHDRAWN = new Object();

    /** Null while it is open; then {@link Taken} or {@link #WITHDRAWN}, for ever. */
    private final AtomicReference<@Nullable Object> state = new AtomicReference<>();

    /** For the wait operation. */
    public Offer() {}

    /**
     * Commits {@code claim} to {@code place}, whose wait is to be {@linkplain
     * Waiter#wakeFromAnywhere woken} then. Any thread.
     *
     * @return false if the wait has, or is about to have, another claim, or is over
     */
    public boolean take(Waiter place, Outcome<?> claim) {
        return state.compareAndSet(null, new Taken(place, claim));
    }

    /**
     * Ends it, unless somebody has taken it. Again answers the same. For the thread that offers.
     *
     * @return what was taken, or null if from now on nobody can
     */
    public @Nullable Taken withdraw() {
        Object before = state.compareAndExchange(null, WITHDRAWN);
        return before instanceof Taken taken ? taken : null;
    }
}
