package dev.tarry.testkit;

import dev.tarry.scheduler.RunQueue;

import org.jspecify.annotations.Nullable;

import java.util.LinkedList;
import java.util.List;
import java.util.PrimitiveIterator;
import java.util.Random;

/** {@link Strategy#FIFO_WITH_DELAYS}. Loop only. */
final class FewDelays implements RunQueue {
    private static final int MOST_DELAYS = 6;

    /** Later in a run there are none. */
    private static final int LAST_DELAY = 1 << 10;

    /** So many others run meanwhile at most. */
    private static final int LONGEST_DELAY = 1 << 7;

    /** One of the first so many is held back. */
    private static final int FRONT = 8;

    private final Random random;
    private final List<Runnable> queue = new LinkedList<>();
    private final PrimitiveIterator.OfLong delays;
    private long nextDelay;
    private long choices;
    private @Nullable Runnable heldBack;
    private long left; // others that run before it

    FewDelays(Random random) {
        this.random = random;
        int horizon = (int) Moments.draw(random, LAST_DELAY);
        delays = Moments.of(random, 1 + random.nextInt(MOST_DELAYS), horizon);
        nextDelay = delays.nextLong();
    }

    @Override
    public void add(Runnable ready) {
        queue.add(ready);
    }

    @Override
    public Runnable take() {
        Runnable held = heldBack;
        if (held != null && (left-- == 0 || queue.isEmpty())) {
            heldBack = null;
            return held;
        }
        if (queue.size() > 1 && ++choices >= nextDelay && heldBack == null) {
            heldBack = queue.remove(random.nextInt(Math.min(queue.size(), FRONT)));
            left = Moments.draw(random, LONGEST_DELAY) - 1;
            nextDelay = delays.hasNext() ? delays.nextLong() : Long.MAX_VALUE;
        }
        return queue.removeFirst();
    }

    @Override
    public int size() {
        return queue.size() + (heldBack == null ? 0 : 1);
    }
}
