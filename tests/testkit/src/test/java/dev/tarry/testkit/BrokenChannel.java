package dev.tarry.testkit;

import dev.tarry.events.BaseEvent;
import dev.tarry.events.Event;
import dev.tarry.events.Outcome;
import dev.tarry.events.Reactor;
import dev.tarry.events.Waiter;
import dev.tarry.runtime.Tarry;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.Deque;

/** A channel as the runtime has it, in small, with a mistake on purpose. */
final class BrokenChannel {
    enum Mistake {
        NONE,
        /** Hands the message to the first who waits, and does not ask whether that one took it. */
        IGNORES_REFUSAL,
        /** Takes a message out to look at it, and puts it back where the wait takes another. */
        TAKES_EARLY,
        /** Wakes nobody if there is a message already: somebody must be on the way. */
        WAKES_ONCE
    }

    private final Mistake mistake;
    private final Deque<Integer> messages = new ArrayDeque<>();
    private final Deque<Waiter> waiters = new ArrayDeque<>();

    BrokenChannel(Mistake mistake) {
        this.mistake = mistake;
    }

    void send(int message) {
        boolean wasEmpty = messages.isEmpty();
        if (mistake == Mistake.WAKES_ONCE) {
            messages.add(message);
            if (wasEmpty && !waiters.isEmpty()) {
                waiters.getFirst().wake();
            }
            return;
        }
        Waiter first;
        while ((first = waiters.poll()) != null) {
            boolean taken = first.commit(new Outcome.Value<>(message));
            if (taken || mistake == Mistake.IGNORES_REFUSAL) {
                return;
            }
        }
        messages.add(message);
    }

    int receive() {
        if (mistake == Mistake.TAKES_EARLY && !messages.isEmpty()) {
            int message = messages.remove();
            Tarry.yieldNow(); // where a cancel may come
            return message;
        }
        return Tarry.await(receiving());
    }

    int size() {
        return messages.size();
    }

    Event<Integer> receiving() {
        return new BaseEvent<>() {
            @Override
            public @Nullable Outcome<Integer> poll(Reactor reactor) {
                Integer message = messages.poll();
                return message == null ? null : new Outcome.Value<>(message);
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
        };
    }
}
