package dev.tarry.runtime;

import dev.tarry.events.Outcome;
import dev.tarry.events.Reactor;
import dev.tarry.events.WaitQueue;
import dev.tarry.events.Waiter;
import dev.tarry.scheduler.Task;

import org.jspecify.annotations.Nullable;

import java.util.Objects;
import java.util.Optional;

/**
 * A channel of one scheduler. What needs no waiting is done without the wait operation, which would
 * only add the cost of its bookkeeping; a {@linkplain Task#checkpoint checkpoint} makes up for it.
 */
final class LocalChannel<T> extends Channel<T> {
    private @Nullable Reactor owner;

    LocalChannel(int capacity) {
        super(capacity);
    }

    private Task<?> enter() {
        Task<?> task = Task.current();
        own(task.scheduler().reactor());
        return task;
    }

    private void own(Reactor reactor) {
        if (owner != reactor) {
            if (owner != null) {
                throw new WrongThreadException(
                        this + " belongs to another scheduler; Channel.shared(...) is for several");
            }
            owner = reactor;
        }
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
        if (owner != null && isOpen()) {
            owner.checkLoop();
        }
        shut();
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
