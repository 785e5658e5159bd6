package dev.tarry.integration;

import dev.tarry.events.BaseEvent;
import dev.tarry.events.Event;
import dev.tarry.events.Outcome;
import dev.tarry.events.Reactor;
import dev.tarry.events.Waiter;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.Task;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;

/**
 * Waits, so many as its argument says, whose losing events hold 4 KiB each: in a small heap they
 * must be garbage as soon as the wait is over, though the channels that they wait for live on.
 */
final class LosersProgram {
    private static final int SIZE = 4096;
    private static final Duration MICROSECOND = Duration.ofNanos(1000);

    private final Channel<byte[]> nobodyReceives = Channel.rendezvous();
    private final Channel<Integer> winner = Channel.buffered(1);
    private final Event<Duration> far = Events.after(Duration.ofDays(1));

    /** Of the user's own, and never there. */
    private record Heavy(byte[] load) implements BaseEvent<String> {
        @Override
        public @Nullable Outcome<String> poll(Reactor reactor) {
            return null;
        }

        @Override
        public void arm(Waiter waiter) {}

        @Override
        public void disarm(Waiter waiter) {}
    }

    private LosersProgram() {}

    public static void main(String[] arguments) {
        int waits = Integer.parseInt(arguments[0]);
        Tarry.run(() -> new LosersProgram().run(waits));
        System.out.println("done: " + waits);
    }

    private void run(int waits) {
        for (int i = 0; i < waits; i++) {
            List<Event<?>> events =
                    List.of(
                            nobodyReceives.sending(new byte[SIZE]),
                            winner.receiving(),
                            new Heavy(new byte[SIZE]),
                            far);
            switch (i % 4) {
                case 0 -> winAtOnce(events);
                case 1 -> winParked(events);
                case 2 -> check(Tarry.wait(events, MICROSECOND).isEmpty());
                default -> cancel(events);
            }
        }
    }

    private void winAtOnce(List<Event<?>> events) {
        winner.send(1);
        check(Tarry.wait(events).has(events.get(1)));
    }

    private void winParked(List<Event<?>> events) {
        Task<?> sender = Tarry.spawn(() -> winner.send(1));
        check(Tarry.wait(events).has(events.get(1)));
        sender.join();
    }

    private static void cancel(List<Event<?>> events) {
        Task<?> waiting = Tarry.spawn(() -> Tarry.wait(events));
        Tarry.yieldNow();
        waiting.cancel();
        var unused = Tarry.await(waiting.done());
    }

    private static void check(boolean condition) {
        if (!condition) {
            throw new AssertionError();
        }
    }
}
