package dev.tarry.scheduler;

import dev.tarry.events.Outcome;
import dev.tarry.events.QueuedEvent;
import dev.tarry.events.Reactor;

import org.jspecify.annotations.Nullable;

import java.lang.System.Logger.Level;
import java.util.concurrent.Callable;

/**
 * Code that a task has for the thread of its host, and the event that it has ended. Loop only.
 *
 * @param <T> what it returns
 */
final class HostCall<T extends @Nullable Object> extends QueuedEvent<HostCall<T>> {
    private final Task<?> task;
    private final Callable<? extends T> code;
    private boolean begun;
    private @Nullable Outcome<T> end;

    /**
     * @param task which waits for it
     */
    HostCall(Task<?> task, Callable<? extends T> code) {
        this.task = task;
        this.code = code;
    }

    /** Answers false if it is not to run, since its task is cancelled but has not run since. */
    boolean begin() {
        begun = !task.scope().isCancelled();
        return begun;
    }

    boolean hasBegun() {
        return begun;
    }

    /** On the thread of the host. */
    void run() {
        Outcome<T> how;
        try {
            how = new Outcome.Value<>(code.call());
        } catch (Throwable t) {
            how = new Outcome.Failed<>(t);
        }
        if (end == null) {
            end(how);
        } else if (how instanceof Outcome.Failed<T>(Throwable cause)) {
            System.getLogger("dev.tarry")
                    .log(Level.WARNING, "code of a task has failed after its guest closed", cause);
        }
    }

    /** Its task waits no longer, though it may go on. */
    void release() {
        if (end == null) {
            end(new Outcome.Closed<>(toString()));
        }
    }

    /** It will not be run. */
    void refuse(Throwable why) {
        end(new Outcome.Failed<>(why));
    }

    private void end(Outcome<T> how) {
        end = how;
        waiters().wakeAll();
    }

    /** How it ended. */
    Outcome<T> howItEnded() {
        Outcome<T> how = end;
        assert how != null : "it has not ended";
        return how;
    }

    @Override
    public @Nullable Outcome<HostCall<T>> poll(Reactor reactor) {
        return end == null ? null : new Outcome.Value<>(this);
    }

    @Override
    public String toString() {
        return "code on the thread of the host";
    }
}
