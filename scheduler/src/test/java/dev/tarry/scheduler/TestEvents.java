package dev.tarry.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.events.Outcome;
import dev.tarry.events.QueuedEvent;
import dev.tarry.events.Reactor;
import dev.tarry.events.Waiter;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Events that live in memory, and count who is armed. Only tasks make them ready, so that a wait
 * that misses its wake-up ends as a deadlock, at once.
 */
final class TestEvents {
    private TestEvents() {}

    /** What both kinds have. */
    abstract static class Counted extends QueuedEvent<String> {
        final String name;
        int polls;
        int arms;
        int disarms;
        @Nullable Waiter last;
        Runnable whenArmed = () -> {};

        Counted(String name) {
            this.name = name;
        }

        @Override
        public void arm(Waiter waiter) {
            arms++;
            last = waiter;
            super.arm(waiter);
            whenArmed.run();
        }

        @Override
        public void disarm(Waiter waiter) {
            disarms++;
            super.disarm(waiter);
        }

        void wakeAll() {
            waiters().wakeAll();
        }

        void assertNobodyArmed() {
            assertThat(disarms).as("disarms of " + name).isEqualTo(arms);
            assertThat(waiters().isEmpty()).as("nobody left in the queue of " + name).isTrue();
        }

        @Override
        public boolean wokenOnlyByTasks() {
            return true;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** A level: raised once, it stays so. */
    static final class Flag extends Counted {
        private boolean raised;

        Flag(String name) {
            super(name);
        }

        Flag raise() {
            raised = true;
            wakeAll();
            return this;
        }

        @Override
        public @Nullable Outcome<String> poll(Reactor reactor) {
            polls++;
            return raised ? new Outcome.Value<>(name + " is up") : null;
        }
    }

    /** A claim: each thing that was put in is taken once. */
    static class Box extends Counted {
        final Queue<String> things = new ArrayDeque<>();

        Box(String name) {
            super(name);
        }

        /** Hands {@code thing} to one who waits, or keeps it. Answers whether somebody took it. */
        boolean put(String thing) {
            return waiters().commitFirst(new Outcome.Value<>(thing)) || !things.add(thing);
        }

        @Override
        public @Nullable Outcome<String> poll(Reactor reactor) {
            polls++;
            String thing = things.poll();
            return thing == null ? null : new Outcome.Value<>(thing);
        }

        @Override
        public boolean isClaim() {
            return true;
        }
    }
}
