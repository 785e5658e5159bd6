package dev.tarry.testkit;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;

/** What is ready, by priority and by arrival. Loop only. */
final class Ranking {
    private static final class Entry {
        private final Runnable ready;
        private final long priority;
        private final long arrival;
        private boolean taken;

        private Entry(Runnable ready, long priority, long arrival) {
            this.ready = ready;
            this.priority = priority;
            this.arrival = arrival;
        }
    }

    private final PriorityQueue<Entry> byPriority =
            new PriorityQueue<>(
                    Comparator.<Entry>comparingLong(e -> e.priority)
                            .reversed()
                            .thenComparingLong(e -> e.arrival));
    private final ArrayDeque<Entry> byArrival = new ArrayDeque<>();
    private long time; // counts what is taken

    void add(Runnable ready, long priority) {
        Entry entry = new Entry(ready, priority, time);
        byPriority.add(entry);
        byArrival.add(entry);
    }

    /** The one with the highest priority, and of several the first to come; not taken. */
    Runnable highest() {
        return byPriority.element().ready;
    }

    Runnable takeHighest() {
        return take(byPriority.remove());
    }

    Runnable takeOldest() {
        Entry oldest = oldest();
        byPriority.remove(oldest);
        return take(oldest);
    }

    private Runnable take(Entry entry) {
        entry.taken = true;
        time++;
        return entry.ready;
    }

    /** The one that waits longest; not taken. */
    Runnable oldestReady() {
        return oldest().ready;
    }

    /** Gives the highest another priority, as if it had come just now. */
    void demoteHighest(long priority) {
        Entry highest = byPriority.remove();
        highest.taken = true;
        add(highest.ready, priority);
    }

    /** How many were taken since the one that waits longest came. */
    long passedOver() {
        return time - oldest().arrival;
    }

    private Entry oldest() {
        while (!byArrival.isEmpty() && byArrival.getFirst().taken) {
            byArrival.removeFirst();
        }
        Entry oldest = byArrival.peekFirst();
        if (oldest == null) {
            throw new NoSuchElementException("nothing is ready");
        }
        return oldest;
    }

    int size() {
        return byPriority.size();
    }
}
