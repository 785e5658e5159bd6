package dev.tarry.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.events.BaseEvent;
import dev.tarry.events.Outcome;
import dev.tarry.events.Reactor;
import dev.tarry.events.WaitQueue;
import dev.tarry.events.Waiter;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.Queue;

/** Kinds of events as a user would write them, which also count who is armed. */
final class UserEvents {
    private UserEvents() {}

    /** What both have: a queue, and the count. */
    abstract static class Counted implements BaseEvent<String> {
        final WaitQueue waiters = new WaitQueue();
        private int armed;

        @Override
        public void arm(Waiter waiter) {
            armed++;
            waiters.add(waiter);
        }

        @Override
        public void disarm(Waiter waiter) {
            armed--;
            waiters.remove(waiter);
        }

        void assertNobodyArmed() {
            assertThat(armed).as("arms without their disarm").isZero();
            assertThat(waiters.isEmpty()).as("nobody left in the queue").isTrue();
        }
    }

    /** A level: raised once, it stays so. */
    static final class Flag extends Counted {
        private boolean raised;
        private boolean closed;

        void raise() {
            raised = true;
            waiters.wakeAll();
        }

        void close() {
            closed = true;
            waiters.wakeAll();
        }

        @Override
        public @Nullable Outcome<String> poll(Reactor reactor) {
            if (closed) {
                return new Outcome.Closed<>("flag");
            }
            return raised ? new Outcome.Value<>("raised") : null;
        }

        @Override
        public String toString() {
            return "flag";
        }
    }

    /** A claim: each thing that was put in is taken once. Hands over, or only wakes all. */
    static final class Box extends Counted {
        private final boolean commits;
        private final Queue<String> things = new ArrayDeque<>();

        Box(boolean commits) {
            this.commits = commits;
        }

        void put(String thing) {
            if (commits && waiters.commitFirst(new Outcome.Value<>(thing))) {
                return;
            }
            things.add(thing);
            waiters.wakeAll();
        }

        int size() {
            return things.size();
        }

        @Override
        public @Nullable Outcome<String> poll(Reactor reactor) {
            String thing = things.poll();
            return thing == null ? null : new Outcome.Value<>(thing);
        }

        @Override
        public boolean isClaim() {
            return true;
        }

        @Override
        public String toString() {
            return commits ? "box" : "box that wakes";
        }
    }
}
