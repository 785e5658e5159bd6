package dev.tarry.integration;

import dev.tarry.events.Signal;
import dev.tarry.events.SignalDelivery;
import dev.tarry.events.SignalSubscription;
import dev.tarry.runtime.Signals;
import dev.tarry.runtime.Tarry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What {@link SignalfdTest} runs in a JVM of its own, with some signals blocked. It says on stdout
 * what it does, and goes on at each line on stdin.
 */
final class SignalfdProgram {
    private SignalfdProgram() {}

    public static void main(String[] args) throws Exception {
        String scenario = args[0];
        List<String> rest = Arrays.asList(args).subList(1, args.length);
        switch (scenario) {
            case "receive" -> receive(rest);
            case "share" -> share(rest.get(0), Integer.parseInt(rest.get(1)));
            case "close" -> close(rest.get(0));
            case "startChild" -> startChild();
            default -> throw new IllegalArgumentException(scenario);
        }
    }

    /** Subscribes to the named signals, and prints as many deliveries as the last argument says. */
    private static void receive(List<String> args) throws IOException {
        int n = Integer.parseInt(args.get(args.size() - 1));
        Signal[] signals =
                args.subList(0, args.size() - 1).stream().map(Signal::of).toArray(Signal[]::new);
        say("started");
        nextLine();
        Tarry.run(
                () -> {
                    try (SignalSubscription s = Signals.subscribe(signals)) {
                        say("ready");
                        printDeliveries("", s, n);
                    } catch (IllegalArgumentException e) {
                        say("refused: " + e.getMessage());
                    }
                });
    }

    private static void printDeliveries(String who, SignalSubscription s, int n) {
        for (int i = 0; i < n; i++) {
            say(who + text(Tarry.await(s.receiving())));
        }
    }

    private static String text(SignalDelivery d) {
        return String.join(
                " ",
                d.signal().name(),
                "#" + d.count(),
                d.sender().map(x -> x.pid() + " " + x.uid()).orElse("nobody"),
                d.value().isPresent() ? "value " + d.value().getAsInt() : "no value");
    }

    /**
     * Three subscriptions on two schedulers: a and b on the first, c on the second. Each receives n
     * deliveries; then a closes, and the others receive n more.
     */
    private static void share(String name, int n) throws Exception {
        Signal signal = Signal.of(name);
        Thread second =
                Thread.ofPlatform()
                        .start(() -> Tarry.run(() -> receiveTwice("c ", signal, n, false)));
        Tarry.run(
                () -> {
                    Tarry.spawn(() -> receiveTwice("a ", signal, n, true));
                    Tarry.spawn(() -> receiveTwice("b ", signal, n, false));
                });
        second.join();
    }

    private static void receiveTwice(String who, Signal signal, int n, boolean onlyOnce) {
        try (SignalSubscription s = Signals.subscribe(signal)) {
            say(who + "ready");
            printDeliveries(who, s, n);
            if (!onlyOnce) {
                say(who + "goes on");
                printDeliveries(who, s, n);
            }
        }
        say(who + "closed");
    }

    /** Counts descriptors around many subscriptions, then around one that was used. */
    private static void close(String name) {
        Signal signal = Signal.of(name);
        Tarry.run(
                () -> {
                    Signals.subscribe(signal).close(); // loads classes, which opens jars
                    long before = descriptors();
                    for (int i = 0; i < 100; i++) {
                        Signals.subscribe(signal).close();
                    }
                    try (SignalSubscription s = Signals.subscribe(signal)) {
                        say("more descriptors while open: " + (descriptors() - before));
                        printDeliveries("", s, 1);
                    }
                    say("more descriptors after close: " + (descriptors() - before));
                    Tarry.blocking(SignalfdProgram::nextLine);
                    try (SignalSubscription s = Signals.subscribe(signal)) {
                        printDeliveries("", s, 1);
                    }
                });
    }

    private static long descriptors() throws IOException {
        try (var all = Files.list(Path.of("/proc/self/fd"))) {
            return all.collect(Collectors.counting());
        }
    }

    private static void startChild() throws Exception {
        new ProcessBuilder("grep", "SigBlk", "/proc/self/status").inheritIO().start().waitFor();
    }

    private static void say(String line) {
        synchronized (System.out) {
            System.out.println(line);
            System.out.flush();
        }
    }

    private static String nextLine() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c; (c = System.in.read()) != '\n' && c >= 0; ) {
            line.append((char) c);
        }
        return line.toString();
    }
}
