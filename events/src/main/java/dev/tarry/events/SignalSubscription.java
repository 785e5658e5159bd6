package dev.tarry.events;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * A subscription to signals: every delivery to this process is counted from {@link #open} to {@link
 * #close}, whether somebody waits just then or not, and handed out once. Several subscriptions to
 * one signal each see all deliveries.
 *
 * <p>A signal that all threads of this process block (after {@code env --block-signal=USR1 java
 * ...}; HUP, INT and TERM need {@code java -Xrs} as well) is taken from the kernel itself, by
 * signalfd. Then the {@linkplain SignalDelivery#sender sender} is known, real-time signals can be
 * had, each one that was queued counts, and what was sent before {@code open} or after {@code
 * close} is kept for the next subscription. It is decided when a signal gets its first
 * subscription: threads inherit what their creator blocks, so a later one that does not block it is
 * native code's doing, and breaks this.
 *
 * <p>While a signal is subscribed to, its usual effect (ending the process, for TERM) does not
 * happen; it comes back when the last subscription closes, unless the signal is blocked. A program
 * that wants a second Ctrl-C to end it though its shutdown hangs closes its subscription when the
 * shutdown begins.
 */
public final class SignalSubscription implements AutoCloseable {
    /**
     * For so many deliveries that nobody has received yet the sender and value are kept; those
     * beyond are counted only.
     */
    static final int MAX_INFOS = 1 << 16;

    // Immutable.
    private final Reactor reactor;
    private final List<Signal> signals;

    // Any thread: deliveries that the loop has not taken over yet, for each signal. Counters, so
    // that a storm of signals needs no memory.
    private final AtomicLong[] arrived;

    // Loop only.
    private final long[] pending;
    private final long[] handedOut;
    private final List<ArrayDeque<SignalInfo>> infos;
    private final WaitQueue waiters = new WaitQueue();
    private final Event<SignalDelivery> receiving = new Receiving();
    private int last = -1;
    private boolean open = true;

    private SignalSubscription(Reactor reactor, Collection<Signal> signals) {
        this.reactor = reactor;
        this.signals = List.copyOf(signals);
        int n = this.signals.size();
        arrived = new AtomicLong[n];
        Arrays.setAll(arrived, i -> new AtomicLong());
        pending = new long[n];
        handedOut = new long[n];
        infos = Stream.generate(() -> new ArrayDeque<SignalInfo>(0)).limit(n).toList();
    }

    /**
     * Subscribes to some signals, all or none.
     *
     * @param reactor whose tasks will wait
     * @throws IllegalArgumentException if one of them cannot be had; the message says why
     * @throws java.io.UncheckedIOException if the system refuses a descriptor (EMFILE)
     */
    public static SignalSubscription open(Reactor reactor, Collection<Signal> signals) {
        reactor.checkLoop();
        if (signals.isEmpty()) {
            throw new IllegalArgumentException("no signals given");
        }
        var subscription =
                new SignalSubscription(
                        reactor, List.copyOf(new java.util.LinkedHashSet<>(signals)));
        SignalHub.add(subscription.signals, subscription);
        reactor.holding(subscription);
        return subscription;
    }

    /** The signals. */
    public List<Signal> signals() {
        return signals;
    }

    Reactor reactor() {
        return reactor;
    }

    /** A claim: takes one delivery. Signals that came several times are handed out in turn. */
    public Event<SignalDelivery> receiving() {
        return receiving;
    }

    /** From the JVM's handler, on whatever thread. */
    void deliver(Signal signal) {
        int i = signals.indexOf(signal);
        if (arrived[i].getAndIncrement() == 0) {
            reactor.post(
                    () -> {
                        pending[i] += arrived[i].getAndSet(0);
                        handOut();
                    });
        }
    }

    /** From the signalfd, on whatever loop, in the order in which they came. */
    void deliver(Signal signal, List<SignalInfo> deliveries) {
        int i = signals.indexOf(signal);
        reactor.post(
                () -> {
                    pending[i] += deliveries.size();
                    int room = MAX_INFOS - infos.get(i).size();
                    infos.get(i).addAll(deliveries.subList(0, Math.min(room, deliveries.size())));
                    handOut();
                });
    }

    private void handOut() {
        while (open && !waiters.isEmpty()) {
            int next = next();
            if (next < 0 || !waiters.commitFirst(delivery(next))) {
                return;
            }
            taken(next);
        }
    }

    private int next() {
        for (int k = 1; k <= pending.length; k++) {
            int i = (last + k) % pending.length;
            if (pending[i] > 0) {
                return i;
            }
        }
        return -1;
    }

    private Outcome<SignalDelivery> delivery(int i) {
        Signal signal = signals.get(i);
        long count = handedOut[i] + 1;
        SignalInfo info = infos.get(i).peek();
        return new Outcome.Value<>(
                info == null
                        ? new SignalDelivery(signal, count)
                        : new SignalDelivery(signal, count, info.sender(), info.sentValue()));
    }

    private void taken(int i) {
        infos.get(i).poll();
        pending[i]--;
        handedOut[i]++;
        last = i;
    }

    /**
     * Ends it and wakes all waiters with {@link Outcome.Closed}. The earlier handlers come back.
     */
    @Override
    public void close() {
        if (!open) {
            return;
        }
        reactor.checkLoop();
        open = false;
        reactor.released(this);
        SignalHub.remove(signals, this);
        waiters.wakeAll();
    }

    @Override
    public String toString() {
        return "signals " + signals;
    }

    private final class Receiving extends QueuedEvent<SignalDelivery> {
        Receiving() {
            super(waiters);
        }

        @Override
        public @Nullable Outcome<SignalDelivery> poll(Reactor reactor) {
            SignalSubscription.this.reactor.checkLoop();
            if (!open) {
                return new Outcome.Closed<>(SignalSubscription.this.toString());
            }
            int next = next();
            if (next < 0) {
                return null;
            }
            Outcome<SignalDelivery> delivery = delivery(next);
            taken(next);
            return delivery;
        }

        @Override
        public boolean isClaim() {
            return true;
        }

        @Override
        public String toString() {
            return SignalSubscription.this.toString();
        }
    }
}
