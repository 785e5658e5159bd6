package dev.tarry.events;

import org.jspecify.annotations.Nullable;

import sun.misc.SignalHandler;

import java.util.ArrayList;
import java.util.List;

/**
 * A signal by the JVM's own handler. HotSpot counts the deliveries of each signal, and a Java
 * thread runs our handler as often; each on a new thread, so their order says nothing and they are
 * only counted. It knows no real-time signals, and nothing about the sender.
 */
final class JvmSignalSource implements SignalSource, SignalHandler {
    private final Signal signal;
    private @Nullable SignalHandler earlier; // guarded by the hub

    // Written by the hub, read by the threads of the handlers.
    private volatile List<SignalSubscription> subscriptions = List.of();

    JvmSignalSource(Signal signal) {
        this.signal = signal;
    }

    @Override
    public void add(SignalSubscription subscription) {
        List<SignalSubscription> before = subscriptions;
        List<SignalSubscription> all = new ArrayList<>(before);
        all.add(subscription);
        subscriptions = List.copyOf(all); // before the handler: it may be called at once
        if (before.isEmpty()) {
            try {
                earlier = sun.misc.Signal.handle(new sun.misc.Signal(signal.name()), this);
            } catch (IllegalArgumentException e) {
                subscriptions = before;
                throw refused(e);
            }
        }
    }

    private IllegalArgumentException refused(IllegalArgumentException e) {
        return new IllegalArgumentException(
                "the JVM refuses signal "
                        + signal
                        + ": "
                        + e.getMessage()
                        + " (a JVM started with -Xrs leaves HUP, INT and TERM to the system; they"
                        + " can be had all the same if all its threads block them:"
                        + " `env --block-signal=HUP,INT,TERM java -Xrs ...`)",
                e);
    }

    @Override
    public void remove(SignalSubscription subscription) {
        List<SignalSubscription> rest = new ArrayList<>(subscriptions);
        rest.remove(subscription);
        if (rest.isEmpty() && earlier != null) {
            sun.misc.Signal.handle(new sun.misc.Signal(signal.name()), earlier);
        }
        subscriptions = List.copyOf(rest);
    }

    @Override
    public boolean isUnused() {
        return subscriptions.isEmpty();
    }

    @Override
    public void handle(sun.misc.Signal unused) {
        for (SignalSubscription s : subscriptions) {
            s.deliver(signal);
        }
    }
}
