package dev.tarry.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.events.Event;
import dev.tarry.events.FiredEvents;
import dev.tarry.events.Order;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.CancelledException;
import dev.tarry.scheduler.Task;
import dev.tarry.scheduler.TaskState;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;

/** Another task that waits, and how that ended. */
final class Waiting {
    private final Task<?> task;
    private @Nullable FiredEvents<?> fired;
    private @Nullable Throwable thrown;

    private Waiting(List<? extends Event<?>> events, @Nullable Duration timeout) {
        task = Tarry.spawn("waiting", () -> run(events, timeout));
    }

    private void run(List<? extends Event<?>> events, @Nullable Duration timeout) {
        try {
            fired = Tarry.wait(events, timeout, Order.FAIR);
        } catch (Throwable t) {
            thrown = t;
        }
    }

    /** A task that waits, and is parked by now. */
    static Waiting parked(List<? extends Event<?>> events, @Nullable Duration timeout) {
        Waiting waiting = started(events, timeout);
        waiting.untilParked();
        return waiting;
    }

    static Waiting started(List<? extends Event<?>> events, @Nullable Duration timeout) {
        return new Waiting(events, timeout);
    }

    /** A task that waits, and once that is over goes on waiting, for what never comes. */
    static Waiting parkedTwice(List<? extends Event<?>> events, @Nullable Duration timeout) {
        return new Waiting(events, timeout, new UserEvents.Flag());
    }

    private @Nullable Throwable thrownNext;

    private Waiting(
            List<? extends Event<?>> events, @Nullable Duration timeout, Event<?> afterwards) {
        task =
                Tarry.spawn(
                        "waiting",
                        () -> {
                            run(events, timeout);
                            try {
                                Tarry.wait(afterwards);
                            } catch (Throwable t) {
                                thrownNext = t;
                            }
                        });
        untilParked();
    }

    private void untilParked() {
        Stage.untilWaiting(task);
        assertThat(task.state()).as("parked, since nothing is ready").isEqualTo(TaskState.WAITING);
    }

    Task<?> task() {
        return task;
    }

    /** What the wait returned. */
    FiredEvents<?> fired() {
        var unused = Tarry.await(task.done());
        assertThat(thrown).as("thrown by the wait").isNull();
        return fired;
    }

    /** Whether it returned; else it was cancelled. */
    boolean hasReturned() {
        var unused = Tarry.await(task.done());
        if (thrown != null) {
            assertThat(thrown).isInstanceOf(CancelledException.class);
        }
        return thrown == null;
    }

    /** The wait was cancelled. */
    void assertCancelled() {
        assertThat(hasReturned()).as("returned %s though cancelled", fired).isFalse();
    }

    /** The wait after that threw. */
    void assertNextCancelled() {
        var unused = Tarry.await(task.done());
        assertThat(thrownNext).isInstanceOf(CancelledException.class);
    }
}
