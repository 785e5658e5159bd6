package dev.tarry.runtime;

import dev.tarry.events.Durations;
import dev.tarry.events.Event;
import dev.tarry.events.Outcome;
import dev.tarry.events.QueuedEvent;
import dev.tarry.events.Reactor;
import dev.tarry.events.Timer;
import dev.tarry.events.WaitQueue;
import dev.tarry.scheduler.CancelScope;
import dev.tarry.scheduler.CancelledException;
import dev.tarry.scheduler.Task;
import dev.tarry.scheduler.TaskFailedException;

import org.jspecify.annotations.Nullable;

import java.lang.System.Logger.Level;
import java.time.Duration;
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
 * <p>After Trio's nurseries and cancel scopes.
 */
public final class Scope extends CancelScope {
    /** Failures kept beyond the first one; a server may run for years. */
    private static final int MOST_SUPPRESSED = 16;

    /** The code of a scope. */
    @FunctionalInterface
    public interface ScopeBody<T extends @Nullable Object, X extends Exception> {
        /** Runs it, in the task that called. */
        T run(Scope scope) throws X;
    }

    /** The code of a scope that returns nothing. */
    @FunctionalInterface
    public interface VoidScopeBody<X extends Exception> {
        /** Runs it, in the task that called. */
        void run(Scope scope) throws X;
    }

    private final @Nullable BiConsumer<? super Task<?>, ? super Throwable> supervisor;
    private final WaitQueue endWaiters = new WaitQueue();
    private final Event<Scope> childrenEnded = new ChildrenEnded();
    private final Consumer<Task<?>> onEnd = this::ended; // one for all
    private int children;
    private boolean over;

    /** A task in it ended because this was cancelled; the other one: because one above was. */
    private boolean childrenCut;

    private @Nullable CancelledException cutFromAbove;

    private @Nullable Throwable firstFailure;

    private Scope(
            String name, @Nullable BiConsumer<? super Task<?>, ? super Throwable> supervisor) {
        super(name);
        this.supervisor = supervisor;
    }

    // ---- making one

    /** Runs {@code body} in a new scope, and returns when all tasks in it have ended. */
    public static <X extends Exception> void run(VoidScopeBody<X> body) throws X {
        new Scope("scope", null).execute(asValue(body));
    }

    /** Like {@link #run}, and answers what {@code body} returns. */
    public static <T extends @Nullable Object, X extends Exception> T call(ScopeBody<T, X> body)
            throws X {
        Scope scope = new Scope("scope", null);
        return scope.valueOf(scope.execute(body));
    }

    /**
     * Like {@link #run}, but when {@code limit} is over everything in the scope is cancelled.
     *
     * @throws ScopeTimeoutException then, once all have ended
     */
    public static <T extends @Nullable Object, X extends Exception> T within(
            Duration limit, ScopeBody<T, X> body) throws X {
        Scope scope = new Scope("scope of " + Durations.text(limit), null);
        Limit timer = new Limit(scope, limit);
        Reactor reactor = scope.scheduler().reactor();
        reactor.schedule(timer, reactor.nanos() + Durations.nanos(limit));
        Outcome<T> end;
        try {
            end = scope.execute(body);
        } finally {
            reactor.cancel(timer);
        }
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
    }

    /**
     * Like {@link #run}, but a task that fails leaves the others alone.
     *
     * @param onFailure told of each failure, in the task that failed; must not wait
     */
    public static <X extends Exception> void supervise(
            BiConsumer<? super Task<?>, ? super Throwable> onFailure, VoidScopeBody<X> body)
            throws X {
        new Scope("supervised scope", onFailure).execute(asValue(body));
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
                        (task, failure) -> {
                            System.getLogger("dev.tarry")
                                    .log(Level.WARNING, task + " has failed", failure);
                            self[0].keep(task, failure);
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
        enter();
        Outcome<T> end;
        try {
            end = new Outcome.Value<>(body.run(this));
        } catch (Throwable thrown) {
            Throwable t = meaning(thrown);
            if (t instanceof CancelledException e && e.origin() == this) {
                end = new Outcome.Closed<>(name());
            } else {
                end = new Outcome.Failed<>(t);
                cancel(t); // does nothing if t is the cancellation of a scope above
            }
        }
        awaitChildren();
        over = true;
        leave();
        if (end.isValue() && cutFromAbove != null) {
            end = new Outcome.Failed<>(cutFromAbove); // the body relies on what they did not do
        }
        return settle(end);
    }

    // Behind a shield: whoever cancels the task has cancelled the children with it, and they are
    // waited for in any case.
    private void awaitChildren() {
        while (children > 0) {
            try {
                var unused = CancelScope.shield(() -> Task.current().await(childrenEnded));
            } catch (CancelledException e) {
                // A deadlock has ended all waits behind shields, those of the children as well.
            } catch (Exception e) {
                throw new AssertionError(e); // await throws nothing checked
            }
        }
    }

    private <T extends @Nullable Object> Outcome<T> settle(Outcome<T> end) {
        Throwable failure = firstFailure;
        if (end instanceof Outcome.Failed<T>(Throwable cause)
                && !(cause instanceof CancelledException && failure != null)) {
            if (failure != null) {
                cause.addSuppressed(failure);
            }
            throw Scope.<RuntimeException>asIs(cause); // what the body may throw, or unchecked
        }
        if (failure != null) {
            throw Scope.<RuntimeException>asIs(failure); // a TaskFailedException
        }
        return end;
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

    /** Starts a task in this scope. */
    public Task<@Nullable Void> spawn(Body body) {
        return start(null, valueless(body));
    }

    /** Starts a task with a name in this scope. */
    public Task<@Nullable Void> spawn(String name, Body body) {
        return start(name, valueless(body));
    }

    /** Starts a task in this scope that returns something. */
    public <T extends @Nullable Object> Task<T> spawn(Callable<? extends T> body) {
        return start(null, body);
    }

    /** Starts a task with a name in this scope that returns something. */
    public <T extends @Nullable Object> Task<T> spawn(String name, Callable<? extends T> body) {
        return start(name, body);
    }

    static Callable<@Nullable Void> valueless(Body body) {
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
        children--;
        if (task.outcome() instanceof Outcome.Failed<?>(Throwable cause)) {
            if (cause instanceof CancelledException e && task.scope().isWithin(e.origin())) {
                cut(e);
            } else {
                failed(task, cause);
            }
        }
        if (children == 0) {
            endWaiters.wakeAll();
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
        if (supervisor == null) {
            keep(task, cause);
            cancel(cause);
            return;
        }
        try {
            supervisor.accept(task, cause);
        } catch (Throwable t) {
            cause.addSuppressed(t);
            keep(task, cause);
        }
    }

    private void keep(Task<?> task, Throwable cause) {
        TaskFailedException failure = new TaskFailedException(task, cause);
        if (firstFailure == null) {
            firstFailure = failure;
        } else if (firstFailure.getSuppressed().length < MOST_SUPPRESSED) {
            firstFailure.addSuppressed(failure);
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
