package dev.tarry.scheduler;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** The order in which ready tasks run. Loop only. */
public interface RunQueue {

    /** Puts {@code ready} behind the others. */
    void add(Runnable ready);

    /** Takes the next one, as it was added, not wrapped; only if there is one. */
    Runnable take();

    /** How many are ready. */
    int size();

    /**
     * A call of the JDK (a lock, a sleep) has taken {@code task} off the loop, and will bring it
     * back when it pleases. For a queue that notes what decides; the others need not know.
     */
    default void blocked(Task<?> task) {}

    /**
     * The task that goes on when {@code ready} is run; null if it is a virtual thread that a task
     * has started. For a queue that decides, or notes, who runs.
     */
    static @Nullable Task<?> taskOf(Runnable ready) {
        return ready instanceof Task.Turn turn ? turn.task : null;
    }

    /** First come, first served: the order in production. */
    static RunQueue fifo() {
        return new FifoQueue();
    }

    /**
     * A random order that is the same for the same seed: for tests, since a program that depends on
     * FIFO has a bug that FIFO hides.
     */
    static RunQueue seeded(long seed) {
        var random = new SplittableRandom(seed); // mixes, so that neighbours are no relatives
        List<Runnable> queue = new ArrayList<>();
        return new RunQueue() {
            @Override
            public void add(Runnable ready) {
                queue.add(ready);
            }

            @Override
            public Runnable take() {
                int last = queue.size() - 1;
                int i = random.nextInt(queue.size());
                Runnable taken = queue.set(i, queue.get(last));
                queue.remove(last);
                return taken;
            }

            @Override
            public int size() {
                return queue.size();
            }
        };
    }
}
