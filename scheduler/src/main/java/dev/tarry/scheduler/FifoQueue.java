package dev.tarry.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * First come, first served. A list through the turns of the tasks themselves: putting a task into
 * it needs neither memory nor stack, so that no task is lost where another one has used up either.
 */
final class FifoQueue implements RunQueue {
    /** What can hang in the list. */
    abstract static class Link implements Runnable {
        private @Nullable Link next;
    }

    /** Holds what is no task. */
    private static final class Holder extends Link {
        final Runnable held;

        Holder(Runnable held) {
            this.held = held;
        }

        @Override
        public void run() {
            throw new AssertionError("what is taken goes out unwrapped");
        }
    }

    private @Nullable Link first;
    private @Nullable Link last;
    private int size;

    @Override
    public void add(Runnable ready) {
        Link link = ready instanceof Link own ? own : new Holder(ready);
        if (last == null) {
            first = link;
        } else {
            last.next = link;
        }
        last = link;
        size++;
    }

    @Override
    public Runnable take() {
        Link link = first;
        if (link == null) {
            throw new IllegalStateException("nothing is ready");
        }
        first = link.next;
        if (first == null) {
            last = null;
        }
        link.next = null;
        size--;
        return link instanceof Holder holder ? holder.held : link;
    }

    @Override
    public int size() {
        return size;
    }
}
