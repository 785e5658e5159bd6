package dev.tarry.events;

import dev.tarry.events.internal.Reports;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A claim: takes one connection from a listening socket.
 *
 * <p>Some facts about accept(2): without a free descriptor it takes nothing, so the connection
 * stays in the backlog, the listener stays readable, and the next call fails at once. So when the
 * system is short of descriptors or memory (EMFILE, ENFILE, ENOBUFS, ENOMEM), nobody tries for 100
 * ms, or until this process closes a descriptor of ours; that is told in the log, once until it has
 * been well for some seconds, and the event does not fire meanwhile. Errors of a single connection,
 * which accept(2) tells in its place, are no news. What no waiting mends (EBADF, EINVAL, ENOTSOCK)
 * fires as failed.
 *
 * <p>May be waited for on several loops.
 */
public final class Acceptor implements BaseEvent<Sockets.Accepted> {
    private static final long PAUSE_NANOS = 100_000_000L;

    /** A shortage that comes again within this time is the same one, and was told. */
    private static final long SAME_SHORTAGE_NANOS = 10_000_000_000L;

    private final Fd listener;

    /**
     * Takes the connections of a listener, one in each wait.
     *
     * @param listener a listening socket
     * @throws IllegalStateException if accepting {@linkplain Fd#requireNonBlocking could block}
     */
    public Acceptor(Fd listener) {
        listener.requireNonBlocking();
        this.listener = listener;
        SpareDescriptor.keep();
    }

    @Override
    public @Nullable Outcome<Sockets.Accepted> poll(Reactor reactor) {
        if (!listener.isOpen()) {
            return new Outcome.Closed<>(listener.toString());
        }
        Pause pause = pause(reactor);
        if (pause.isScheduled()) {
            return null;
        }
        try {
            Sockets.Accepted accepted = Sockets.accept(listener);
            return accepted == null ? refusal(reactor) : new Outcome.Value<>(accepted);
        } catch (ClosedException e) {
            return new Outcome.Closed<>(listener.toString()); // a moment ago, by another thread
        } catch (ErrnoException e) {
            return Sockets.isShortage(e.errno()) ? shortage(reactor, pause, e) : failed(e);
        } catch (IOException e) {
            return failed(e);
        }
    }

    private static Outcome<Sockets.Accepted> failed(IOException e) {
        return new Outcome.Failed<>(e);
    }

    /**
     * Linux looks for a free descriptor before it looks for a connection, so it refuses although
     * nobody is there: no reason to pause, the next one is an edge.
     */
    private @Nullable Outcome<Sockets.Accepted> shortage(
            Reactor reactor, Pause pause, ErrnoException refused) {
        if (reactor.readinessNow(listener.number(), Readiness.READ) == 0) {
            listener.drained(Readiness.READ, 0);
            return refusal(reactor);
        }
        pause.begin(refused);
        return null;
    }

    /** Where the system does not tell when there is a connection, a wait would have no end. */
    private @Nullable Outcome<Sockets.Accepted> refusal(Reactor reactor) {
        return listener.readable().poll(reactor) instanceof Outcome.Failed<?>(Throwable cause)
                ? new Outcome.Failed<>(cause)
                : null;
    }

    // In a pause the listener stays readable, so who waits hears of its end and of close only.

    @Override
    public void arm(Waiter waiter) {
        Pause pause = pause(waiter.reactor());
        if (pause.isScheduled()) {
            pause.waiters.add(waiter);
            listener.hangup().arm(waiter);
        } else {
            listener.readable().arm(waiter);
        }
    }

    @Override
    public void disarm(Waiter waiter) {
        boolean paused = pause(waiter.reactor()).waiters.remove(waiter);
        (paused ? listener.hangup() : listener.readable()).disarm(waiter);
    }

    @Override
    public boolean isClaim() {
        return true;
    }

    @Override
    public String toString() {
        return "a connection on " + listener;
    }

    private Pause pause(Reactor reactor) {
        return reactor.companion(this, Pause.class, k -> new Pause(reactor));
    }

    /** What one loop knows of a shortage. Loop only, but for {@link #freed}. */
    private static final class Pause extends Timer implements AutoCloseable, FreedDescriptors.Hope {
        private final Reactor reactor;
        private final Set<Waiter> waiters = new LinkedHashSet<>();
        private boolean told;
        private long lastRefusal;

        Pause(Reactor reactor) {
            this.reactor = reactor;
        }

        void begin(ErrnoException refused) {
            long now = reactor.nanos();
            if (!told || now - lastRefusal > SAME_SHORTAGE_NANOS) {
                tell(refused);
                told = true;
            }
            lastRefusal = now;
            reactor.schedule(this, now + PAUSE_NANOS);
            reactor.holding(this);
            FreedDescriptors.hopeFor(this);
        }

        private static void tell(ErrnoException refused) {
            String text =
                    "connections have to wait, and are taken as soon as that is possible: "
                            + refused.getMessage();
            SpareDescriptor.spend(() -> Reports.warn(text));
        }

        @Override
        protected void fire() {
            end();
        }

        @Override
        public void freed() {
            var unused = reactor.post(this::end);
        }

        private void end() {
            close();
            List.copyOf(waiters).forEach(Waiter::wake);
        }

        @Override
        public void close() {
            FreedDescriptors.giveUp(this);
            reactor.released(this);
            reactor.cancel(this);
        }
    }
}
