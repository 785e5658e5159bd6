package dev.tarry.events;

import org.jspecify.annotations.Nullable;

import sun.misc.SignalHandler;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * A signal by the JVM's own handler. HotSpot counts the deliveries of each signal, and a Java
 * thread runs our handler as often; each on a new thread, so their order says nothing and they are
 * only counted. It knows no real-time signals, and nothing about the sender.
 *
 * <p>With -Xrs that Java thread does not exist. HotSpot then refuses handlers of HUP, INT and TERM,
 * but accepts those of other signals, and never runs them.
 */
final class JvmSignalSource implements SignalSource, SignalHandler {
    private static final Set<Signal> IGNORABLE = Set.of(Signal.HUP, Signal.INT, Signal.TERM);

    private final Signal signal;
    private @Nullable SignalHandler earlier; // guarded by the hub

    // Written by the hub, read by the threads of the handlers.
    private volatile List<SignalSubscription> subscriptions = List.of();

    /**
     * Whether this JVM was started with -Xrs, and runs no handlers. It has no API to ask that; the
     * second question, whether it refuses TERM, is for JVMs that call their thread otherwise.
     */
    static boolean isOff() {
        return !hasDispatcher() && refusesTerm();
    }

    private static boolean hasDispatcher() {
        ThreadGroup root = Thread.currentThread().getThreadGroup();
        while (root.getParent() != null) {
            root = root.getParent();
        }
        Thread[] threads = new Thread[root.activeCount() + 16];
        int n = root.enumerate(threads);
        return Arrays.stream(threads, 0, n)
                .anyMatch(thread -> thread.getName().equals("Signal Dispatcher"));
    }

    private static boolean refusesTerm() {
        var term = new sun.misc.Signal("TERM");
        try {
            sun.misc.Signal.handle(term, sun.misc.Signal.handle(term, SignalHandler.SIG_IGN));
            return false;
        } catch (IllegalArgumentException e) {
            return true;
        }
    }

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
                warnIfIgnored();
            } catch (IllegalArgumentException e) {
                subscriptions = before;
                throw refused(e);
            }
        }
    }

    /**
     * HotSpot leaves HUP, INT and TERM alone where they are ignored, as nohup and a shell's & have
     * it, and says that it has taken the handler. That is what whoever started us wanted, so no
     * error.
     */
    private void warnIfIgnored() {
        if (earlier == SignalHandler.SIG_IGN && IGNORABLE.contains(signal)) {
            System.getLogger("dev.tarry")
                    .log(
                            Level.INFO,
                            "signal {0} was ignored when this process was started (nohup, or a"
                                    + " shell''s &), so the JVM does not tell of it",
                            signal);
        }
    }

    private IllegalArgumentException refused(IllegalArgumentException e) {
        return new IllegalArgumentException(
                "the JVM refuses signal " + signal + ": " + e.getMessage(), e);
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
