package dev.tarry.events.internal;

import dev.tarry.events.BaseEvent;
import dev.tarry.events.Event;
import dev.tarry.events.Outcome;

/**
 * What the wait operation knows of an event that is made of others: a tree whose leaves are base
 * events, each with a place in the wait. The leaves of one tree have places in a row, counted from
 * its {@code first}. The static methods treat a base event as the tree that is a leaf.
 */
public abstract class Combined {
    /** No leaf. */
    public static final int NONE = -1;

    /** The places of a wait. */
    public interface Places {
        /** Puts a leaf there. */
        void put(int place, BaseEvent<?> event);

        /** Asks the event there; answers whether it has fired. */
        boolean poll(int place);

        /** Where a fair choice among {@code n} begins this time. */
        int start(Object choice, int n);
    }

    /** For the events. */
    protected Combined() {}

    /** The event that this is. */
    public abstract Event<?> event();

    /** Whether something in it is to be made anew for each wait. */
    public abstract boolean hasGuards();

    /** Whether something in it wants to hear that it was not chosen. */
    public abstract boolean hasAborts();

    /** What to wait for in its place: itself, or one in which all guards have made their events. */
    public abstract Event<?> made();

    /** How many places it takes. Of one with guards: after they have made their events. */
    public abstract int leaves();

    /** Puts its leaves into their places. */
    public abstract void list(int first, Places places);

    /** Asks its leaves until one has fired; answers that place, or {@link #NONE}. */
    public abstract int poll(int first, Places places);

    /**
     * What it tells when the event at place {@code leaf} has fired with {@code raw}: its value, or
     * a {@link Misfire}. Calls functions of users.
     */
    public abstract Object result(int first, int leaf, Outcome<?> raw);

    /** A wait has ended, in which {@code leaf}, which may be another tree's or none, fired. */
    public abstract void ended(int first, int leaf);

    /** See {@link #made()}. */
    public static Event<?> made(Event<?> event) {
        return event instanceof Combined tree ? tree.made() : event;
    }

    /**
     * Answers what to wait for in the places of several: the same array if no guard has anything to
     * make. If the maker of one throws, those that were made before are not waited for any more.
     */
    public static Event<?>[] made(Event<?>[] events) {
        Event<?>[] made = events;
        int i = 0;
        try {
            for (; i < events.length; i++) {
                Event<?> event = made(events[i]);
                if (event != events[i]) {
                    made = made == events ? events.clone() : made;
                    made[i] = event;
                }
            }
        } catch (Throwable t) {
            while (i > 0) {
                ended(made[--i], 0, NONE);
            }
            throw t;
        }
        return made;
    }

    /** See {@link #leaves()}. */
    public static int leaves(Event<?> event) {
        return event instanceof Combined tree ? tree.leaves() : 1;
    }

    /** See {@link #list(int, Places)}. */
    public static void list(Event<?> event, int first, Places places) {
        if (event instanceof Combined tree) {
            tree.list(first, places);
        } else {
            places.put(first, (BaseEvent<?>) event);
        }
    }

    /** See {@link #poll(int, Places)}. */
    public static int poll(Event<?> event, int first, Places places) {
        if (event instanceof Combined tree) {
            return tree.poll(first, places);
        }
        return places.poll(first) ? first : NONE;
    }

    /** See {@link #result(int, int, Outcome)}. */
    public static Object result(Event<?> event, int first, int leaf, Outcome<?> raw) {
        return event instanceof Combined tree
                ? tree.result(first, leaf, raw)
                : Misfire.told(event, raw);
    }

    /** See {@link #ended(int, int)}. */
    public static void ended(Event<?> event, int first, int leaf) {
        if (event instanceof Combined tree && tree.hasAborts()) {
            tree.ended(first, leaf);
        }
    }
}
