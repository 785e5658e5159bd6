package dev.tarry.runtime;

import dev.tarry.events.ClosedException;
import dev.tarry.events.Event;
import dev.tarry.events.Outcome;
import dev.tarry.events.Reactor;
import dev.tarry.events.WaitQueue;
import dev.tarry.events.Waiter;
import dev.tarry.scheduler.Scheduler;
import dev.tarry.scheduler.Task;

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
 * <p>Belongs to the scheduler whose task uses it first, whose tasks use it without any lock. Its
 * events fire as failed in tasks of another one, with a {@link WrongThreadException}; {@link
 * Events#trigger} is the way in from other threads.
 *
 * @param <T> the messages; not null
 */
public final class Channel<T> implements Iterable<T>, AutoCloseable {
    private final int capacity;
    private final Queue<T> buffer = new ArrayDeque<>();
    private final WaitQueue receivers = new WaitQueue();
    private final WaitQueue senders = new WaitQueue();
    private final WaitQueue closeWaiters = new WaitQueue();
    private final Event<T> receiving = new Receiving();
    private final Event<Channel<T>> closed = new Closed();
    private final Outcome<Channel<T>> sent = new Outcome.Value<>(this);
    private @Nullable Reactor owner;
    private boolean open = true;

    private Channel(int capacity) {
        this.capacity = capacity;
    }

    /** A channel that keeps no messages. */
    public static <T> Channel<T> rendezvous() {
        return new Channel<>(0);
    }

    /** A channel that keeps up to {@code capacity} messages. */
    public static <T> Channel<T> buffered(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity must be at least 1: " + capacity);
        }
        return new Channel<>(capacity);
    }

    // ---- sending

    /** A claim: hands {@code message} over. */
    public Event<Channel<T>> sending(T message) {
        return new Sending(Objects.requireNonNull(message, "message"));
    }

    /**
     * Hands {@code message} over, and waits until somebody takes it or there is room.
     *
     * @throws ClosedException if the channel is or gets closed; then nobody has the message
     */
    public void send(T message) {
        var unused = Task.current().await(sending(message));
    }

    /**
     * Hands {@code message} over if that needs no waiting. False if it does, or if it is closed.
     */
    public boolean trySend(T message) {
        Objects.requireNonNull(message, "message");
        own(Scheduler.current().reactor());
        return open && put(message);
    }

    private boolean put(T message) {
        if (receivers.commitFirst(new Outcome.Value<>(message))) {
            return true;
        }
        return buffer.size() < capacity && buffer.add(message);
    }

    // ---- receiving

    /** A claim: takes the next message. */
    public Event<T> receiving() {
        return receiving;
    }

    /**
     * Takes the next message, and waits until there is one.
     *
     * @throws ClosedException if the channel is or gets closed, and all messages have been taken
     */
    public T receive() {
        return Task.current().await(receiving);
    }

    /** Takes the next message if there is one. */
    public Optional<T> tryReceive() {
        own(Scheduler.current().reactor());
        return Optional.ofNullable(take());
    }

    private @Nullable T take() {
        T message = buffer.poll();
        if (message == null) {
            return fromSender();
        }
        T following = fromSender(); // there is room now for one who waits to send
        if (following != null) {
            buffer.add(following);
        }
        return message;
    }

    @SuppressWarnings("unchecked") // only our Sending events are armed in this queue
    private @Nullable T fromSender() {
        Event<?> sending = senders.commitFirstEvent(sent);
        return sending == null ? null : ((Sending) sending).message;
    }

    /** Receives until the channel is closed and empty. */
    @Override
    public Iterator<T> iterator() {
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

    // ---- closing

    /** Ends it: nothing can be sent any more. Those who wait are woken. Again does nothing. */
    @Override
    public void close() {
        if (!open) {
            return;
        }
        if (owner != null) {
            owner.checkLoop();
        }
        open = false;
        receivers.wakeAll();
        senders.wakeAll();
        closeWaiters.wakeAll();
    }

    /** A level event: the channel was closed, though there may be messages in it. */
    public Event<Channel<T>> closed() {
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

    private void own(Reactor reactor) {
        if (owner == null) {
            owner = reactor;
        } else if (owner != reactor) {
            throw new WrongThreadException(this + " belongs to another scheduler");
        }
    }

    @Override
    public String toString() {
        return "channel@"
                + Integer.toHexString(System.identityHashCode(this))
                + (capacity == 0 ? "" : "(" + buffer.size() + "/" + capacity + ")");
    }

    /** What the three kinds of events have in common. */
    private abstract class ChannelEvent<R> implements Event<R> {
        private final WaitQueue waiters;

        ChannelEvent(WaitQueue waiters) {
            this.waiters = waiters;
        }

        @Override
        public void arm(Waiter waiter) {
            waiters.add(waiter);
        }

        @Override
        public void disarm(Waiter waiter) {
            waiters.remove(waiter);
        }

        @Override
        public boolean isClaim() {
            return true;
        }

        @Override
        public boolean wokenOnlyByTasks() {
            return true;
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
        public @Nullable Outcome<T> poll(Reactor reactor) {
            own(reactor);
            T message = take();
            if (message != null) {
                return new Outcome.Value<>(message);
            }
            return open ? null : closedOutcome();
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
        public @Nullable Outcome<Channel<T>> poll(Reactor reactor) {
            own(reactor);
            if (!open) {
                return closedOutcome();
            }
            return put(message) ? sent : null;
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
        public @Nullable Outcome<Channel<T>> poll(Reactor reactor) {
            own(reactor);
            return open ? null : sent;
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
