package dev.tarry.testkit;

import dev.tarry.scheduler.RunQueue;

/**
 * Between the scheduler and the queue that decides: takes a hash of every decision, so that two
 * runs can be compared, and ends a run that does not end by itself. Loop only.
 */
final class TracedQueue implements RunQueue {
    private final RunQueue queue;
    private final VirtualClock clock;
    private final long mostSteps;
    private long added;
    private long steps;
    private long hash;

    TracedQueue(RunQueue queue, VirtualClock clock, long mostSteps) {
        this.queue = queue;
        this.clock = clock;
        this.mostSteps = mostSteps;
    }

    /** What the queue inside holds: what is ready, with its place in the order of arrival. */
    private record Entry(long number, Runnable ready) implements Runnable {
        @Override
        public void run() {
            throw new AssertionError("what is taken goes out unwrapped");
        }
    }

    @Override
    public void add(Runnable ready) {
        queue.add(new Entry(++added, ready));
    }

    @Override
    public Runnable take() {
        if (++steps > mostSteps) {
            throw new IllegalStateException(
                    "no end after "
                            + mostSteps
                            + " steps (each is one task that runs until it waits); is there a loop"
                            + " without end? See Simulation.Builder.mostSteps");
        }
        clock.busy();
        Entry entry = (Entry) queue.take();
        mix(entry.number);
        mix(clock.nanos());
        return entry.ready;
    }

    @Override
    public int size() {
        return queue.size();
    }

    /** Makes {@code value} part of the trace. */
    void mix(long value) {
        // The finalizer of SplitMix64 (Steele, Lea and Flood), chained.
        long z = hash + value + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        hash = z ^ (z >>> 31);
    }

    long hash() {
        return hash;
    }

    long steps() {
        return steps;
    }
}
