package dev.tarry.stress.programs;

import dev.tarry.events.Signal;
import dev.tarry.events.SignalDelivery;
import dev.tarry.events.SignalSubscription;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Child;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Signals;
import dev.tarry.runtime.Tarry;
import dev.tarry.stress.Proc;
import dev.tarry.stress.Run;
import dev.tarry.stress.Stress;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Signals from another process. The kernel merges a standard signal that is sent again before it
 * was delivered, so they are counted exactly where each one waits for the one before, and otherwise
 * two subscriptions must agree. Real-time signals, which are queued, are counted in any case; they
 * come by signalfd only: {@code ./tarry --signalfd TERM,HUP,USR1,WINCH,RTMIN+3 stress signals}.
 */
public final class SignalStress implements Stress {
    private static final List<Signal> STANDARD =
            Stream.of(Signal.TERM, Signal.HUP, Signal.USR1, Signal.WINCH)
                    .filter(signal -> !isIgnored(signal))
                    .toList();
    private static final Signal REAL_TIME = Signal.of("RTMIN+3");
    private static final int QUIET_ROUNDS = 3;

    /** After nohup, HUP is: the kernel drops it, and the JVM leaves it so. */
    private static boolean isIgnored(Signal signal) {
        long ignored = Long.parseUnsignedLong(Proc.status("SigIgn"), 16);
        return (ignored & 1L << signal.number() - 1) != 0;
    }

    @Override
    public String name() {
        return "signals";
    }

    @Override
    public String what() {
        return "So many signals of four kinds, in turn and in a storm: none is lost or doubled.";
    }

    @Override
    public long few() {
        return 300;
    }

    @Override
    public long many() {
        return 10_000;
    }

    @Override
    public void run(Run run) {
        run.tarry(
                () -> {
                    inTurn(run);
                    storm(run);
                    realTime(run);
                });
    }

    /** Two subscriptions, and how much each of them has received. */
    private static final class Listeners implements AutoCloseable {
        private final List<Signal> signals;
        private final List<SignalSubscription> subscriptions;
        private final long[][] counts;
        private final Channel<String> news = Channel.buffered(1);
        private long sender;

        Listeners(Scope scope, List<Signal> signals) {
            this.signals = signals;
            subscriptions = List.of(subscribe(), subscribe());
            counts = new long[subscriptions.size()][signals.size()];
            for (int i = 0; i < counts.length; i++) {
                int me = i;
                var unused = scope.spawn(() -> listen(subscriptions.get(me), counts[me]));
            }
        }

        private SignalSubscription subscribe() {
            return Signals.subscribe(signals.toArray(Signal[]::new));
        }

        private void listen(SignalSubscription subscription, long[] mine) {
            while (true) {
                SignalDelivery d = Tarry.await(subscription.receiving());
                long count = ++mine[signals.indexOf(d.signal())];
                Run.check(d.count() == count, "%s is number %d", d, count);
                long from = d.sender().map(SignalDelivery.Sender::pid).orElse(sender);
                Run.check(from == sender, "%s, but %d sent it", d, sender);
                var unused = news.trySend("received");
            }
        }

        /** Waits until both have received as many of each as that. */
        void await(long[] expected) {
            while (!isComplete(expected)) {
                var unused = news.receive();
            }
        }

        private boolean isComplete(long[] expected) {
            for (long[] mine : counts) {
                for (int i = 0; i < mine.length; i++) {
                    if (mine[i] < expected[i]) {
                        return false;
                    }
                }
            }
            return true;
        }

        boolean agreeOn(long[] expected) {
            return Arrays.stream(counts).allMatch(mine -> Arrays.equals(mine, expected));
        }

        @Override
        public void close() {
            subscriptions.forEach(SignalSubscription::close);
        }

        @Override
        public String toString() {
            return signals + " " + Arrays.deepToString(counts);
        }
    }

    // ---- one after the other

    private static void inTurn(Run run) throws IOException {
        listening(
                STANDARD,
                listeners -> {
                    try (Child sender = sender(STANDARD)) {
                        listeners.sender = sender.pid();
                        long[] expected = new long[STANDARD.size()];
                        for (long i = 1; i <= run.count(); i++) {
                            sender.stdin().writeLine("go");
                            Arrays.fill(expected, i);
                            listeners.await(expected);
                            Run.check(listeners.agreeOn(expected), "%s of %d", listeners, i);
                            run.progress(i);
                        }
                    }
                });
    }

    /** Sends one of each for each line that it reads. */
    private static Child sender(List<Signal> signals) throws IOException {
        return shell("while read line; do " + kills(signals) + " done");
    }

    private static String kills(List<Signal> signals) {
        long me = ProcessHandle.current().pid();
        return signals.stream()
                .map(s -> "kill -" + s.number() + " " + me + ";")
                .collect(Collectors.joining(" "));
    }

    private static Child shell(String script) throws IOException {
        return Child.start(new ProcessBuilder("sh", "-c", script));
    }

    // ---- as fast as another process can

    private static void storm(Run run) throws IOException {
        listening(
                STANDARD,
                listeners -> {
                    send(run, STANDARD, listeners);
                    try (Child sender = sender(STANDARD)) {
                        listeners.sender = sender.pid();
                        untilQuiet(sender, listeners);
                    }
                    for (long count : untilTheyAgree(listeners)) {
                        Run.check(count <= run.count() + QUIET_ROUNDS * 100, "%s", listeners);
                    }
                    run.say("of %,d each: %s", run.count(), listeners);
                });
    }

    private static void send(Run run, List<Signal> signals, Listeners listeners)
            throws IOException {
        String loop = "i=0; while [ $i -lt %d ]; do %s i=$((i+1)); done";
        try (Child sender = shell("read go; " + loop.formatted(run.count(), kills(signals)))) {
            listeners.sender = sender.pid();
            sender.stdin().writeLine("go");
            var status = sender.await();
            Run.check(status.isSuccess(), "the sender ended with %s", status);
            run.progress(run.count());
        }
    }

    /**
     * What is still under way comes before, or with, what is sent now: three rounds in which there
     * comes what was sent, and no more, say that all has come.
     */
    private static void untilQuiet(Child sender, Listeners listeners) throws IOException {
        for (int quiet = 0; quiet < QUIET_ROUNDS; ) {
            long[] expected = Arrays.copyOf(listeners.counts[0], STANDARD.size());
            for (int i = 0; i < expected.length; i++) {
                expected[i] = Math.max(expected[i], listeners.counts[1][i]) + 1;
            }
            sender.stdin().writeLine("go");
            listeners.await(expected);
            quiet = listeners.agreeOn(expected) ? quiet + 1 : 0;
        }
    }

    /**
     * The JVM hands each delivery out on a thread of its own, to one subscription after the other;
     * the last of them may be between the two. One that is lost is waited for in vain.
     */
    private static long[] untilTheyAgree(Listeners listeners) {
        while (true) {
            long[] most = new long[STANDARD.size()];
            for (int i = 0; i < most.length; i++) {
                most[i] = Math.max(listeners.counts[0][i], listeners.counts[1][i]);
            }
            listeners.await(most);
            if (listeners.agreeOn(most)) {
                return most;
            }
        }
    }

    // ---- those that are queued

    private static void realTime(Run run) throws IOException {
        if (!isHad(REAL_TIME)) {
            return;
        }
        List<Signal> signals = List.of(REAL_TIME);
        listening(
                signals,
                listeners -> {
                    send(run, signals, listeners);
                    long[] expected = {run.count()};
                    listeners.await(expected);
                    Run.check(listeners.agreeOn(expected), "%s of %d", listeners, run.count());
                    run.say("real-time: %s", listeners);
                });
    }

    private static boolean isHad(Signal signal) {
        try {
            Signals.subscribe(signal).close();
            return true;
        } catch (IllegalArgumentException e) {
            return false; // not by the JVM's handler
        }
    }

    private interface Part {
        void run(Listeners listeners) throws IOException;
    }

    private static void listening(List<Signal> signals, Part part) throws IOException {
        Scope.run(
                scope -> {
                    try (Listeners listeners = new Listeners(scope, signals)) {
                        part.run(listeners);
                        scope.cancel();
                    }
                });
    }
}
