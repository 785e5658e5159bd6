package dev.tarry.events;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where the signals of this process come in, and which subscriptions they go to. The only place
 * that chooses a {@link SignalSource}.
 *
 * <p>Some facts about signals in a JVM:
 *
 * <ul>
 *   <li>The threads of a JVM that was started normally do not block signals, so a signalfd sees
 *       nothing there. The way in is {@code sun.misc.Signal}. A native handler that calls Java from
 *       signal context crashes sooner or later.
 *   <li>Threads inherit what their creator blocks. A JVM that was started with a signal blocked
 *       ({@code env --block-signal=USR1 java ...}) blocks it in all its threads, and only signalfd
 *       sees it. HUP, INT and TERM are different: without -Xrs HotSpot unblocks them in all threads
 *       but the very first; and with -Xrs it runs no handlers, so that all other signals must be
 *       blocked, too.
 *   <li>So what is blocked is looked up when a signal gets its first subscription, and the source
 *       stays until the last one closes. Native code that unblocks a signal in its thread later on
 *       takes it away from signalfd, and its usual effect happens.
 *   <li>The kernel itself merges a standard signal that is sent again before it was delivered. What
 *       it merged, nobody can count.
 *   <li>HotSpot uses SEGV, BUS, FPE, ILL, TRAP and PIPE itself, QUIT for its thread dump and USR2
 *       to suspend threads; KILL and STOP cannot be caught at all. Taking one of them breaks the
 *       JVM later and elsewhere, so they are refused here.
 * </ul>
 */
final class SignalHub {
    private static final Set<String> UNCATCHABLE = Set.of("KILL", "STOP");
    private static final Set<String> TAKEN_BY_JVM =
            Set.of("SEGV", "BUS", "FPE", "ILL", "TRAP", "PIPE", "QUIT", "USR2");
    private static final Set<String> UNBLOCKED_BY_JVM = Set.of("HUP", "INT", "TERM");

    // Guarded by the class.
    private static final Map<Signal, SignalSource> SOURCES = new HashMap<>();

    private SignalHub() {}

    /** All or none. */
    static synchronized void add(List<Signal> signals, SignalSubscription subscription) {
        signals.forEach(SignalHub::requireAllowed);
        SignalMasks masks = SignalMasks.ofThisProcess();
        List<Signal> added = new ArrayList<>();
        try {
            for (Signal signal : signals) {
                SignalSource source = SOURCES.get(signal);
                if (source == null) {
                    source = choose(signal, masks);
                }
                source.add(subscription);
                SOURCES.put(signal, source);
                added.add(signal);
            }
        } catch (RuntimeException e) {
            remove(added, subscription);
            throw e;
        }
    }

    static synchronized void remove(List<Signal> signals, SignalSubscription subscription) {
        for (Signal signal : signals) {
            SignalSource source = SOURCES.get(signal);
            if (source != null) {
                source.remove(subscription);
                if (source.isUnused()) {
                    SOURCES.remove(signal);
                }
            }
        }
    }

    private static SignalSource choose(Signal signal, SignalMasks masks) {
        if (masks.inAll(signal)) {
            return new SignalfdSource(signal);
        }
        if (signal.isRealTime()) {
            throw blockIt(signal, "the JVM itself handles no real-time signals", false);
        }
        if (JvmSignalSource.isOff()) {
            throw blockIt(signal, "the JVM itself handles none after -Xrs", true);
        }
        if (masks.inFirst(signal)) {
            System.getLogger("dev.tarry").log(Level.INFO, notInAll(signal));
        }
        return new JvmSignalSource(signal);
    }

    private static IllegalArgumentException blockIt(Signal signal, String reason, boolean reduced) {
        return new IllegalArgumentException(
                "signal "
                        + signal
                        + " is not blocked in all threads of this process, and "
                        + reason
                        + ": start the program with "
                        + command(signal, reduced));
    }

    private static String notInAll(Signal signal) {
        return "signal "
                + signal
                + " is blocked in the first thread of this process but not in all, so it comes"
                + " through the JVM's handler, and its senders are not known. If they matter, start"
                + " the program with "
                + command(signal, UNBLOCKED_BY_JVM.contains(signal.name()));
    }

    private static String command(Signal signal, boolean reduced) {
        return "`env --block-signal=" + signal + " java " + (reduced ? "-Xrs ...`" : "...`");
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
        if (Character.isDigit(signal.name().charAt(0))) {
            throw new IllegalArgumentException(
                    "signal " + signal + " has no name: the C library keeps it, or there is none");
        }
    }
}
