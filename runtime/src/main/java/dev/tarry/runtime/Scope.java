package dev.tarry.runtime;

import dev.tarry.events.Durations;
import dev.tarry.events.Event;
import dev.tarry.events.Outcome;
import dev.tarry.events.QueuedEvent;
import dev.tarry.events.Reactor;
import dev.tarry.events.Timer;
import dev.tarry.events.WaitQueue;
import dev.tarry.events.internal.Reports;
import dev.tarry.scheduler.CancelScope;
import dev.tarry.scheduler.CancelledException;
import dev.tarry.scheduler.Task;
import dev.tarry.scheduler.TaskFailedException;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Tasks that belong together. A scope ends only when all tasks in it have ended, so none is ever
 * forgotten, and its failures have somewhere to go.
 *
 * <pre>{@code
 * Scope.run(scope -> {
 *     scope.spawn(() -> fetch(a));
 *     scope.spawn(() -> fetch(b));
 * });                                  // both are done here, or it throws
 * }</pre>
 *
 * <p>The first failure, of a task or of the body, cancels all the others; once they have ended it
 * is thrown, with theirs suppressed. In a {@linkplain #supervise supervised} scope a failing task
 * leaves the others alone. {@link #cancel} ends a scope early, and then it returns normally.
 *
 * <p>Where the task that opened it cannot wait for the others (a static initializer or a native
 * method is on its stack, or it has no stack left), the scope cancels them and throws, and the
 * scope around ends only when they have ended.
 *
 * <p>After Trio's nurseries and cancel scopes.
 */
public final class Scope extends CancelScope {
    /** Failures kept beyond the first one; a server may run for years. */
    private static final int MOST_SUPPRESSED = 16;

    /** When there is no memory left to say what the body has thrown. */
    private static final Outcome<?> NO_MEMORY =
            new Outcome.Failed<>(
                    new OutOfMemoryError("and none to tell what the body of a scope has thrown"));

    /** The code of a scope. */
    @FunctionalInterface
    public interface ScopeBody<T extends @Nullable Object, X extends Exception> {
        /**
         * Runs it, in the task that called.
         *
         * @throws X what the code throws
         */
        T run(Scope scope) throws X;
    }

    /** The code of a scope that returns nothing. */
    @FunctionalInterface
    public interface VoidScopeBody<X extends Exception> {
        /**
         * Runs it, in the task that called.
         *
         * @throws X what the code throws
         */
        void run(Scope scope) throws X;
    }

    private final @Nullable BiConsumer<? super Task<?>, ? super Throwable> supervisor;
    private final WaitQueue endWaiters = new WaitQueue();
    private final Event<Scope> childrenEnded = new ChildrenEnded();
    private final Consumer<Task<?>> onEnd = this::ended; // one for all
    private int children;
    private boolean over;

    /** The scope that waits for the tasks of this one, which could not. */
    private @Nullable Scope heir;

    /** A task in it ended because this was cancelled; the other one: because one above was. */
    private boolean childrenCut;

    private @Nullable CancelledException cutFromAbove;

    private @Nullable Task<?> firstFailed;
    private @Nullable Throwable firstFailure;
    private final List<TaskFailedException> furtherFailures = new ArrayList<>(0);

    private Scope(
            String name,
            boolean shield,
            @Nullable BiConsumer<? super Task<?>, ? super Throwable> supervisor) {
        super(name, shield);
        this.supervisor = supervisor;
    }

    // ---- making one

    /**
     * Runs {@code body} in a new scope, and returns when all tasks in it have ended.
     *
     * @throws X what {@code body} throws, once all tasks have ended; what a task has thrown comes
     *     as a {@link TaskFailedException}
     */
    public static <X extends Exception> void run(VoidScopeBody<X> body) throws X {
        new Scope("scope", false, null).execute(asValue(body));
    }

    /**
     * Like {@link #run}, and answers what {@code body} returns.
     *
     * @throws X what {@code body} throws
     */
    public static <T extends @Nullable Object, X extends Exception> T call(ScopeBody<T, X> body)
            throws X {
        Scope scope = new Scope("scope", false, null);
        return scope.valueOf(scope.execute(body));
    }

    /**
     * Like {@link #call}, where cancelling does not reach: for cleanup that has to wait. The waits
     * in it work though the task is cancelled, blocking calls of the JDK are not interrupted, and
     * the same holds for the tasks that are started in it. Give what is inside a limit of its own.
     *
     * @throws X what {@code body} throws
     */
    public static <T extends @Nullable Object, X extends Exception> T shield(ScopeBody<T, X> body)
            throws X {
        Scope scope = new Scope("shield", true, null);
        return scope.valueOf(scope.execute(body));
    }

    /**
     * Like {@link #shield}, for what returns nothing.
     *
     * @throws X what {@code body} throws
     */
    public static <X extends Exception> void shielded(VoidScopeBody<X> body) throws X {
        new Scope("shield", true, null).execute(asValue(body));
    }

    /**
     * Like {@link #run}, but when {@code limit} is over everything in the scope is cancelled. If a
     * scope around it is cancelled as well before this one has ended, that counts.
     *
     * @throws ScopeTimeoutException then, once all have ended
     * @throws X what {@code body} throws
     */
    public static <T extends @Nullable Object, X extends Exception> T within(
            Duration limit, ScopeBody<T, X> body) throws X {
        Scope scope = new Scope("scope of " + Durations.text(limit), false, null);
        Limit timer = new Limit(scope, limit);
        Outcome<T> end = scope.execute(body, timer);
        if (timer.expired && (end instanceof Outcome.Closed || scope.childrenCut)) {
            throw new ScopeTimeoutException(limit);
        }
        return scope.valueOf(end);
    }

    private static final class Limit extends Timer {
        private final Scope scope;
        private final Duration limit;
        private boolean expired;

        Limit(Scope scope, Duration limit) {
            this.scope = scope;
            this.limit = limit;
        }

        @Override
        protected void fire() {
            expired = !scope.isCancelled();
            scope.cancel(new ScopeTimeoutException(limit));
        }

        void start(Reactor reactor) {
            long deadline = reactor.nanos() + Durations.nanos(limit);
            reactor.schedule(this, deadline);
            scope.limit(deadline);
        }
    }

    /**
     * Like {@link #run}, but a task that fails leaves the others alone.
     *
     * @param onFailure told of each failure, in the task that failed; must not wait. What it throws
     *     itself is a failure of the scope, and thrown in the end, but leaves the tasks alone as
     *     well
     * @throws X what {@code body} throws
     */
    public static <X extends Exception> void supervise(
            BiConsumer<? super Task<?>, ? super Throwable> onFailure, VoidScopeBody<X> body)
            throws X {
        new Scope("supervised scope", false, onFailure).execute(asValue(body));
    }

    /**
     * The scope around main: supervised, and what failed is logged at once and thrown at the end.
     */
    static <T extends @Nullable Object> Outcome<T> root(Callable<? extends T> main)
            throws Exception {
        Scope[] self = new Scope[1];
        Scope scope =
                new Scope(
                        "run",
                        false,
                        (task, failure) -> {
                            self[0].keep(task, failure);
                            Reports.warn(task + " has failed", failure);
                        });
        self[0] = scope;
        return scope.<T, Exception>execute(s -> main.call());
    }

    private static <X extends Exception> ScopeBody<@Nullable Void, X> asValue(
            VoidScopeBody<X> body) {
        return scope -> {
            body.run(scope);
            return null;
        };
    }

    // ---- its run

    /**
     * Answers Closed if the scope was cancelled, by {@link #cancel} or the limit, and no failure.
     */
    private <T extends @Nullable Object, X extends Exception> Outcome<T> execute(
            ScopeBody<T, X> body) throws X {
        return execute(body, null);
    }

    private <T extends @Nullable Object, X extends Exception> Outcome<T> execute(
            ScopeBody<T, X> body, @Nullable Limit limit) throws X {
        enter();
        Outcome<T> end;
        try {
            if (limit != null) {
                limit.start(scheduler().reactor());
            }
            end = new Outcome.Value<>(body.run(this));
        } catch (Throwable t) {
            end = cutShort(t);
        }
        Throwable cannotWait = null;
        try {
            awaitChildren();
        } catch (Throwable t) {
            cannotWait = t;
        }
        if (limit != null) {
            scheduler().reactor().cancel(limit);
        }
        over = true;
        if (cannotWait != null && children > 0) {
            bequeath(cannotWait);
            throw Scope.<RuntimeException>asIs(failureOf(end, cannotWait));
        }
        leave();
        return settle(orCancelledFromAbove(end));
    }

    /** The body has thrown {@code thrown}. Must not throw anything itself. */
    private <T extends @Nullable Object> Outcome<T> cutShort(Throwable thrown) {
        try {
            Throwable t = meaning(thrown);
            if (t instanceof CancelledException e && e.origin() == this) {
                return new Outcome.Closed<>(name());
            }
            cancelHere(t); // does nothing if t is the cancellation of a scope above
            return new Outcome.Failed<>(t);
        } catch (Throwable again) { // no memory, or no descriptor left to load a class by
            cancelHere(thrown);
            return failedOrNoMemory(thrown);
        }
    }

    @SuppressWarnings("unchecked") // it has no value
    private static <T extends @Nullable Object> Outcome<T> failedOrNoMemory(Throwable t) {
        try {
            return new Outcome.Failed<>(t);
        } catch (Throwable none) {
            return (Outcome<T>) NO_MEMORY;
        }
    }

    /**
     * This task cannot leave its thread to wait for those in this scope (a static initializer is on
     * its stack), or has no stack or memory left for that. They are cancelled, and the next scope
     * around waits for them in the place of this one, which has to say so by a failure.
     */
    private void bequeath(Throwable cannotWait) {
        cancelHere(cannotWait);
        CancelScope above = parent();
        while (above != null && !(above instanceof Scope)) {
            above = above.parent();
        }
        if (above instanceof Scope found) { // else the scheduler waits for all of them
            heir = found;
            found.children++;
        }
        leaveBehind();
    }

    private Throwable failureOf(Outcome<?> end, Throwable cannotWait) {
        Throwable first = cannotWait;
        if (end instanceof Outcome.Failed<?>(Throwable cause)) {
            first = cause;
            Reports.suppress(first, cannotWait);
        }
        TaskFailedException failure = failure();
        if (failure != null) {
            Reports.suppress(first, failure);
        }
        return first;
    }

    /** What was cut short here counts for nothing if all around it was, too. */
    private <T extends @Nullable Object> Outcome<T> orCancelledFromAbove(Outcome<T> end) {
        CancelledException above = cancelFromAbove();
        if (above != null && (end instanceof Outcome.Closed || childrenCut)) {
            return new Outcome.Failed<>(above);
        }
        // The body relies on what they did not do.
        return end.isValue() && cutFromAbove != null ? new Outcome.Failed<>(cutFromAbove) : end;
    }

    // Behind a shield: whoever cancels the task has cancelled the children with it, and they are
    // waited for in any case.
    private void awaitChildren() {
        while (children > 0) {
            try {
                var unused = CancelScope.shield(() -> Task.current().await(childrenEnded));
            } catch (CancelledException e) {
                // A deadlock has ended all waits behind shields, those of the children as well.
            } catch (RuntimeException e) {
                throw e; // it cannot wait here
            } catch (Exception e) {
                throw new AssertionError(e); // await throws nothing checked
            }
        }
    }

    private <T extends @Nullable Object> Outcome<T> settle(Outcome<T> end) {
        TaskFailedException failure = failure();
        if (end instanceof Outcome.Failed<T>(Throwable cause)
                && !(cause instanceof CancelledException && failure != null)) {
            if (failure != null) {
                Reports.suppress(cause, failure);
            }
            throw Scope.<RuntimeException>asIs(cause); // what the body may throw, or unchecked
        }
        if (failure != null) {
            throw failure;
        }
        return end;
    }

    private @Nullable TaskFailedException failure() {
        if (firstFailed == null || firstFailure == null) {
            return null;
        }
        TaskFailedException failure = new TaskFailedException(firstFailed, firstFailure);
        furtherFailures.forEach(failure::addSuppressed);
        return failure;
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the compiler need not know
    private static <X extends Throwable> X asIs(Throwable t) throws X {
        throw (X) t;
    }

    private <T extends @Nullable Object, X extends Exception> T valueOf(Outcome<T> end) throws X {
        return switch (end) {
            case Outcome.Value<T>(T value) -> value;
            case Outcome.Closed<T> closed -> throw new CancelledException(this);
            case Outcome.Failed<T>(Throwable cause) -> throw new AssertionError(cause);
        };
    }

    // ---- the tasks in it

    /** The innermost scope around the caller. */
    public static Scope current() {
        CancelScope scope = Task.current().scope();
        while (!(scope instanceof Scope found)) {
            CancelScope above = scope.parent();
            if (above == null) {
                throw new IllegalStateException("no scope is open in " + Task.current());
            }
            scope = above;
        }
        return found;
    }

    /**
     * Starts a task in this scope.
     *
     * @param <B> the type of the code; see {@link Body}
     */
    public <B extends Body> Task<@Nullable Void> spawn(B body) {
        return start(null, valueless(body));
    }

    /**
     * Starts a task with a name in this scope.
     *
     * @param <B> the type of the code; see {@link Body}
     */
    public <B extends Body> Task<@Nullable Void> spawn(String name, B body) {
        return start(name, valueless(body));
    }

    /** Starts a task in this scope that returns something. */
    public <T extends @Nullable Object> Task<T> spawn(Body.Returning<? extends T> body) {
        return start(null, body);
    }

    /** Starts a task with a name in this scope that returns something. */
    public <T extends @Nullable Object> Task<T> spawn(
            String name, Body.Returning<? extends T> body) {
        return start(name, body);
    }

    static Body.Returning<@Nullable Void> valueless(Body body) {
        return () -> {
            body.run();
            return null;
        };
    }

    private <T extends @Nullable Object> Task<T> start(
            @Nullable String name, Callable<? extends T> body) {
        if (over) {
            throw new IllegalStateException(this + " has ended; nothing can be spawned in it");
        }
        Task<T> task = scheduler().spawn(name, this, body, onEnd);
        children++;
        return task;
    }

    /** How many tasks in this scope have not ended. */
    public int size() {
        return children;
    }

    private void ended(Task<?> task) {
        try {
            if (task.outcome() instanceof Outcome.Failed<?>(Throwable cause)) {
                if (cause instanceof CancelledException e && task.scope().isWithin(e.origin())) {
                    cut(e);
                } else {
                    failed(task, cause);
                }
            }
        } finally {
            childEnded();
        }
    }

    private void childEnded() {
        for (Scope scope = this; scope != null && --scope.children == 0; scope = scope.heir) {
            scope.endWaiters.wakeAll();
        }
    }

    /** A task was cancelled: it alone, or with this scope, or with one above. */
    private void cut(CancelledException e) {
        if (e.origin() == this) {
            childrenCut = true;
        } else if (isWithin(e.origin())) {
            cutFromAbove = e;
        }
    }

    private void failed(Task<?> task, Throwable cause) {
        if (heir != null) {
            heir.failed(task, cause);
            return;
        }
        if (supervisor == null) {
            cancel(cause);
            keep(task, cause);
            return;
        }
        try {
            supervisor.accept(task, cause);
        } catch (Throwable t) {
            keep(task, cause);
            Reports.suppress(cause, t);
        }
    }

    /** The first one takes no memory, which may be what the task has failed for. */
    private void keep(Task<?> task, Throwable cause) {
        if (firstFailed == null) {
            firstFailed = task;
            firstFailure = cause;
        } else if (furtherFailures.size() < MOST_SUPPRESSED) {
            furtherFailures.add(new TaskFailedException(task, cause));
        }
    }

    private final class ChildrenEnded extends QueuedEvent<Scope> {
        ChildrenEnded() {
            super(endWaiters);
        }

        @Override
        public @Nullable Outcome<Scope> poll(Reactor reactor) {
            return children == 0 ? new Outcome.Value<>(Scope.this) : null;
        }

        @Override
        public boolean wokenOnlyByTasks() {
            return true;
        }

        @Override
        public String toString() {
            return "end of the " + children + " tasks in " + Scope.this;
        }
    }
}
