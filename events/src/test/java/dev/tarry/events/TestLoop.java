package dev.tarry.events;

import java.util.ArrayDeque;
import java.util.Queue;

/** A loop without tasks: the thread that made it, which takes its turns by hand. */
final class TestLoop implements Loop, AutoCloseable {
    private final Thread thread = Thread.currentThread();
    private final Queue<Runnable> posted = new ArrayDeque<>();
    private final Poller poller;
    final Reactor reactor;

    TestLoop(Poller poller) {
        this.poller = poller;
        this.reactor = new Reactor(poller, Clock.system(), this);
    }

    @Override
    public boolean post(Runnable action) {
        synchronized (posted) {
            posted.add(action);
        }
        poller.wakeup();
        return true;
    }

    @Override
    public boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    /** One turn; sleeps until something happens if {@code mayBlock}. */
    void turn(boolean mayBlock) {
        reactor.poll(mayBlock ? -1 : 0);
        reactor.fireTimers(reactor.nanos());
        synchronized (posted) {
            Runnable action;
            while ((action = posted.poll()) != null) {
                action.run();
            }
        }
    }

    /** What {@code event} answers now, or null. */
    <R> @org.jspecify.annotations.Nullable Outcome<R> poll(Event<R> event) {
        return ((BaseEvent<R>) event).poll(reactor);
    }

    /** Turns until {@code any} fires. */
    <R> Outcome<R> await(Event<R> any) {
        BaseEvent<R> event = (BaseEvent<R>) any;
        while (true) {
            Outcome<R> outcome = event.poll(reactor);
            if (outcome != null) {
                return outcome;
            }
            TestWaiter waiter = new TestWaiter(reactor, event);
            event.arm(waiter);
            while (waiter.wakes == 0 && waiter.committed == null) {
                turn(true);
            }
            event.disarm(waiter);
            if (waiter.committed != null) {
                @SuppressWarnings("unchecked") // an event commits outcomes of its own type
                Outcome<R> committed = (Outcome<R>) waiter.committed;
                return committed;
            }
        }
    }

    @Override
    public void close() {
        reactor.close();
    }
}
