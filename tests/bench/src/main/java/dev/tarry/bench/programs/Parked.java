package dev.tarry.bench.programs;

import dev.tarry.bench.micro.KotlinLoop;
import dev.tarry.events.Event;
import dev.tarry.events.Reactor;
import dev.tarry.events.Timer;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.Scheduler;

import kotlinx.coroutines.CoroutineScope;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.locks.LockSupport;

/** Parks many tasks or threads, and prints how much heap and memory that took: bytes of each. */
final class Parked {
    // What is done before, so that the frames of the waiting methods are compiled ones.
    private static final int BATCH = 1000;
    private static final int BATCHES = 50;

    private static long heapBefore;
    private static long residentBefore;

    private Parked() {}

    public static void main(String[] arguments) throws Exception {
        int count = Integer.parseInt(arguments[1]);
        switch (arguments[0]) {
            case "tarry" -> tasks(count);
            case "timers" -> timers(count);
            case "jdkPark" -> threads(count, LockSupport::park, null);
            case "jdkQueue" -> {
                var queue = new SynchronousQueue<Integer>();
                threads(count, queue::take, () -> queue.put(1));
            }
            case "jox" -> {
                var channel = com.softwaremill.jox.Channel.<Integer>newRendezvousChannel();
                threads(count, channel::receive, () -> channel.send(1));
            }
            case "kotlinx" -> coroutines(count);
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static void tasks(int count) {
        Tarry.run(
                () -> {
                    Channel<Integer> channel = Channel.rendezvous();
                    for (int batch = 0; batch < BATCHES; batch++) {
                        park(BATCH, channel.receiving());
                        for (int i = 0; i < BATCH; i++) {
                            channel.send(i);
                        }
                    }
                    before();
                    park(count, channel.receiving());
                    after(count);
                });
    }

    private static void park(int count, Event<Integer> event) {
        for (int i = 0; i < count; i++) {
            Tarry.spawn(() -> Tarry.await(event));
        }
        Tarry.yieldNow();
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

    private interface Step {
        void run() throws Exception;
    }

    /** Virtual threads that wait, and how one of them is let go. */
    private static void threads(int count, Step wait, @Nullable Step release) throws Exception {
        for (int batch = 0; batch < BATCHES; batch++) {
            Thread[] threads = park(BATCH, wait);
            for (Thread thread : threads) {
                if (release == null) {
                    LockSupport.unpark(thread);
                } else {
                    release.run();
                }
            }
        }
        before();
        Thread[] threads = park(count, wait);
        after(count);
        Reference.reachabilityFence(threads);
    }

    private static Thread[] park(int count, Step wait) {
        Thread[] threads = new Thread[count];
        for (int i = 0; i < count; i++) {
            threads[i] = Thread.startVirtualThread(() -> quietly(wait));
        }
        while (Arrays.stream(threads).anyMatch(t -> t.getState() != Thread.State.WAITING)) {
            Thread.onSpinWait();
        }
        return threads;
    }

    private static void quietly(Step step) {
        try {
            step.run();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void coroutines(int count) throws Exception {
        var channel = KotlinLoop.channel(0);
        for (int batch = 0; batch < BATCHES; batch++) {
            KotlinLoop.run(
                    BATCH,
                    scope -> launch(scope, BATCH, channel),
                    (i, c) -> channel.send(i, KotlinLoop.unit(c)));
        }
        before();
        KotlinLoop.run(
                2, // the first step lets the others wait
                scope -> launch(scope, count, channel),
                (i, c) -> i == 0 ? KotlinLoop.yield(c) : after(count));
    }

    private static void launch(
            CoroutineScope scope, int count, kotlinx.coroutines.channels.Channel<Object> channel) {
        for (int i = 0; i < count; i++) {
            KotlinLoop.launch(scope, 1, (k, c) -> channel.receive(c));
        }
    }

    private static void before() throws IOException {
        heapBefore = heap();
        residentBefore = resident();
    }

    /** Prints, and ends the JVM, since they are all still parked. */
    private static Object after(int count) {
        try {
            long resident =
                    (resident() - residentBefore) / count; // with the garbage of making them
            System.out.printf(
                    java.util.Locale.ROOT,
                    "%.3f %d%n",
                    Math.max(0.0, heap() - heapBefore) / count,
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
