package dev.tarry.runtime;

import dev.tarry.events.Outcome;
import dev.tarry.events.Reactor;
import dev.tarry.events.WaitQueue;
import dev.tarry.events.Waiter;
import dev.tarry.events.internal.Headroom;
import dev.tarry.scheduler.Scheduler;
import dev.tarry.scheduler.Task;

import org.jspecify.annotations.Nullable;

import java.util.Objects;
import java.util.Optional;

/**
 * A channel of several schedulers and other threads: the same exchange under a lock, in which each
 * waiter is committed to by its {@linkplain Waiter#offer offer}, since it may belong to another
 * loop.
 *
 * <p>Between the poll that finds nothing and the arming, other threads go on. So the arming looks
 * once more, and if there is something now, the wait is not queued but polls again. Of two sides
 * that arm at the same time the later one sees the other; it polls, and takes the other's offer.
 *
 * <p>The lock is held for a few instructions, and never while anybody waits.
 */
final class SharedChannel<T> extends Channel<T> {
    private final Object lock = new Object();

    SharedChannel(int capacity) {
        super(capacity);
    }

    @Override
    public void send(T message) {
        Objects.requireNonNull(message, "message");
        Task<?> task = Scheduler.currentTask();
        var unused =
                task != null
                        ? task.await(sending(message))
                        : ThreadWait.await((ChannelEvent<Channel<T>>) sending(message));
    }

    @Override
    public boolean trySend(T message) {
        Objects.requireNonNull(message, "message");
        Headroom.ensure();
        return put(message);
    }

    @Override
    public T receive() {
        Task<?> task = Scheduler.currentTask();
        return task != null
                ? task.await(receiving())
                : ThreadWait.await((ChannelEvent<T>) receiving());
    }

    @Override
    public Optional<T> tryReceive() {
        Headroom.ensure();
        return Optional.ofNullable(take());
    }

    @Override
    public void close() {
        Headroom.ensure();
        synchronized (lock) {
            shut();
        }
    }

    @Override
    public boolean isOpen() {
        synchronized (lock) {
            return super.isOpen();
        }
    }

    @Override
    public int size() {
        synchronized (lock) {
            return super.size();
        }
    }

    @Override
    boolean put(T message) {
        synchronized (lock) {
            return super.put(message);
        }
    }

    @Override
    @Nullable T take() {
        synchronized (lock) {
            return super.take();
        }
    }

    @Override
    <R> @Nullable Outcome<R> poll(ChannelEvent<R> event, @Nullable Reactor reactor) {
        synchronized (lock) {
            return super.poll(event, reactor);
        }
    }

    @Override
    boolean queue(ChannelEvent<?> event, Waiter waiter) {
        var unused = waiter.offer(); // made now, for others to find
        synchronized (lock) {
            return super.queue(event, waiter);
        }
    }

    @Override
    void disarm(ChannelEvent<?> event, Waiter waiter) {
        synchronized (lock) {
            super.disarm(event, waiter);
        }
    }

    @Override
    @Nullable Waiter commitFirst(WaitQueue waiters, Outcome<?> claim) {
        return waiters.offeredFirst(claim);
    }

    @Override
    void dismissAll(WaitQueue waiters) {
        waiters.dismissAllFromAnywhere();
    }

    @Override
    boolean wokenOnlyByTasks() {
        return false;
    }
}
