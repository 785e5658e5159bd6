package dev.tarry.testkit;

import dev.tarry.scheduler.RunQueue;
import dev.tarry.scheduler.Scheduler;
import dev.tarry.scheduler.Task;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Between the scheduler and the queue that decides: traces every decision, and tells who watches
 * that the run comes to an end. Loop only.
 */
final class TracedQueue implements RunQueue {
    private final RunQueue queue;
    private final VirtualClock clock;
    private final Trace trace;
    private final RunWatch watch;
    private final Set<Task<?>> blocked = new HashSet<>();
    private final Map<Task<?>, Long> places = new HashMap<>(); // of the ready ones
    private long added;

    TracedQueue(RunQueue queue, VirtualClock clock, Trace trace, RunWatch watch) {
        this.queue = queue;
        this.clock = clock;
        this.trace = trace;
        this.watch = watch;
    }

    /**
     * A virtual thread that is no task, with its place in the order of arrival. Tasks go into the
     * queue inside as they are, since it may decide by them.
     */
    private record Stranger(Runnable ready, long place) implements Runnable {
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
        Task<?> task = RunQueue.taskOf(ready);
        if (task != null) {
            places.put(task, ++added);
            queue.add(ready);
        } else {
            queue.add(new Stranger(ready, ++added));
        }
        watch.ready();
    }

    @Override
    public Runnable take() {
        clock.busy();
        Runnable taken = queue.take();
        if (taken instanceof Stranger stranger) {
            trace.step(null, stranger.place, clock.nanos());
            watch.step(null);
            return stranger.ready;
        }
        Task<?> task = RunQueue.taskOf(taken);
        Long place = task == null ? null : places.remove(task);
        if (place == null) {
            throw new IllegalStateException(
                    "the run queue gave what it does not hold: "
                            + (task == null ? taken : task)
                            + "; it must give each Runnable once, as it was added, not wrapped");
        }
        trace.step(task, place, clock.nanos());
        watch.step(task);
        return taken;
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
