package dev.tarry.integration;

import dev.tarry.events.ExitStatus;
import dev.tarry.events.Fd;
import dev.tarry.events.Pipe;
import dev.tarry.events.Signal;
import dev.tarry.events.SignalSubscription;
import dev.tarry.events.Sockets;
import dev.tarry.events.libc.Libc;
import dev.tarry.runtime.Body;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Child;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.FdStream;
import dev.tarry.runtime.Guest;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Signals;
import dev.tarry.runtime.Tarry;
import dev.tarry.runtime.TcpListener;
import dev.tarry.runtime.TcpStream;

import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * What {@link FilteredSystemTest} runs in a JVM of its own, on a system that forbids a call: a step
 * for each thing that libc is needed for, on each poller and each carrier. Says how each ended.
 *
 * <p>Arguments: the errno, and the numbers of the system calls that fail with it. The property
 * {@code filtered.pollers} names the pollers, {@code filtered.late} lets a loop begin before the
 * filter does.
 */
final class FilteredProgram {
    private static final Duration SHORT = Duration.ofMillis(2);
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final int HANGS_AFTER_SECONDS = 30;

    private static final List<String> BACKENDS =
            List.of(System.getProperty("filtered.pollers", "default,poll").split(","));
    private static final List<String> CARRIERS = List.of("loop", "handoff");
    private static final Deque<Process> CHILDREN = new ArrayDeque<>();
    private static final Map<String, Body> STEPS = new LinkedHashMap<>();

    static {
        STEPS.put("timer", FilteredProgram::timer);
        STEPS.put("wake", FilteredProgram::wake);
        STEPS.put("tcp", FilteredProgram::tcp);
        STEPS.put("pair", FilteredProgram::pair);
        STEPS.put("pipe", FilteredProgram::pipe);
        STEPS.put("borrow", FilteredProgram::borrow);
        STEPS.put("own", FilteredProgram::own);
        STEPS.put("child", FilteredProgram::child);
        STEPS.put("kill", FilteredProgram::kill);
        STEPS.put("exit", FilteredProgram::exit);
        STEPS.put("path", FilteredProgram::path);
        STEPS.put("signal", () -> signal(Signal.of("WINCH")));
        STEPS.put("blocked", () -> signal(Signal.USR1));
    }

    private FilteredProgram() {}

    /** Between us and libc (-Dtarry.libc): notes which functions are called at all. */
    public static final class Recorder implements InvocationHandler {
        static final Set<String> CALLED = new ConcurrentSkipListSet<>();

        private final Object real;

        public Recorder(Object real) {
            this.real = real;
        }

        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
            CALLED.add(method.getName());
            try {
                return method.invoke(real, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }
    }

    public static void main(String[] args) throws IOException {
        for (int i = 0; i < BACKENDS.size() * CARRIERS.size(); i++) {
            CHILDREN.add(new ProcessBuilder("cat").start());
        }
        List<Integer> numbers = Arrays.stream(args).map(Integer::valueOf).toList();
        if (Boolean.getBoolean("filtered.late")) {
            step("default loop late", () -> Tarry.run(() -> denyBetweenTwoWaits(numbers)));
        } else {
            deny(numbers);
        }
        for (String backend : BACKENDS) {
            for (String carrier : CARRIERS) {
                runAll(backend, carrier);
            }
        }
        System.out.println("called " + String.join(" ", Recorder.CALLED));
        System.exit(0); // a step that failed may have left threads
    }

    private static void deny(List<Integer> numbers) {
        if (!numbers.isEmpty()) {
            Seccomp.deny(numbers.subList(1, numbers.size()), numbers.getFirst());
        }
    }

    private static void denyBetweenTwoWaits(List<Integer> numbers) {
        timer();
        deny(numbers);
        timer();
    }

    private static void runAll(String backend, String carrier) {
        if (backend.equals("default")) {
            System.clearProperty("tarry.backend");
        } else {
            System.setProperty("tarry.backend", backend);
        }
        String where = backend + " " + carrier + " ";
        STEPS.forEach((name, body) -> step(where + name, () -> Runs.on(carrier, body)));
        step(where + "guest", () -> Runs.with(carrier, FilteredProgram::guest));
    }

    private static void step(String name, Body body) {
        Thread watchdog = Thread.ofPlatform().daemon().start(() -> endIfItHangs(name));
        String how = "ok";
        try {
            body.run();
        } catch (Throwable t) {
            how = "failed " + words(t);
        }
        watchdog.interrupt();
        System.out.println(name + " " + how);
    }

    private static void endIfItHangs(String name) {
        try {
            Thread.sleep(Duration.ofSeconds(HANGS_AFTER_SECONDS));
            System.out.println(name + " hangs");
            for (Map.Entry<Thread, StackTraceElement[]> e : Thread.getAllStackTraces().entrySet()) {
                System.err.println(e.getKey() + ": " + Arrays.toString(e.getValue()));
            }
            Runtime.getRuntime().halt(1);
        } catch (InterruptedException e) {
            // it has ended
        }
    }

    /** The last cause is what the system said; the others are printed with it, in one line. */
    private static String words(Throwable t) {
        StringBuilder words = new StringBuilder();
        for (Throwable cause = t; cause != null; cause = cause.getCause()) {
            words.append(words.isEmpty() ? "" : " <- ").append(cause);
        }
        return words.toString().replace('\n', ' ');
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    // ---- the steps

    private static void timer() {
        Channel<String> silent = Channel.shared(0);
        long before = System.nanoTime();
        check(Tarry.await(silent.receiving(), SHORT).isEmpty(), "something came");
        check(System.nanoTime() - before >= SHORT.toNanos(), "early");
        check(Tarry.wait(List.of(silent.receiving()), Duration.ZERO).isEmpty(), "something came");
    }

    /** From a thread that is no task, while the loop sleeps without and with a limit. */
    private static void wake() {
        for (int i = 0; i < 2; i++) {
            var trigger = Events.<String>trigger();
            Thread.ofPlatform().start(() -> trigger.fire("hello"));
            String said = i == 0 ? Tarry.await(trigger) : Tarry.await(trigger, LONG).orElseThrow();
            check(said.equals("hello"), said);
        }
    }

    private static void tcp() throws IOException {
        try (TcpListener listener = TcpListener.bind("127.0.0.1", 0)) {
            Scope.run(scope -> connect(scope, listener));
        }
    }

    private static void connect(Scope scope, TcpListener listener) throws IOException {
        scope.spawn(
                () -> {
                    try (TcpStream server = listener.accept()) {
                        server.writeLine(server.readLine());
                        check(server.readLine() == null, "no end");
                    }
                });
        try (TcpStream client = TcpStream.connect("127.0.0.1", listener.port())) {
            client.writeLine("hello");
            check("hello".equals(client.readLine()), "no echo");
            check(client.localAddress().getPort() != listener.port(), "the same port");
            client.closeOutput();
            check(client.readLine() == null, "no end");
        }
    }

    private static void pair() throws IOException {
        Fd[] ends = Sockets.pair();
        check(Sockets.remoteAddress(ends[0]).getPort() == 0, "a pair has no ports");
        talk(new FdStream(ends[0], ends[0]), new FdStream(ends[1], ends[1]));
    }

    private static void pipe() throws IOException {
        Pipe pipe = Pipe.open();
        talk(new FdStream(null, pipe.sink()), new FdStream(pipe.source(), null));
    }

    private static void talk(FdStream from, FdStream to) throws IOException {
        try (from;
                to) {
            Tarry.spawn(() -> from.writeLine("hello"));
            check("hello".equals(to.readLine()), "nothing came");
        }
    }

    /**
     * Standard input is /dev/null, which is always ready; a pipe is when its other end is closed.
     */
    private static void borrow() throws IOException {
        Tarry.await(Events.readable(0));
        try (Pipe pipe = Pipe.open()) {
            Fd borrowed = Fd.borrow(pipe.source().number());
            check(Tarry.await(borrowed.readable(), SHORT).isEmpty(), "something came");
            pipe.sink().close();
            Tarry.await(borrowed.readable());
        }
    }

    private static void own() throws IOException {
        try (Fd zero = Fd.own(Libc.openToWatch("/dev/zero"))) {
            Tarry.await(zero.readable());
            check(zero.read(Libc.struct(8)) == 8, "not read");
        }
    }

    private static void child() throws IOException {
        try (Child cat = Child.start(new ProcessBuilder("cat"))) {
            cat.stdin().writeLine("hello");
            check("hello".equals(cat.stdout().readLine()), "nothing came");
            cat.stdin().close();
            check(cat.await().equals(new ExitStatus.Exited(0)), "another status");
        }
    }

    private static void kill() throws IOException {
        try (Child child = Child.start(new ProcessBuilder("sleep", "60"))) {
            child.terminate();
            ExitStatus status = child.await();
            check(!status.equals(new ExitStatus.Exited(0)), status.toString());
        }
    }

    /** Of a child that other code has started, while it could: the JDK needs some calls, too. */
    private static void exit() throws IOException {
        Process child = CHILDREN.removeFirst();
        var exit = Events.exit(child.toHandle());
        check(Tarry.await(exit, SHORT).isEmpty(), "has ended");
        child.getOutputStream().close();
        Tarry.await(exit);
        check(Tarry.await(Events.exit(child)).equals(new ExitStatus.Exited(0)), "other status");
    }

    private static void path() throws IOException {
        Path dir = Files.createTempDirectory("tarry");
        Path file = dir.resolve("file");
        try (var watch = Events.watch(dir)) {
            Files.createFile(file);
            check(Tarry.await(watch.changed()).path().equals(file), "another change");
        } finally {
            Files.deleteIfExists(file);
            Files.delete(dir);
        }
    }

    private static void signal(Signal signal) {
        try (SignalSubscription subscription = Signals.subscribe(signal)) {
            check(Libc.kill((int) ProcessHandle.current().pid(), signal.number()) == 0, "kill");
            check(Tarry.await(subscription.receiving()).signal().equals(signal), "another one");
        }
    }

    private static Void guest() {
        try (Guest guest = Guest.open()) {
            var future = guest.submit(FilteredProgram::wake);
            while (!future.isDone()) {
                guest.turn(LONG);
            }
            future.join();
        }
        return null;
    }
}
