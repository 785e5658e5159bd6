package dev.tarry.testkit;

import dev.tarry.scheduler.RunQueue;
import dev.tarry.scheduler.Scheduler;
import dev.tarry.scheduler.Task;

import java.util.HashSet;
import java.util.Set;

/**
 * Between the scheduler and the queue that decides: traces every decision, and ends a run that does
 * not end by itself. Loop only.
 */
final class TracedQueue implements RunQueue {
    private final RunQueue queue;
    private final VirtualClock clock;
    private final long mostSteps;
    private final Trace trace;
    private final Set<Task<?>> blocked = new HashSet<>();
    private long added;

    TracedQueue(RunQueue queue, VirtualClock clock, long mostSteps, Trace trace) {
        this.queue = queue;
        this.clock = clock;
        this.mostSteps = mostSteps;
        this.trace = trace;
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
        Task<?> by = Scheduler.currentTask();
        if (!blocked.isEmpty()) {
            blocked.remove(RunQueue.taskOf(ready));
        }
        trace.mix(by == null ? 0 : by.number()); // 0: the loop, for a timer or a descriptor
        queue.add(new Entry(++added, ready));
    }

    @Override
    public Runnable take() {
        if (trace.steps() >= mostSteps) {
            throw new IllegalStateException(
                    "no end after "
                            + mostSteps
                            + " steps (each is one task that runs until it waits); is there a loop"
                            + " without end? See Simulation.Builder.mostSteps");
        }
        clock.busy();
        Entry entry = (Entry) queue.take();
        trace.step(RunQueue.taskOf(entry.ready), entry.number, clock.nanos());
        return entry.ready;
    }

    @Override
    public void blocked(Task<?> task) {
        trace.blocked(task);
        blocked.add(task);
    }

    /** Whether a call of the JDK keeps a task off the loop. */
    boolean isBlocked() {
        return !blocked.isEmpty();
    }

    @Override
    public int size() {
        return queue.size();
    }
}
