package dev.tarry.runtime;

import dev.tarry.events.ClosedException;
import dev.tarry.events.Event;
import dev.tarry.events.Outcome;
import dev.tarry.events.QueuedEvent;
import dev.tarry.events.Reactor;
import dev.tarry.events.WaitQueue;
import dev.tarry.events.Waiter;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;

/**
 * Hands messages from task to task, first in, first out. A rendezvous channel keeps none: the
 * sender goes on when the receiver has it. A buffered one keeps up to its capacity.
 *
 * <p>{@link #receiving} and {@link #sending} are claims: in a wait for several events a message is
 * taken or handed over exactly if the wait says so. {@link #close} wakes both sides; what is in the
 * buffer can still be received.
 *
 * <p><b>Order.</b> A channel is a queue: if the sending of one message had ended before that of
 * another began, it is also taken first. So what one task or thread sends is taken in the order in
 * which it was sent, whatever the capacity and however many schedulers there are; one receiver gets
 * it in that order, and each of several gets its part in that order, though which of them goes on
 * first with what it has, nobody says. Messages that several send at the same time come in any
 * order, but those of each in its own. Who waits is served in the order of coming, senders as well
 * as receivers; a sender that gives up, or whom the close finds waiting, has sent nothing.
 *
 * <p><b>Threads.</b> A {@link #rendezvous} or {@link #buffered} channel belongs to the scheduler
 * whose task uses it first, whose tasks use it without any lock; all others are refused: calls by
 * tasks of another scheduler or by other threads throw {@link WrongThreadException} (or {@link
 * IllegalStateException}, if what was called needs a task), and in waits of another scheduler its
 * events fire as failed. {@link #toString} is for all. A {@link #shared} channel is for tasks of
 * any schedulers, and for threads that are no tasks, which {@link #send} and {@link #receive}
 * block.
 *
 * @param <T> the messages; not null
 */
public abstract sealed class Channel<T> implements Iterable<T>, AutoCloseable
        permits LocalChannel, SharedChannel {
    private final int capacity;
    private final Queue<T> buffer = new ArrayDeque<>(4);
    final WaitQueue receivers = new WaitQueue();
    final WaitQueue senders = new WaitQueue();
    private final WaitQueue closeWaiters = new WaitQueue();
    private final Receiving receiving = new Receiving();
    private final Event<Channel<T>> closed = new Closed();
    private final Outcome<Channel<T>> done = new Outcome.Value<>(this);
    private boolean open = true;

    Channel(int capacity) {
        this.capacity = capacity;
    }

    /** A channel that keeps no messages, for the tasks of one scheduler. */
    public static <T> Channel<T> rendezvous() {
        return new LocalChannel<>(0);
    }

    /** A channel that keeps up to {@code capacity} messages, for the tasks of one scheduler. */
    public static <T> Channel<T> buffered(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity must be at least 1: " + capacity);
        }
        return new LocalChannel<>(capacity);
    }

    /**
     * A channel for tasks of several schedulers, and for threads that are no tasks.
     *
     * <p>It promises what the others do, and costs more: a lock for each use, and a call of the
     * system to wake another scheduler that sleeps. Since any thread may use it, tasks that wait
     * for it are never reported as deadlocked.
     *
     * @param capacity how many messages it keeps; 0 is a rendezvous
     */
    public static <T> Channel<T> shared(int capacity) {
        if (capacity < 0) {
            throw new IllegalArgumentException("capacity must not be negative: " + capacity);
        }
        return new SharedChannel<>(capacity);
    }

    // ---- what users call

    /** A claim: hands {@code message} over. */
    public final Event<Channel<T>> sending(T message) {
        return new Sending(Objects.requireNonNull(message, "message"));
    }

    /**
     * Hands {@code message} over, and waits until somebody takes it or there is room.
     *
     * @throws ClosedException if the channel is or gets closed; then nobody has the message
     */
    public abstract void send(T message);

    /**
     * Hands {@code message} over if that needs no waiting. False if it does, or if it is closed.
     */
    public abstract boolean trySend(T message);

    /** A claim: takes the next message. */
    public final Event<T> receiving() {
        return receiving;
    }

    /**
     * Takes the next message, and waits until there is one.
     *
     * @throws ClosedException if the channel is or gets closed, and all messages have been taken
     */
    public abstract T receive();

    /** Takes the next message if there is one. */
    public abstract Optional<T> tryReceive();

    /** Receives until the channel is closed and empty. */
    @Override
    public final Iterator<T> iterator() {
        return new Iterator<>() {
            private @Nullable T next;

            @Override
            public boolean hasNext() {
                if (next == null) {
                    try {
                        next = receive();
                    } catch (ClosedException e) {
                        return false;
                    }
                }
                return true;
            }

            @Override
            public T next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                T message = next;
                assert message != null;
                next = null;
                return message;
            }
        };
    }

    /** Ends it: nothing can be sent any more. Those who wait are woken. Again does nothing. */
    @Override
    public abstract void close();

    /** A level event: the channel was closed, though there may be messages in it. */
    public final Event<Channel<T>> closed() {
        return closed;
    }

    /** Whether it has not been closed yet. */
    public boolean isOpen() {
        return open;
    }

    /** How many messages are in the buffer. */
    public int size() {
        return buffer.size();
    }

    @Override
    public String toString() {
        return "channel@"
                + Integer.toHexString(System.identityHashCode(this))
                // Without a lock, or a look at who asks: a dump may be made by any thread.
                + (capacity == 0 ? "" : "(" + buffer.size() + "/" + capacity + ")");
    }

    // ---- the exchange; who may call it, and how a waiter is committed to, the two kinds say

    /** Commits to the first of {@code waiters} that accepts {@code claim}. */
    abstract @Nullable Waiter commitFirst(WaitQueue waiters, Outcome<?> claim);

    /** Wakes all of {@code waiters}, to which nothing can be committed any more. */
    abstract void dismissAll(WaitQueue waiters);

    abstract boolean wokenOnlyByTasks();

    /** Hands {@code message} to a receiver or into the buffer, if that needs no waiting. */
    boolean put(T message) {
        if (!open) {
            return false;
        }
        if (!receivers.isEmpty() && commitFirst(receivers, new Outcome.Value<>(message)) != null) {
            return true;
        }
        return buffer.size() < capacity && buffer.add(message);
    }

    /** The next message, if there is one. */
    @Nullable T take() {
        T message = buffer.peek();
        if (message == null) {
            return fromSender();
        }
        T following = fromSender(); // for the place that is going to be free; may have no memory
        buffer.remove();
        if (following != null) {
            buffer.add(following);
        }
        return message;
    }

    @SuppressWarnings("unchecked") // see Sending.arm
    private @Nullable T fromSender() {
        if (senders.isEmpty()) {
            return null;
        }
        Waiter sender = commitFirst(senders, done);
        return sender == null ? null : (T) sender.attachment();
    }

    /** Whether {@link #take} could find something, {@link #put} a place, or both a closed door. */
    boolean hasMessage() {
        return !open || !buffer.isEmpty();
    }

    boolean hasRoom() {
        return !open || buffer.size() < capacity;
    }

    void shut() {
        if (open) {
            open = false;
            dismissAll(receivers);
            dismissAll(senders); // whose messages nobody gets, also not before they have noticed
            dismissAll(closeWaiters);
        }
    }

    // What an event does comes by here, so that a shared channel can put its lock around it.

    /**
     * @param reactor of the task that polls; null for a thread that is none
     */
    <R> @Nullable Outcome<R> poll(ChannelEvent<R> event, @Nullable Reactor reactor) {
        return event.look();
    }

    void arm(ChannelEvent<?> event, Waiter waiter) {
        if (!queue(event, waiter)) {
            waiter.wake();
        }
    }

    /**
     * Queues {@code waiter}, unless there is something for it by now: it has polled, and others may
     * have come since. This is what keeps the order, since nobody looks into the buffer before
     * committing to one who is queued: no receiver is, while there is a message, and no sender,
     * while there is room.
     *
     * @return false if it is not queued, and should look again
     */
    boolean queue(ChannelEvent<?> event, Waiter waiter) {
        if (event.isReadyFor(waiter)) {
            return false;
        }
        event.queue(waiter);
        return true;
    }

    void disarm(ChannelEvent<?> event, Waiter waiter) {
        event.unqueue(waiter);
    }

    /** What the three kinds of events have in common. */
    abstract class ChannelEvent<R> extends QueuedEvent<R> {
        ChannelEvent(WaitQueue waiters) {
            super(waiters);
        }

        @Override
        public final @Nullable Outcome<R> poll(Reactor reactor) {
            return Channel.this.poll(this, reactor);
        }

        /** Polls in a thread that is no task. */
        final @Nullable Outcome<R> poll() {
            return Channel.this.poll(this, null);
        }

        abstract @Nullable Outcome<R> look();

        @Override
        public final void arm(Waiter waiter) {
            Channel.this.arm(this, waiter);
        }

        @Override
        public final void disarm(Waiter waiter) {
            Channel.this.disarm(this, waiter);
        }

        void queue(Waiter waiter) {
            super.arm(waiter);
        }

        final void unqueue(Waiter waiter) {
            super.disarm(waiter);
            waiter.attach(null);
        }

        /** Whether looking again would find something other than what {@code waiter} waits with. */
        abstract boolean isReadyFor(Waiter waiter);

        @Override
        public boolean isClaim() {
            return true;
        }

        @Override
        public boolean wokenOnlyByTasks() {
            return Channel.this.wokenOnlyByTasks();
        }

        Outcome<R> closedOutcome() {
            return new Outcome.Closed<>(Channel.this.toString());
        }
    }

    private final class Receiving extends ChannelEvent<T> {
        Receiving() {
            super(receivers);
        }

        @Override
        @Nullable Outcome<T> look() {
            T message = take();
            if (message != null) {
                return new Outcome.Value<>(message);
            }
            return open ? null : closedOutcome();
        }

        @Override
        boolean isReadyFor(Waiter waiter) {
            return hasMessage() || senders.holdsOthers(waiter);
        }

        @Override
        public String toString() {
            return "receive from " + Channel.this;
        }
    }

    private final class Sending extends ChannelEvent<Channel<T>> {
        private final T message;

        Sending(T message) {
            super(senders);
            this.message = message;
        }

        @Override
        @Nullable Outcome<Channel<T>> look() {
            if (put(message)) {
                return done;
            }
            return open ? null : closedOutcome();
        }

        @Override
        void queue(Waiter waiter) {
            waiter.attach(message); // where the receiver finds it
            super.queue(waiter);
        }

        @Override
        boolean isReadyFor(Waiter waiter) {
            return hasRoom() || receivers.holdsOthers(waiter);
        }

        @Override
        public String toString() {
            return "send to " + Channel.this;
        }
    }

    private final class Closed extends ChannelEvent<Channel<T>> {
        Closed() {
            super(closeWaiters);
        }

        @Override
        @Nullable Outcome<Channel<T>> look() {
            return open ? null : done;
        }

        @Override
        boolean isReadyFor(Waiter waiter) {
            return !open;
        }

        @Override
        public boolean isClaim() {
            return false;
        }

        @Override
        public String toString() {
            return "close of " + Channel.this;
        }
    }
}
