package dev.tarry.scheduler;

import org.jspecify.annotations.Nullable;

import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/**
 * A node in the tree of what is cancelled together: a task, or a part of its run. Cancelling a node
 * cancels what is below it, except behind a shield. A scope is cancelled once and stays so (the
 * level that Trio's cancel scopes have, where the idea comes from).
 *
 * <p>Loop only, except {@link #cancel}, which is for any thread.
 */
public class CancelScope {
    /**
     * What all nodes know that were cancelled together.
     *
     * @param origin the one of them that is above the others
     * @param reason what was given as such
     */
    private record Cancellation(CancelScope origin, @Nullable Throwable reason) {}

    private final Scheduler scheduler;

    /** Its name; or the task whose own scope this is, and whose name it has. */
    private final Object named;

    private final boolean shield;
    private final @Nullable CancelScope parent;
    private @Nullable CancelScope firstChild;
    private @Nullable CancelScope previous;
    private @Nullable CancelScope next;

    private @Nullable Cancellation cancellation;

    /** The task whose innermost scope this is. */
    @Nullable Task<?> inside;

    CancelScope(Scheduler scheduler, String name, @Nullable CancelScope parent, boolean shield) {
        this(scheduler, (Object) name, parent, shield);
    }

    /** The own scope of {@code task}, which is inside. */
    CancelScope(Task<?> task, CancelScope parent) {
        this(task.scheduler(), task, parent, false);
        inside = task;
    }

    private CancelScope(
            Scheduler scheduler, Object named, @Nullable CancelScope parent, boolean shield) {
        this.scheduler = scheduler;
        this.named = named;
        this.shield = shield;
        this.parent = parent;
        if (parent != null) {
            link(parent);
            cancellation = shield ? null : parent.cancellation;
        }
    }

    /** A scope directly below the innermost one of the current task. */
    protected CancelScope(String name) {
        this(Scheduler.current(), name, Task.current().scope(), false);
    }

    private void link(CancelScope above) {
        next = above.firstChild;
        if (next != null) {
            next.previous = this;
        }
        above.firstChild = this;
    }

    private void unlink() {
        if (parent == null) {
            return;
        }
        if (previous != null) {
            previous.next = next;
        } else if (parent.firstChild == this) {
            parent.firstChild = next;
        }
        if (next != null) {
            next.previous = previous;
        }
        previous = null;
        next = null;
    }

    /** The scheduler that this belongs to. */
    public final Scheduler scheduler() {
        return scheduler;
    }

    /** The name, for messages. */
    public final String name() {
        return named instanceof Task<?> task ? task.name() : (String) named;
    }

    /** The scope around this one. */
    public final @Nullable CancelScope parent() {
        return parent;
    }

    /** Whether {@code outer} is this scope, or one above. */
    public final boolean isWithin(CancelScope outer) {
        CancelScope scope = this;
        while (scope != outer && scope.parent != null) {
            scope = scope.parent;
        }
        return scope == outer;
    }

    /** Whether waits in this scope throw. */
    public final boolean isCancelled() {
        return cancellation != null;
    }

    /** Why it was cancelled, itself or with one above, if somebody said so. */
    public final @Nullable Throwable reason() {
        Cancellation c = cancellation;
        return c == null ? null : c.reason;
    }

    /** Cancels all in this scope. Again is no different from once. Any thread. */
    public final void cancel() {
        cancel(null);
    }

    /**
     * Cancels all in this scope.
     *
     * @param reason becomes the cause of the {@link CancelledException}s
     */
    public final void cancel(@Nullable Throwable reason) {
        if (!scheduler.isCurrent()) {
            scheduler.post(() -> cancel(reason));
        } else if (cancellation == null) {
            spread(new Cancellation(this, reason));
        }
    }

    private void spread(Cancellation from) {
        // Without recursion: scopes may be nested deeper than the stack is.
        Deque<CancelScope> below = new ArrayDeque<>();
        below.push(this);
        CancelScope scope;
        while ((scope = below.poll()) != null) {
            if (scope.cancellation != null || scope.shield && scope != this) {
                continue;
            }
            scope.cancellation = from;
            if (scope.inside != null) {
                scope.inside.interruptWait();
            }
            for (CancelScope c = scope.firstChild; c != null; c = c.next) {
                below.push(c);
            }
        }
    }

    /**
     * Cancels what is below this, which is cancelled, behind shields as well: what waits there
     * waits for ever.
     */
    final void cancelBehindShields() {
        assert cancellation != null : "not cancelled: " + this;
        Deque<CancelScope> below = new ArrayDeque<>();
        below.push(this);
        CancelScope scope;
        while ((scope = below.poll()) != null) {
            if (scope.cancellation == null) {
                scope.spread(cancellation);
            }
            for (CancelScope c = scope.firstChild; c != null; c = c.next) {
                below.push(c);
            }
        }
    }

    /** Whether this lets no cancel through. */
    final boolean isShield() {
        return shield;
    }

    /** Makes this, a scope directly below it, the innermost scope of the current task. */
    protected final void enter() {
        Task<?> task = Task.current();
        CancelScope above = task.scope();
        assert above == parent : "entered elsewhere than made";
        above.inside = null;
        inside = task;
        task.scope(this);
    }

    /** Ends this, the innermost scope of the current task. */
    protected final void leave() {
        Task<?> task = Task.current();
        CancelScope above = parent;
        assert task.scope() == this && above != null : "left out of order";
        if (cancellation != null && above.cancellation == null) {
            var unused = Thread.interrupted(); // it was for this scope, and this scope is over
        }
        inside = null;
        above.inside = task;
        task.scope(above);
        end();
    }

    /** Takes this out of the tree. */
    final void end() {
        assert firstChild == null : "children outlive their scope: " + this;
        inside = null;
        unlink();
    }

    /** Throws if this scope is cancelled. */
    final void check() {
        Cancellation by = cancellation;
        if (by != null) {
            throw new CancelledException(by.origin);
        }
    }

    /**
     * What it means that {@code t} left this scope: in a blocking call of the JDK an interrupt
     * tells that a scope was cancelled, and what comes out is then no failure, but the cancel.
     */
    protected final Throwable meaning(Throwable t) {
        Cancellation by = cancellation;
        if (by == null
                || !(t instanceof InterruptedException
                        || t instanceof ClosedByInterruptException)) {
            return t;
        }
        CancelledException cancelled = new CancelledException(by.origin);
        cancelled.addSuppressed(t);
        return cancelled;
    }

    /**
     * Runs {@code cleanup} where cancelling does not reach: its waits work though the task is
     * cancelled. Give what is inside a timeout of its own.
     */
    public static <T> T shield(Callable<T> cleanup) throws Exception {
        Task<?> task = Task.current();
        CancelScope scope = new CancelScope(task.scheduler(), "shield", task.scope(), true);
        scope.enter();
        try {
            return cleanup.call();
        } finally {
            scope.leave();
        }
    }

    /** Shows every task in this scope and below, in no particular order. */
    final void forEachTask(Consumer<Task<?>> action) {
        Deque<CancelScope> below = new ArrayDeque<>();
        below.push(this);
        CancelScope scope;
        while ((scope = below.poll()) != null) {
            if (scope.inside != null) {
                action.accept(scope.inside);
            }
            for (CancelScope c = scope.firstChild; c != null; c = c.next) {
                below.push(c);
            }
        }
    }

    @Override
    public String toString() {
        return name();
    }
}
