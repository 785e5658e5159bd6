package dev.tarry.bench.programs;

import dev.tarry.bench.micro.KotlinLoop;
import dev.tarry.events.Event;
import dev.tarry.events.Reactor;
import dev.tarry.events.Timer;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.Scheduler;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.locks.LockSupport;

/** Parks many tasks or threads, and prints how much heap and memory that took: bytes of each. */
final class Parked {
    private static long heapBefore;
    private static long residentBefore;

    private Parked() {}

    public static void main(String[] arguments) throws Exception {
        int count = Integer.parseInt(arguments[1]);
        switch (arguments[0]) {
            case "tarry" -> tasks(count);
            case "timers" -> timers(count);
            case "jdkQueue" -> threads(count, new SynchronousQueue<Integer>()::take);
            case "jdkPark" -> threads(count, LockSupport::park);
            case "jox" -> {
                var channel = com.softwaremill.jox.Channel.<Integer>newRendezvousChannel();
                threads(count, channel::receive);
            }
            case "kotlinx" -> coroutines(count);
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static void tasks(int count) {
        Tarry.run(
                () -> {
                    Event<Integer> event = Channel.<Integer>rendezvous().receiving();
                    before();
                    for (int i = 0; i < count; i++) {
                        Tarry.spawn(() -> Tarry.await(event));
                    }
                    Tarry.yield();
                    after(count);
                });
    }

    /** What is left of timers that were set and cancelled. */
    private static void timers(int count) {
        Tarry.run(
                () -> {
                    Reactor reactor = Scheduler.current().reactor();
                    before();
                    for (int i = 0; i < count; i++) {
                        Timer timer =
                                new Timer() {
                                    @Override
                                    protected void fire() {}
                                };
                        reactor.schedule(timer, reactor.nanos() + 3_600_000_000_000L + i);
                        reactor.cancel(timer);
                    }
                    after(count);
                });
    }

    private interface Wait {
        void run() throws Exception;
    }

    private static void threads(int count, Wait wait) throws IOException {
        Thread[] threads = new Thread[count];
        before();
        for (int i = 0; i < count; i++) {
            threads[i] = Thread.startVirtualThread(() -> forever(wait));
        }
        while (Arrays.stream(threads).anyMatch(t -> t.getState() != Thread.State.WAITING)) {
            Thread.onSpinWait();
        }
        after(count);
    }

    private static void forever(Wait wait) {
        try {
            wait.run();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** All wait for one channel, and so does the first one, after it has looked. */
    private static void coroutines(int count) throws Exception {
        var channel = KotlinLoop.channel(0);
        before();
        KotlinLoop.run(
                2,
                scope -> {
                    for (int i = 0; i < count; i++) {
                        KotlinLoop.launch(scope, 1, (k, c) -> channel.receive(c));
                    }
                },
                (i, c) -> i == 0 ? KotlinLoop.yield(c) : after(count));
    }

    private static void before() throws IOException {
        heapBefore = heap();
        residentBefore = resident();
    }

    /** Prints, and ends the JVM, since they are all still parked. */
    private static Object after(int count) {
        try {
            long resident = (resident() - residentBefore) / count; // with the garbage of making them
            System.out.printf(
                    java.util.Locale.ROOT,
                    "%.3f %d%n",
                    (double) (heap() - heapBefore) / count,
                    resident);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        System.exit(0);
        return "";
    }

    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        Runtime jvm = Runtime.getRuntime();
        return jvm.totalMemory() - jvm.freeMemory();
    }

    private static long resident() throws IOException {
        List<String> status = Files.readAllLines(Path.of("/proc/self/status"));
        return status.stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")) * 1024)
                .findFirst()
                .orElseThrow();
    }
}
