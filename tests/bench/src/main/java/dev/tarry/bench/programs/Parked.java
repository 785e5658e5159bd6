package dev.tarry.bench.programs;

import dev.tarry.events.Event;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Tarry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Parks many tasks or threads, and prints how much heap and memory that took: bytes of each. */
final class Parked {
    private static long heapBefore;
    private static long residentBefore;

    private Parked() {}

    public static void main(String[] arguments) throws IOException {
        int count = Integer.parseInt(arguments[1]);
        if (arguments[0].equals("tarry")) {
            tasks(count);
        } else {
            virtualThreads(count);
        }
        System.exit(0); // they are all still parked
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
                    System.exit(0);
                });
    }

    private static void virtualThreads(int count) throws IOException {
        Thread[] threads = new Thread[count];
        before();
        for (int i = 0; i < count; i++) {
            threads[i] = Thread.startVirtualThread(LockSupport::park);
        }
        while (Arrays.stream(threads).anyMatch(t -> t.getState() != Thread.State.WAITING)) {
            Thread.onSpinWait();
        }
        after(count);
    }

    private static void before() throws IOException {
        heapBefore = heap();
        residentBefore = resident();
    }

    private static void after(int count) throws IOException {
        long resident = (resident() - residentBefore) / count; // with the garbage of making them
        System.out.println((heap() - heapBefore) / count + " " + resident);
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
