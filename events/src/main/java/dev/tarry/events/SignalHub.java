package dev.tarry.events;

import sun.misc.SignalHandler;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where the signals of this process come in, and which subscriptions they go to.
 *
 * <p>Some facts about signals in a JVM:
 *
 * <ul>
 *   <li>The threads of a JVM do not block signals, so a signalfd sees nothing in a JVM that was
 *       started normally. The way in is {@code sun.misc.Signal}: HotSpot's own handler counts the
 *       deliveries of each signal, and a Java thread runs our handler as often. A native handler
 *       that calls Java from signal context crashes sooner or later.
 *   <li>The kernel itself merges a standard signal that is sent again before it was delivered. What
 *       it merged, nobody can count.
 *   <li>HotSpot uses SEGV, BUS, FPE, ILL, TRAP and PIPE itself, QUIT for its thread dump and USR2
 *       to suspend threads; KILL and STOP cannot be caught at all. Taking one of them breaks the
 *       JVM later and elsewhere, so they are refused here.
 *   <li>Handlers run each on a new thread, so their order says nothing. They only count.
 * </ul>
 */
final class SignalHub {
    private static final Set<String> UNCATCHABLE = Set.of("KILL", "STOP");
    private static final Set<String> TAKEN_BY_JVM =
            Set.of("SEGV", "BUS", "FPE", "ILL", "TRAP", "PIPE", "QUIT", "USR2");

    // Guarded by the class.
    private static final Map<Signal, Source> SOURCES = new HashMap<>();

    /** One signal: the handler it had before us, and who wants to hear of it. */
    private static final class Source implements SignalHandler {
        final Signal signal;
        final SignalHandler earlier;
        volatile List<SignalSubscription> subscriptions = List.of();

        Source(Signal signal) {
            this.signal = signal;
            this.earlier = sun.misc.Signal.handle(new sun.misc.Signal(signal.name()), this);
        }

        @Override
        public void handle(sun.misc.Signal unused) {
            for (SignalSubscription s : subscriptions) {
                s.deliver(signal);
            }
        }
    }

    private SignalHub() {}

    static synchronized void add(List<Signal> signals, SignalSubscription subscription) {
        signals.forEach(SignalHub::requireAllowed);
        List<Signal> added = new ArrayList<>();
        try {
            for (Signal signal : signals) {
                Source source = SOURCES.computeIfAbsent(signal, Source::new);
                List<SignalSubscription> all = new ArrayList<>(source.subscriptions);
                all.add(subscription);
                source.subscriptions = List.copyOf(all);
                added.add(signal);
            }
        } catch (IllegalArgumentException e) {
            remove(added, subscription);
            Signal refused = signals.get(added.size());
            throw new IllegalArgumentException(
                    "the JVM refuses signal "
                            + refused
                            + ": "
                            + e.getMessage()
                            + " (a JVM started with -Xrs leaves HUP, INT and TERM to the system)",
                    e);
        }
    }

    private static void requireAllowed(Signal signal) {
        if (UNCATCHABLE.contains(signal.name())) {
            throw new IllegalArgumentException(
                    "signal " + signal + " cannot be caught by any process");
        }
        if (TAKEN_BY_JVM.contains(signal.name())) {
            throw new IllegalArgumentException(
                    "signal " + signal + " is used by the JVM itself; USR1 is free for programs");
        }
    }

    static synchronized void remove(List<Signal> signals, SignalSubscription subscription) {
        for (Signal signal : signals) {
            Source source = SOURCES.get(signal);
            if (source == null) {
                continue;
            }
            List<SignalSubscription> rest = new ArrayList<>(source.subscriptions);
            rest.remove(subscription);
            source.subscriptions = List.copyOf(rest);
            if (rest.isEmpty()) {
                SOURCES.remove(signal);
                sun.misc.Signal.handle(new sun.misc.Signal(signal.name()), source.earlier);
            }
        }
    }
}
