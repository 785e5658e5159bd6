package dev.tarry.runtime;

import dev.tarry.events.Outcome;
import dev.tarry.events.Reactor;
import dev.tarry.events.WaitQueue;
import dev.tarry.events.Waiter;
import dev.tarry.events.internal.Headroom;
import dev.tarry.scheduler.Scheduler;
import dev.tarry.scheduler.Task;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
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
 * <p>The lock is a {@linkplain SpinLock spin lock}, and who was committed to or dismissed under it
 * is woken after it: to wake another loop may be a call of the system.
 */
final class SharedChannel<T> extends Channel<T> {
    private final SpinLock lock = new SpinLock();

    // Under the lock: those to wake after it.
    private @Nullable Waiter taker;
    private @Nullable List<Waiter> dismissed;

    SharedChannel(int capacity) {
        super(capacity);
    }

    /** Ends a turn under the lock. */
    private void leave() {
        Waiter one = taker;
        List<Waiter> all = dismissed;
        taker = null;
        dismissed = null;
        lock.unlock();
        if (one != null) {
            one.wakeFromAnywhere();
        }
        if (all != null) {
            all.forEach(Waiter::wakeFromAnywhere);
        }
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
        lock.lock();
        try {
            return put(message);
        } finally {
            leave();
        }
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
        T message;
        lock.lock();
        try {
            message = take();
        } finally {
            leave();
        }
        return Optional.ofNullable(message);
    }

    @Override
    public void close() {
        Headroom.ensure();
        lock.lock();
        try {
            shut();
        } finally {
            leave();
        }
    }

    @Override
    public boolean isOpen() {
        Headroom.ensure();
        lock.lock();
        try {
            return super.isOpen();
        } finally {
            leave();
        }
    }

    @Override
    public int size() {
        Headroom.ensure();
        lock.lock();
        try {
            return super.size();
        } finally {
            leave();
        }
    }

    @Override
    <R> @Nullable Outcome<R> poll(ChannelEvent<R> event, @Nullable Reactor reactor) {
        lock.lock();
        try {
            return super.poll(event, reactor);
        } finally {
            leave();
        }
    }

    @Override
    boolean queue(ChannelEvent<?> event, Waiter waiter) {
        var unused = waiter.offer(); // made now, for others to find
        lock.lock();
        try {
            return super.queue(event, waiter);
        } finally {
            leave();
        }
    }

    @Override
    void disarm(ChannelEvent<?> event, Waiter waiter) {
        lock.lock();
        try {
            super.disarm(event, waiter);
        } finally {
            leave();
        }
    }

    @Override
    @Nullable Waiter commitFirst(WaitQueue waiters, Outcome<?> claim) {
        assert taker == null : "one exchange each turn";
        taker = waiters.offeredFirst(claim);
        return taker;
    }

    @Override
    void dismissAll(WaitQueue waiters) {
        if (dismissed == null) {
            dismissed = new ArrayList<>();
        }
        waiters.dismissAllTo(dismissed);
    }

    @Override
    boolean wokenOnlyByTasks() {
        return false;
    }
}
