package dev.tarry.events;

import java.util.Arrays;
import java.util.Collection;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Something that a task can wait for, and what it tells when it fires. An event is a value: making
 * one does nothing yet, and it may be waited for again and again, alone or beside others, and by
 * many tasks at once.
 *
 * <p>There are two kinds. A <em>level</em> tells that a condition holds and takes nothing: a file
 * descriptor is readable, a child has ended. A <em>claim</em> takes something when it fires: a
 * message, a tick, a connection. A wait tells all levels that hold, and takes one claim at most.
 *
 * <p>The methods here make new events out of events, and work with every kind, users' own ({@link
 * BaseEvent}) included. They are those of Concurrent ML (J. Reppy, 1991), where they are called
 * {@code wrap}, {@code choose}, {@code guard} and {@code withNack}:
 *
 * <pre>{@code
 * Event<News> news = Events.anyOf(
 *     line.map(Said::new),
 *     inbox.receiving().map(Told::new),
 *     Events.after(limit).map(late -> new Silence()));
 * switch (Tarry.await(news)) {
 *     case Said(var text) -> ...
 *     case Told(var message) -> ...
 *     case Silence() -> ...
 * }
 * }</pre>
 *
 * @param <R> what the event tells when it fires; never null
 */
public sealed interface Event<R> permits BaseEvent, CombinedEvent {

    /**
     * This event, telling what {@code function} makes of what it tells.
     *
     * <p>The function is called once for each time that this fires in a wait, by the waiting task,
     * after the wait has chosen and let go of everything: it may take its time, and wait itself.
     * What it throws, a wait for one event throws; of a wait for several, where the others have
     * fired as well, it is the {@linkplain Outcome.Failed failure} of this one. So is an answer of
     * null.
     *
     * @param function not called if the event fails or is closed
     */
    default <S> Event<S> map(Function<? super R, ? extends S> function) {
        return new MappedEvent<>(this, function);
    }

    /**
     * This event, with its failure and its close as something that it tells, beside its values: so
     * that the end of one branch is an ordinary case for a choice, and no exception.
     */
    default Event<Outcome<R>> outcome() {
        return new OutcomeEvent<>(this);
    }

    /**
     * This event; and if a wait ends without it, since another branch was chosen, the time was
     * over, or the task was cancelled, {@code abort} is called: to take back what was asked for, a
     * request to a server say, which a {@link #guard} has sent for this wait.
     *
     * @param abort called by the waiting task, once for each such wait, after it has let go of
     *     everything. What it throws is logged. It should not wait
     */
    default Event<R> withAbort(Runnable abort) {
        return new AbortableEvent<>(this, abort);
    }

    /**
     * A choice: fires when any of the events does, and then tells what that one tells; the others
     * are untouched, levels that hold included. Which one if several are ready is fair: each that
     * is ready all the time is chosen within n waits for the same choice. So it is worth making a
     * choice once, and not for each wait. Of no events it is {@link #never}.
     *
     * <p>A choice in a choice is as if its events stood there themselves.
     */
    @SafeVarargs
    @SuppressWarnings("varargs") // it is only read
    static <R> Event<R> anyOf(Event<? extends R>... events) {
        return anyOf(Order.FAIR, Arrays.asList(events));
    }

    /** Like {@link #anyOf(Event[])}, of any number. */
    static <R> Event<R> anyOf(Collection<? extends Event<? extends R>> events) {
        return anyOf(Order.FAIR, events);
    }

    /** Like {@link #anyOf(Event[])}; {@code order} says which one if several are ready. */
    static <R> Event<R> anyOf(Order order, Collection<? extends Event<? extends R>> events) {
        return ChoiceEvent.of(order, events);
    }

    /**
     * An event that is made anew for each wait, at its beginning and by the waiting task. What
     * {@code maker} throws, the wait throws, and has taken nothing then.
     *
     * @param maker answers the event to wait for; it may wait itself
     */
    static <R> Event<R> guard(Supplier<? extends Event<? extends R>> maker) {
        return new GuardedEvent<>(maker);
    }

    /** Level: holds always, and tells {@code value}. */
    static <R> Event<R> always(R value) {
        return new AlwaysEvent<>(Objects.requireNonNull(value, "value"));
    }

    /** Never fires: for the place of an event that is not there at the moment. */
    @SuppressWarnings("unchecked") // it never tells anything
    static <R> Event<R> never() {
        return (Event<R>) NeverEvent.NEVER;
    }
}
