package dev.tarry.testkit;

import dev.tarry.events.Outcome;
import dev.tarry.events.QueuedEvent;
import dev.tarry.events.Reactor;
import dev.tarry.events.WaitQueue;
import dev.tarry.runtime.Body;
import dev.tarry.scheduler.Task;

import org.jspecify.annotations.Nullable;

import java.util.HashSet;
import java.util.Set;

/**
 * Forces an order between steps in several tasks: a step begins when the one before it has ended,
 * whatever the scheduler would do.
 *
 * <pre>{@code
 * var sequencer = new Sequencer();
 * Tarry.spawn(() -> {
 *     sequencer.step(0, () -> log("first"));
 *     sequencer.step(2, () -> log("third"));
 * });
 * Tarry.spawn(() -> sequencer.step(1, () -> log("second")));
 * }</pre>
 *
 * <p>Steps are numbered from 0, and each is there once. When one fails or is cancelled, those after
 * it fail. For the tasks of one scheduler. After Trio's {@code testing.Sequencer}.
 */
public final class Sequencer {
    private final Set<Integer> claimed = new HashSet<>();
    private final WaitQueue waiters = new WaitQueue();
    private int next;
    private @Nullable String broken;

    /** Begins with step 0. */
    public Sequencer() {}

    /**
     * Waits until step {@code number - 1} has ended, then runs {@code body}, which may wait.
     *
     * @throws IllegalStateException if this number was there already
     * @throws dev.tarry.events.EventFailedException if an earlier step has not ended well
     * @throws Exception what {@code body} throws
     */
    public void step(int number, Body body) throws Exception {
        if (number < 0 || !claimed.add(number)) {
            throw new IllegalStateException("step " + number + " is there already, or below 0");
        }
        boolean done = false;
        try {
            var unused = Task.current().await(new Turn(number));
            body.run();
            done = true;
        } finally {
            if (done) {
                next++;
            } else if (broken == null) {
                broken = "step " + number + " has failed, or was cancelled";
            }
            waiters.wakeAll();
        }
    }

    private final class Turn extends QueuedEvent<Integer> {
        private final int number;

        Turn(int number) {
            super(waiters);
            this.number = number;
        }

        @Override
        public @Nullable Outcome<Integer> poll(Reactor reactor) {
            if (broken != null) {
                return new Outcome.Failed<>(new IllegalStateException(broken));
            }
            return number == next ? new Outcome.Value<>(number) : null;
        }

        @Override
        public boolean wokenOnlyByTasks() {
            return true;
        }

        @Override
        public String toString() {
            return "step " + number + " (the next one is " + next + ")";
        }
    }
}
