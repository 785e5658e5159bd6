package dev.tarry.scheduler;

import dev.tarry.events.internal.Headroom;

import org.jspecify.annotations.Nullable;

import java.net.SocketException;
import java.nio.channels.ClosedByInterruptException;
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
    private final Scheduler scheduler;

    /** Its name; or the task whose own scope this is, and whose name it has. */
    private final Object named;

    private final boolean shield;
    private final @Nullable CancelScope parent;
    private @Nullable CancelScope firstChild;
    private @Nullable CancelScope previous;
    private @Nullable CancelScope next;

    /** It has ended, but for what is below it, with which it leaves the tree. */
    private boolean lingers;

    /** The scope that was cancelled, this one or one above; null if none was. */
    private @Nullable CancelScope cancelledBy;

    /** What was given as such when this one was cancelled. */
    private @Nullable Throwable reason;

    /** When it is to be cancelled, on the clock of the scheduler, if {@link #isLimited}. */
    private long deadline;

    private boolean isLimited;

    /** The task whose innermost scope this is. */
    @Nullable Task<?> inside;

    CancelScope(Scheduler scheduler, String name, @Nullable CancelScope parent, boolean shield) {
        this(scheduler, (Object) name, parent, shield);
    }

    /** The own scope of {@code task}, which is inside. */
    CancelScope(Task<?> task, CancelScope parent) {
        this(task.scheduler(), task, parent, false);
        inside = task;
        link(parent);
    }

    private CancelScope(
            Scheduler scheduler, Object named, @Nullable CancelScope parent, boolean shield) {
        this.scheduler = scheduler;
        this.named = named;
        this.shield = shield;
        this.parent = parent;
        if (parent != null) {
            cancelledBy = shield ? null : parent.cancelledBy;
        }
    }

    /**
     * A scope directly below the innermost one of the current task, in the tree from {@link #enter}
     * on: should there be no memory for the rest of it, nobody knows it.
     *
     * @param shield whether it stays as it is when those above are cancelled
     * @throws IllegalStateException where the task must not wait, since leaving it may need that
     */
    protected CancelScope(String name, boolean shield) {
        this(Task.currentThatMayWait(), name, shield);
    }

    private CancelScope(Task<?> task, String name, boolean shield) {
        this(task.scheduler(), name, task.scope(), shield);
    }

    private void link(CancelScope above) {
        next = above.firstChild;
        if (next != null) {
            next.previous = this;
        }
        above.firstChild = this;
    }

    private void unlink(CancelScope parent) {
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

    // ---- cancelling

    /** Whether waits in this scope throw. */
    public final boolean isCancelled() {
        return cancelledBy != null;
    }

    /** Why it was cancelled, itself or with one above, if somebody said so. */
    public final @Nullable Throwable reason() {
        return cancelledBy == null ? null : cancelledBy.reason;
    }

    /**
     * Cancels all in this scope: from now on, and until it ends, its waits throw {@link
     * CancelledException}, and blocking calls of the JDK that heed interrupts are interrupted,
     * whatever its tasks are doing now. Cancelling it again does nothing. Any thread.
     */
    public final void cancel() {
        cancel(null);
    }

    /**
     * Cancels all in this scope.
     *
     * @param reason becomes the cause of the {@link CancelledException}s
     * @see #cancel()
     */
    public final void cancel(@Nullable Throwable reason) {
        if (scheduler.isCurrent()) {
            Headroom.ensure();
            if (cancelledBy == null) {
                this.reason = reason;
                spread(false);
            }
        } else {
            scheduler.cancelFromOutside(this, reason);
        }
    }

    /** Like {@link #cancel}, for a task inside, which may be at the end of its stack. */
    protected final void cancelHere(Throwable reason) {
        if (cancelledBy == null) {
            this.reason = reason;
            spread(false);
        }
    }

    /** Cancels all in this scope, behind shields, too: nothing that they wait for can come. */
    final void cancelThroughShields(Throwable reason) {
        if (cancelledBy == null) {
            this.reason = reason;
        }
        spread(true);
    }

    private void spread(boolean throughShields) {
        CancelScope origin = cancelledBy == null ? this : cancelledBy;
        CancelScope scope = this;
        while (scope != null) {
            boolean reached = scope.reach(origin, throughShields || scope == this);
            scope = scope.nextIn(this, reached || throughShields);
        }
    }

    /** Whether this lets no cancel through. */
    final boolean isShield() {
        return shield;
    }

    /** Answers whether this has changed, and those below have to. */
    private boolean reach(CancelScope origin, boolean throughShield) {
        if (cancelledBy != null || shield && !throughShield) {
            return false;
        }
        cancelledBy = origin;
        if (inside != null) {
            inside.wasCancelled();
        }
        return true;
    }

    /**
     * The scope after this one in a walk through {@code top} and all below it, or null at its end.
     * Needs neither memory nor stack: scopes may be nested deeper than the stack is.
     */
    private @Nullable CancelScope nextIn(CancelScope top, boolean below) {
        if (below && firstChild != null) {
            return firstChild;
        }
        CancelScope scope = this;
        while (scope != top && scope.next == null) {
            CancelScope above = scope.parent;
            assert above != null : "not below " + top;
            scope = above;
        }
        return scope == top ? null : scope.next;
    }

    /** Whether a cancel of {@code other} cancels this one. Final fields only. */
    final boolean isReachedFrom(CancelScope other) {
        CancelScope scope = this;
        while (scope != other && !scope.shield && scope.parent != null) {
            scope = scope.parent;
        }
        return scope == other;
    }

    /** Says when somebody is going to cancel this, since its time is over. */
    protected final void limit(long deadlineNanos) {
        deadline = deadlineNanos;
        isLimited = true;
    }

    /** Whether the time of this scope, or of one that cancels it, is over. */
    final boolean isOverdue(long now) {
        CancelScope scope = this;
        while (scope != null) {
            if (scope.isLimited && now - scope.deadline >= 0) {
                return true;
            }
            scope = scope.shield ? null : scope.parent;
        }
        return false;
    }

    // ---- being inside

    /** Makes this, a scope directly below it, the innermost scope of the current task. */
    protected final void enter() {
        Task<?> task = Task.current();
        CancelScope above = task.scope();
        assert above == parent : "entered elsewhere than made";
        link(above);
        above.inside = null;
        inside = task;
        task.scope(this);
    }

    /** Ends this, the innermost scope of the current task. */
    protected final void leave() {
        assert firstChild == null : "children outlive their scope: " + this;
        leaveBehind();
    }

    /**
     * Like {@link #leave}, where this task could not wait for the tasks in it. They stay in it, and
     * it stays in the tree until they have ended.
     */
    protected final void leaveBehind() {
        Task<?> task = Task.current();
        CancelScope above = parent;
        assert task.scope() == this && above != null : "left out of order";
        inside = null;
        above.inside = task;
        task.scope(above);
        end();
    }

    /**
     * Takes this out of the tree; if there are tasks below that nobody can wait for here, once they
     * have ended.
     */
    final void end() {
        inside = null;
        lingers = true;
        CancelScope scope = this;
        CancelScope above;
        while (scope.lingers && scope.firstChild == null && (above = scope.parent) != null) {
            scope.unlink(above);
            scope = above;
        }
    }

    /** Throws if this scope is cancelled. */
    final void check() {
        if (cancelledBy != null) {
            throw new CancelledException(cancelledBy);
        }
    }

    /**
     * The cancel of what is around this scope, if that was cancelled: when both were, the outer one
     * is what counts, since the inner one is over with it.
     */
    protected final @Nullable CancelledException cancelFromAbove() {
        CancelScope by = shield || parent == null ? null : parent.cancelledBy;
        return by == null ? null : new CancelledException(by);
    }

    /**
     * What it means that {@code t} left this scope: in a blocking call of the JDK an interrupt
     * tells that a scope was cancelled, and what comes out is then no failure, but the cancel.
     */
    protected final Throwable meaning(Throwable t) {
        if (!tellsOfInterrupt(t)) {
            return t;
        }
        Task.current().hearFromOutside();
        if (cancelledBy == null) {
            return t;
        }
        CancelledException cancelled = new CancelledException(cancelledBy);
        cancelled.addSuppressed(t);
        return cancelled;
    }

    private static boolean tellsOfInterrupt(Throwable t) {
        return t instanceof InterruptedException
                || t instanceof ClosedByInterruptException
                // A socket of the JDK has no better word for a virtual thread.
                || t instanceof SocketException && "Closed by interrupt".equals(t.getMessage());
    }

    /**
     * Runs {@code cleanup} where cancelling does not reach: its waits work though the task is
     * cancelled, and blocking calls of the JDK are not interrupted.
     *
     * @throws Exception what {@code cleanup} throws
     */
    protected static <T> T shield(Callable<T> cleanup) throws Exception {
        CancelScope scope = new CancelScope("shield", true);
        scope.enter();
        try {
            return cleanup.call();
        } finally {
            scope.leave();
        }
    }

    /** Shows every task in this scope and below, in no particular order. */
    final void forEachTask(Consumer<Task<?>> action) {
        for (CancelScope s = this; s != null; s = s.nextIn(this, true)) {
            if (s.inside != null) {
                action.accept(s.inside);
            }
        }
    }

    @Override
    public String toString() {
        return name();
    }
}
