package dev.tarry.scheduler;

import dev.tarry.events.Clock;
import dev.tarry.events.Event;
import dev.tarry.events.FiredEvents;
import dev.tarry.events.Order;
import dev.tarry.events.Outcome;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** Runs a test as a task of a scheduler whose time jumps when nobody has anything to do. */
final class Tasks {
    interface Body {
        void run() throws Exception;
    }

    /** A clock that stands still while a task runs. */
    private static final class JumpingClock implements Clock {
        private volatile long now = 3_600_000_000_000L;

        @Override
        public long nanos() {
            return now;
        }

        @Override
        public long idleUntil(long deadline) {
            now = Math.max(now, deadline);
            return 0;
        }
    }

    private Tasks() {}

    static void run(Body main) throws Exception {
        run(Scheduler.builder().clock(new JumpingClock()).build(), main);
    }

    static void run(Scheduler scheduler, Body main) throws Exception {
        Task<?> task = scheduler.spawn("main", scheduler.root(), callable(main), ended -> {});
        scheduler.run();
        if (task.outcome() instanceof Outcome.Failed<?>(Throwable cause)) {
            if (cause instanceof Error error) {
                throw error;
            }
            throw (Exception) cause;
        }
    }

    private static Callable<Object> callable(Body body) {
        return () -> {
            body.run();
            return "done";
        };
    }

    static <T> Task<T> spawn(String name, Callable<T> body) {
        Scheduler scheduler = Scheduler.current();
        return scheduler.spawn(name, scheduler.root(), body, ended -> {});
    }

    /** A task that waits, and is parked by now. */
    static Task<FiredEvents<?>> parked(Event<?>... events) {
        Task<FiredEvents<?>> task = spawn("waiting", () -> await(events));
        Tasks.yield();
        return task;
    }

    static FiredEvents<?> await(Event<?>... events) {
        return Task.current().await(List.of(events), null, Order.FAIR);
    }

    static FiredEvents<?> await(Duration timeout, Event<?>... events) {
        return Task.current().await(List.of(events), timeout, Order.FAIR);
    }

    /** What the events of a wait have told, in order. */
    static List<Object> values(FiredEvents<?> fired) {
        List<Object> values = new ArrayList<>();
        fired.forEach(f -> values.add(f.get()));
        return values;
    }

    static void yield() {
        Task.current().yield();
    }

    static long now() {
        return Scheduler.current().reactor().nanos();
    }
}
