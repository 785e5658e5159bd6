package dev.tarry.events;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * The pending timers: a binary heap whose elements know their index, so that cancelling removes at
 * once and a million timeouts that never came leave nothing behind. Equal deadlines fire in the
 * order in which they were scheduled. Loop only.
 */
final class TimerQueue {
    private static final int SMALL = 64;

    private @Nullable Timer[] heap = new Timer[SMALL];
    private int size;
    private long scheduled;

    void add(Timer timer, long deadline) {
        assert timer.slot < 0 : "scheduled twice";
        timer.deadline = deadline;
        timer.order = scheduled++;
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
        }
        siftUp(size++, timer);
    }

    void remove(Timer timer) {
        int slot = timer.slot;
        if (slot < 0 || slot >= size || heap[slot] != timer) {
            return; // not scheduled, or by another loop
        }
        timer.slot = -1;
        Timer last = at(--size);
        heap[size] = null;
        if (slot != size) {
            siftUp(slot, last);
            if (last.slot == slot) {
                siftDown(slot, last);
            }
        }
        if (heap.length > SMALL && size < heap.length / 4) {
            heap = Arrays.copyOf(heap, heap.length / 2);
        }
    }

    boolean isEmpty() {
        return size == 0;
    }

    int size() {
        return size;
    }

    /** The earliest deadline; only if not empty. */
    long nextDeadline() {
        return at(0).deadline;
    }

    /** Takes the earliest timer if its deadline is not after {@code now}. */
    @Nullable Timer takeDue(long now) {
        if (size == 0 || at(0).deadline - now > 0) {
            return null;
        }
        Timer timer = at(0);
        remove(timer);
        return timer;
    }

    private void siftUp(int slot, Timer timer) {
        while (slot > 0) {
            int parent = (slot - 1) >>> 1;
            if (!before(timer, at(parent))) {
                break;
            }
            put(slot, at(parent));
            slot = parent;
        }
        put(slot, timer);
    }

    private void siftDown(int slot, Timer timer) {
        while (true) {
            int child = 2 * slot + 1;
            if (child >= size) {
                break;
            }
            if (child + 1 < size && before(at(child + 1), at(child))) {
                child++;
            }
            if (!before(at(child), timer)) {
                break;
            }
            put(slot, at(child));
            slot = child;
        }
        put(slot, timer);
    }

    private void put(int slot, Timer timer) {
        heap[slot] = timer;
        timer.slot = slot;
    }

    private Timer at(int slot) {
        Timer timer = heap[slot];
        assert timer != null;
        return timer;
    }

    // Differences, not comparisons: nanoTime may be negative and may wrap.
    private static boolean before(Timer a, Timer b) {
        long d = a.deadline - b.deadline;
        return d != 0 ? d < 0 : a.order - b.order < 0;
    }
}
