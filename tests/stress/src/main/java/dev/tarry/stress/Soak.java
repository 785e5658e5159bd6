package dev.tarry.stress;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

import javax.management.JMException;

/**
 * All programs, two at a time, over and over in one process, on each carrier and backend in turn;
 * what the process takes must stay as it is after a while.
 */
@Command(
        name = "soak",
        description = "Runs all programs, mixed, for some minutes; memory and the like stay flat.",
        mixinStandardHelpOptions = true)
final class Soak implements Callable<Integer> {
    private static final List<String> CARRIERS = List.of("loop", "handoff");
    private static final List<String> BACKENDS = List.of("epoll", "poll");

    /** They count what the whole process has, or close numbers that others would be given. */
    private static final Set<String> ALONE = Set.of("cycles", "closes", "raw-closes");

    @Option(
            names = "--minutes",
            paramLabel = "N",
            defaultValue = "10",
            description = "For how long (default: ${DEFAULT-VALUE}).")
    private double minutes;

    @Option(names = "--seed", paramLabel = "S", description = "Do again what that seed did.")
    private @Nullable Long seed;

    private final List<Sample> samples = new ArrayList<>();

    /** What the process takes when nothing runs. */
    private record Sample(long rssKb, long heap, int descriptors, long threads) {
        static Sample take() throws JMException {
            Proc.trimNativeHeap();
            long heap = Proc.heapAfterGc();
            return new Sample(
                    Long.parseLong(Proc.status("VmRSS")),
                    heap,
                    Proc.descriptors().size(),
                    Long.parseLong(Proc.status("Threads")));
        }

        Sample max(Sample other) {
            return new Sample(
                    Math.max(rssKb, other.rssKb),
                    Math.max(heap, other.heap),
                    Math.max(descriptors, other.descriptors),
                    Math.max(threads, other.threads));
        }

        @Override
        public String toString() {
            return String.format(
                    "RSS %,d KiB, heap %,d KiB, %d descriptors, %d threads",
                    rssKb, heap >> 10, descriptors, threads);
        }
    }

    @Override
    public Integer call() throws Exception {
        long first = seed != null ? seed : Main.seedOfNow();
        System.out.printf("soak --minutes %s --seed %d%n", minutes, first);
        Random random = new Random(first);
        long began = System.nanoTime();
        long length = (long) (minutes * 60e9);
        for (int round = 0; round < 12 || System.nanoTime() - began < length; round++) {
            String carrier = CARRIERS.get(round % 2);
            String backend = BACKENDS.get(round / 2 % 2);
            Runner.with(carrier, backend, () -> round(random));
            samples.add(Sample.take());
            System.out.printf(
                    "%6.1f s  round %d (%s, %s): %s%n",
                    (System.nanoTime() - began) / 1e9,
                    round + 1,
                    carrier,
                    backend,
                    samples.getLast());
        }
        judge();
        return 0;
    }

    private static @Nullable Void round(Random random) throws Exception {
        Queue<Stress> together = new ConcurrentLinkedQueue<>(mixed(random, false));
        long seed = random.nextInt();
        List<FutureTask<@Nullable Void>> lanes =
                List.of(lane(together, seed), lane(together, -seed));
        for (FutureTask<@Nullable Void> lane : lanes) {
            Thread.ofPlatform().daemon().name("soak").start(lane);
        }
        for (FutureTask<@Nullable Void> lane : lanes) {
            try {
                var unused = lane.get();
            } catch (ExecutionException e) {
                throw new AssertionError(e.getCause());
            }
        }
        for (Stress stress : mixed(random, true)) {
            new Runner(null, null, null).run(stress, few(stress), seed);
        }
        return null;
    }

    private static FutureTask<@Nullable Void> lane(Queue<Stress> queue, long seed) {
        return new FutureTask<>(
                () -> {
                    for (Stress next; (next = queue.poll()) != null; ) {
                        new Runner(null, null, null).execute(next, few(next), seed);
                    }
                    return null;
                });
    }

    private static List<Stress> mixed(Random random, boolean alone) {
        List<Stress> some = new ArrayList<>(Suite.ALL);
        some.removeIf(stress -> ALONE.contains(stress.name()) != alone);
        Collections.shuffle(some, random);
        return some;
    }

    private static long few(Stress stress) {
        return Math.max(1, stress.few() / 2);
    }

    /** The first third is the warm-up: code is compiled, pools and buffers grow to their size. */
    private void judge() {
        int third = samples.size() / 3;
        Sample early = samples.subList(third, 2 * third).stream().reduce(Sample::max).orElseThrow();
        Sample late =
                samples.subList(2 * third, samples.size()).stream()
                        .reduce(Sample::max)
                        .orElseThrow();
        System.out.printf("middle third at most: %s%nlast third at most:   %s%n", early, late);
        // One is the JVM's, once somebody looks at it with jcmd.
        Run.check(late.descriptors <= early.descriptors + 1, "descriptors leak");
        Run.check(late.threads <= early.threads + Math.max(2, early.threads / 20), "threads leak");
        Run.check(late.heap <= early.heap + (4 << 20), "the heap grows");
        Run.check(late.rssKb <= early.rssKb * 1.05, "the process grows");
    }
}
