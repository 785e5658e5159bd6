package dev.tarry.runtime;

import dev.tarry.events.Outcome;
import dev.tarry.events.Reactor;
import dev.tarry.events.WaitQueue;
import dev.tarry.events.Waiter;
import dev.tarry.events.internal.Headroom;
import dev.tarry.scheduler.Scheduler;
import dev.tarry.scheduler.Task;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.Optional;

/**
 * A channel of one scheduler. What needs no waiting is done without the wait operation, which would
 * only add the cost of its bookkeeping; a {@linkplain Task#checkpoint checkpoint} makes up for it.
 */
final class LocalChannel<T> extends Channel<T> {
    private static final VarHandle OWNER = owner();

    /** The reactor of the scheduler that used it first, for ever. */
    private @Nullable Reactor owner;

    LocalChannel(int capacity) {
        super(capacity);
    }

    private static VarHandle owner() {
        try {
            return MethodHandles.lookup().findVarHandle(LocalChannel.class, "owner", Reactor.class);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private Task<?> enter() {
        Headroom.ensure();
        Task<?> task = Scheduler.currentTask();
        if (task == null) {
            throw new IllegalStateException(
                    this
                            + " is for the tasks of one scheduler, and thread '"
                            + Thread.currentThread().getName()
                            + "' is none; Channel.shared(...) is for other threads, too");
        }
        own(task.scheduler().reactor());
        return task;
    }

    private void own(Reactor reactor) {
        if (owner != reactor && !claim(reactor)) {
            throw foreign("a task of another scheduler (" + reactor + ")");
        }
    }

    /** Of two that use it first at the same time, one gets it, and the other hears of it. */
    private boolean claim(Reactor reactor) {
        return OWNER.compareAndSet(this, null, reactor);
    }

    private WrongThreadException foreign(String who) {
        return new WrongThreadException(
                this
                        + " belongs to the "
                        + owner
                        + ", and was used by "
                        + who
                        + "; Channel.shared(...) is for several");
    }

    /** For what needs no task, but must not be done beside the tasks that use it. */
    private void check() {
        Reactor reactor = owner;
        if (reactor != null && !reactor.isCurrent() && !reactor.isClosed()) {
            throw foreign("thread '" + Thread.currentThread().getName() + "'");
        }
    }

    @Override
    boolean put(T message) {
        boolean done = super.put(message);
        if (done && owner != null) {
            owner.observed(message);
        }
        return done;
    }

    @Override
    @Nullable T take() {
        T message = super.take();
        if (message != null && owner != null) {
            owner.observed(message);
        }
        return message;
    }

    @Override
    public void send(T message) {
        Objects.requireNonNull(message, "message");
        Task<?> task = enter();
        task.checkpoint();
        if (!put(message)) {
            var unused = task.await(sending(message));
        }
    }

    @Override
    public boolean trySend(T message) {
        Objects.requireNonNull(message, "message");
        var unused = enter();
        return put(message);
    }

    @Override
    public T receive() {
        Task<?> task = enter();
        task.checkpoint();
        T message = take();
        return message != null ? message : task.await(receiving());
    }

    @Override
    public Optional<T> tryReceive() {
        var unused = enter();
        return Optional.ofNullable(take());
    }

    @Override
    public void close() {
        Headroom.ensure();
        if (super.isOpen()) {
            check();
        }
        shut();
    }

    @Override
    public boolean isOpen() {
        check();
        return super.isOpen();
    }

    @Override
    public int size() {
        check();
        return super.size();
    }

    @Override
    <R> @Nullable Outcome<R> poll(ChannelEvent<R> event, @Nullable Reactor reactor) {
        assert reactor != null;
        own(reactor);
        return super.poll(event, reactor);
    }

    @Override
    @Nullable Waiter commitFirst(WaitQueue waiters, Outcome<?> claim) {
        return waiters.committedFirst(claim);
    }

    @Override
    void dismissAll(WaitQueue waiters) {
        waiters.dismissAll();
    }

    @Override
    boolean wokenOnlyByTasks() {
        return true;
    }
}
