package dev.tarry.events;

import org.jspecify.annotations.Nullable;

/**
 * An event as its source makes it, which all others are made of: three functions, <b>poll</b> (is
 * it ready now? for a claim: take it), <b>arm</b> (tell this waiter when it may be) and
 * <b>disarm</b>. To wait for one, none of this need be known.
 *
 * <p>There are two kinds. A <em>level</em> event reports a condition and consumes nothing: polled
 * twice, it answers twice. A <em>claim</em> takes something when it fires (a message, a signal
 * delivery, a tick), and of all claims of one wait at most one takes. A wait polls all its events;
 * if none is ready it arms all, parks, and once woken disarms all and polls again.
 *
 * <p>An event is cheap and reusable: it keeps nothing of a wait that is over, and it may be waited
 * for alone, in a set, twice in one set, and by many tasks at once.
 *
 * <p><b>Threads.</b> All three functions are called on the loop of {@code reactor} only (by the
 * loop or by the task that runs on it), never concurrently for one reactor, and must not block. An
 * event whose source lives on another thread hands over through {@link Reactor#post}.
 *
 * <p><b>Writing your own kind</b> is implementing this interface, most often with a {@link
 * WaitQueue}. The promises of the wait then hold by these rules:
 *
 * <ul>
 *   <li>Between {@code arm} and {@code disarm}, each change that can make {@code poll} answer must
 *       wake the waiter ({@link Waiter#wake}), or commit to it ({@link Waiter#commit}, claims
 *       only). Waking too often is harmless; the wait polls again and goes back to sleep.
 *   <li>A claim that wakes instead of committing wakes <em>all</em> its waiters: the woken one may
 *       prefer another event, and what it leaves must not lie unnoticed.
 *   <li>What is known to have failed at registration is an {@link Outcome.Failed} from {@code
 *       poll}, never a wait that hangs.
 *   <li>A value is never null. One that is null all the same fires as a failure.
 * </ul>
 *
 * <p>The protocol is that of Concurrent ML (J. Reppy, 1991) in the form that Guile Fibers gave it.
 *
 * @param <R> what the event tells when it fires; never null
 */
public non-sealed interface BaseEvent<R> extends Event<R> {

    /**
     * Answers the outcome if the event is ready now, or null. A claim that answers {@link
     * Outcome.Value} has taken what it answers. Failures are answered as {@link Outcome.Failed},
     * not thrown; what is thrown all the same becomes one.
     *
     * @param reactor the reactor of the loop that asks
     */
    @Nullable Outcome<R> poll(Reactor reactor);

    /**
     * Notes that {@code waiter} wants to hear when this event may be ready. Called directly after
     * {@link #poll} answered null, with nothing in between, so there is no gap to lose a change in.
     */
    void arm(Waiter waiter);

    /**
     * Forgets {@code waiter}. Called exactly once for each {@link #arm}, fired or not, and also
     * after one that threw, whatever that has done before. If this throws, the event fires as
     * failed, and the waiter accepts nothing from then on.
     */
    void disarm(Waiter waiter);

    /** Whether firing takes something; see above. The answer never changes. */
    default boolean isClaim() {
        return false;
    }

    /**
     * Whether nothing but another task of the same scheduler can make this event ready. If all
     * tasks wait for such events only, nobody will ever wake them, which is a deadlock and is
     * reported as one.
     */
    default boolean wokenOnlyByTasks() {
        return false;
    }
}
