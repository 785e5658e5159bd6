package dev.tarry.scheduler;

import dev.tarry.events.Event;
import dev.tarry.events.Fired;
import dev.tarry.events.FiredEvents;
import dev.tarry.events.Outcome;
import dev.tarry.events.internal.Combined;
import dev.tarry.events.internal.Misfire;
import dev.tarry.events.internal.Reports;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Collection;
import java.util.ConcurrentModificationException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * The events of one wait, and how they fired. Made before the wait takes anything, so that there is
 * memory for what it takes.
 */
final class FiredSet<R> implements FiredEvents<R> {
    /** As they were given. */
    private final Event<?>[] events;

    /** What is waited for in their places; the same array if no maker has anything to make. */
    private Event<?>[] made;

    /** How each has fired, if it has; of a combined event at first how its leaf has. */
    private final @Nullable Outcome<?>[] outcomes;

    /** Whether any of them is made of others. */
    private boolean combined;

    /** The leaves that have fired, by their places in the wait; null without combined events. */
    private int @Nullable [] leaves;

    private int size;

    /** The collection may be a user's, like the events. */
    FiredSet(Collection<? extends Event<?>> given) {
        events = new Event<?>[given.size()];
        int i = 0;
        for (Event<?> event : given) {
            if (i == events.length) {
                throw new ConcurrentModificationException(
                        "there are more events than " + events.length);
            }
            if (event == null) {
                throw new NullPointerException("event " + i + " is null");
            }
            if (event instanceof Combined) {
                combined = true;
            }
            events[i++] = event;
        }
        if (i < events.length) {
            throw new ConcurrentModificationException(
                    "there are " + i + " events, not " + events.length);
        }
        made = events;
        outcomes = new Outcome<?>[events.length];
    }

    int count() {
        return events.length;
    }

    /** How many base events they are made of. */
    int leaves() {
        int n = made.length;
        if (combined) {
            n = 0;
            for (Event<?> event : made) {
                n = Math.addExact(n, Combined.leaves(event));
            }
        }
        return n;
    }

    Event<?> made(int i) {
        return made[i];
    }

    /** Whether any of them is made of others; else it is enough to {@link #add} what fired. */
    boolean isCombined() {
        return combined;
    }

    boolean hasGuards() {
        for (Event<?> event : events) {
            if (event instanceof Combined tree && tree.hasGuards()) {
                return true;
            }
        }
        return false;
    }

    /** Lets guards make their events. If one throws, the others are not waited for any more. */
    void make() {
        made = Combined.made(events);
    }

    /** When all is made that is waited for. */
    void prepare() {
        leaves = new int[events.length];
        Arrays.fill(leaves, Combined.NONE);
    }

    /** Notes that event {@code i} has fired. */
    void add(int i, int leaf, Outcome<?> raw) {
        outcomes[i] = raw;
        size++;
        if (leaves != null) {
            leaves[i] = leaf;
        } else if (raw instanceof Outcome.Value<?> told && told.value() == null) {
            outcomes[i] = Misfire.outcome(Misfire.told(made[i], raw));
        }
    }

    /** The wait is over, and has let go of everything: functions of users may run. */
    void complete() {
        assert leaves != null;
        int first = 0;
        for (int i = 0; i < made.length; i++) {
            Outcome<?> raw = outcomes[i];
            if (raw != null) {
                outcomes[i] = Misfire.outcome(Combined.result(made[i], first, leaves[i], raw));
            }
            first += Combined.leaves(made[i]);
        }
    }

    /** Tells those that were not chosen, also if the wait has thrown. */
    void tellAborted() {
        assert leaves != null;
        int first = 0;
        for (int i = 0; i < made.length; i++) {
            Combined.ended(made[i], first, leaves[i]);
            first += Combined.leaves(made[i]);
        }
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public boolean has(Event<?> event) {
        return find(event) != null;
    }

    @Override
    @SuppressWarnings("unchecked") // an event fires with outcomes of its own type
    public <T> Optional<Outcome<T>> outcome(Event<T> event) {
        return Optional.ofNullable((Outcome<T>) find(event));
    }

    /** The outcome of one of its places that fired, if it is listed twice. */
    private @Nullable Outcome<?> find(Event<?> event) {
        boolean found = false;
        for (int i = 0; i < events.length; i++) {
            if (events[i] == event) {
                if (outcomes[i] != null) {
                    return outcomes[i];
                }
                found = true;
            }
        }
        if (!found) {
            throw new IllegalArgumentException(
                    Reports.text(event)
                            + " was not in this wait. Keep an event in a variable to ask for it:"
                            + " map(...), sending(...) and their like make a new one each time");
        }
        return null;
    }

    @Override
    public Iterator<Fired<R>> iterator() {
        return new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                while (next < outcomes.length && outcomes[next] == null) {
                    next++;
                }
                return next < outcomes.length;
            }

            @Override
            @SuppressWarnings("unchecked") // an event fires with outcomes of its own type
            public Fired<R> next() {
                if (!hasNext()) {
                    throw new NoSuchElementException("no event fired");
                }
                int i = next++;
                Outcome<?> outcome = outcomes[i];
                assert outcome != null;
                return new Fired<>((Event<R>) events[i], (Outcome<R>) outcome);
            }
        };
    }

    @Override
    public String toString() {
        return stream().toList().toString();
    }
}
