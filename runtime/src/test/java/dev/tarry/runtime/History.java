package dev.tarry.runtime;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * What was done to one channel, and whether a plain queue could have answered the same, with each
 * operation done at some moment between its begin and its end (which is to say: whether it is
 * linearizable). In a rendezvous a send and a receive are done at one moment.
 */
final class History {
    enum Kind {
        SEND,
        RECEIVE,
        TRY_SEND,
        TRY_RECEIVE,
        CLOSE
    }

    /**
     * @param message what was sent or received; null if nothing was
     * @param closed whether it said that the channel is closed
     */
    record Operation(Kind kind, int begin, int end, @Nullable Integer message, boolean closed) {}

    private final int capacity;
    private final List<Operation> operations = new ArrayList<>();

    History(int capacity) {
        this.capacity = capacity;
    }

    void add(Operation operation) {
        operations.add(operation);
    }

    int capacity() {
        return capacity;
    }

    /** Whether a queue could have done all that. */
    boolean isThatOfAQueue() {
        return explains(operations, new ArrayDeque<>(), false);
    }

    private boolean explains(List<Operation> left, Deque<Integer> queue, boolean closed) {
        if (left.isEmpty()) {
            return true;
        }
        for (Operation first : left) {
            if (mayBeNext(first, left) && explainsAfter(first, left, queue, closed)) {
                return true;
            }
        }
        return false;
    }

    private static boolean mayBeNext(Operation operation, List<Operation> left) {
        for (Operation other : left) {
            if (other.end < operation.begin) {
                return false;
            }
        }
        return true;
    }

    private boolean explainsAfter(
            Operation next, List<Operation> left, Deque<Integer> queue, boolean closed) {
        List<Operation> others = without(next, left);
        Deque<Integer> after = new ArrayDeque<>(queue);
        Integer message = next.message;
        switch (next.kind) {
            case CLOSE -> {
                return explains(others, after, true);
            }
            case SEND, TRY_SEND -> {
                if (message == null) {
                    return wasRightlyRefused(next, queue, closed)
                            && explains(others, after, closed);
                }
                after.add(message);
                if (closed || capacity > 0 && after.size() > capacity) {
                    return false;
                }
                return capacity > 0 ? explains(others, after, closed) : meets(next, others, left);
            }
            case RECEIVE, TRY_RECEIVE -> {
                if (message == null) {
                    return wasRightlyRefused(next, queue, closed)
                            && explains(others, after, closed);
                }
                return message.equals(after.poll()) && explains(others, after, closed);
            }
        }
        throw new AssertionError();
    }

    /** At a rendezvous: the one who got it must have been there as well. */
    private boolean meets(Operation send, List<Operation> others, List<Operation> left) {
        for (Operation other : others) {
            if ((other.kind == Kind.RECEIVE || other.kind == Kind.TRY_RECEIVE)
                    && send.message != null
                    && send.message.equals(other.message)) {
                return mayBeNext(other, left)
                        && explains(without(other, others), new ArrayDeque<>(), false);
            }
        }
        return false;
    }

    private boolean wasRightlyRefused(Operation operation, Deque<Integer> queue, boolean closed) {
        return switch (operation.kind) {
            case SEND -> closed;
            case RECEIVE -> closed && queue.isEmpty();
            case TRY_SEND -> closed || queue.size() == capacity;
            case TRY_RECEIVE -> queue.isEmpty();
            case CLOSE -> throw new AssertionError();
        };
    }

    private static List<Operation> without(Operation one, List<Operation> all) {
        List<Operation> others = new ArrayList<>(all);
        others.remove(one);
        return others;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("capacity " + capacity);
        operations.forEach(operation -> text.append('\n').append(operation));
        return text.toString();
    }
}
