package dev.tarry.stress;

import dev.tarry.runtime.Child;
import dev.tarry.runtime.Tarry;

import org.jspecify.annotations.Nullable;

import java.io.PrintStream;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs a program: notices when it stands still, and what it has left behind.
 *
 * @param carrier which carrier runs the tasks; null for what is there
 * @param backend which backend asks the system; null for the best
 * @param out where progress is printed; null for nowhere
 */
public record Runner(
        @Nullable String carrier, @Nullable String backend, @Nullable PrintStream out) {
    /** So long without any progress is a hang. */
    private static final long HANG_NANOS = 30_000_000_000L;

    private static final String CARRIER = "tarry.carrier";
    private static final String BACKEND = "tarry.backend";

    /** Runs it, and fails if descriptors, children or threads are left. */
    public void run(Stress stress, long count, long seed) throws Exception {
        with(carrier, backend, Runner::warmUp);
        Map<Integer, String> before = Proc.descriptors();
        execute(stress, count, seed);
        awaitGone(before);
    }

    /** Runs it, and leaves the leftovers to the caller. */
    void execute(Stress stress, long count, long seed) throws Exception {
        Run run = new Run(stress.name(), count, seed, out);
        run.say("%s%s", run, on());
        with(carrier, backend, () -> watched(stress, run));
        run.say("done in %.1f s", run.seconds());
    }

    /** The JDK opens descriptors of its own for virtual threads, and keeps them; the reaper one. */
    private static @Nullable Void warmUp() {
        Tarry.run(
                () -> {
                    Thread.ofVirtual().start(() -> {}).join();
                    Child.start(new ProcessBuilder("true")).close();
                });
        return null;
    }

    private String on() {
        return (carrier == null ? "" : " --carrier " + carrier)
                + (backend == null ? "" : " --backend " + backend);
    }

    private static @Nullable Void watched(Stress stress, Run run) throws Exception {
        FutureTask<@Nullable Void> body =
                new FutureTask<>(
                        () -> {
                            stress.run(run);
                            return null;
                        });
        Thread thread = Thread.ofPlatform().daemon().name("stress-" + stress.name()).start(body);
        while (true) {
            try {
                return body.get(1, TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                if (run.silentNanos() > HANG_NANOS) {
                    throw hangs(run, thread);
                }
            } catch (ExecutionException e) {
                throw new AssertionError("failed: " + run + ": " + e.getCause(), e.getCause());
            }
        }
    }

    private static AssertionError hangs(Run run, Thread thread) {
        AssertionError hang = new AssertionError("no progress any more: " + run.describe());
        hang.setStackTrace(thread.getStackTrace());
        return hang;
    }

    /** The JDK reaps children, and ends its threads, a moment after we have seen the end. */
    private static void awaitGone(Map<Integer, String> before) {
        long deadline = System.nanoTime() + HANG_NANOS;
        while (true) {
            TreeMap<Integer, String> more = Proc.descriptors();
            before.forEach(more::remove);
            var zombies = Proc.zombies();
            var threads = Proc.ourThreads();
            if (more.isEmpty() && zombies.isEmpty() && threads.isEmpty()) {
                return;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError(
                        "left behind: descriptors "
                                + more
                                + ", zombies "
                                + zombies
                                + ", threads "
                                + threads);
            }
            System.gc(); // ends what nobody refers to any more: the pidfd of an exit not waited for
        }
    }

    /** A scheduler looks at these properties when it is built. */
    static void with(
            @Nullable String carrier, @Nullable String backend, Callable<@Nullable Void> body)
            throws Exception {
        String carrierBefore = System.getProperty(CARRIER);
        String backendBefore = System.getProperty(BACKEND);
        set(CARRIER, carrier == null ? carrierBefore : carrier);
        set(BACKEND, backend == null ? backendBefore : backend);
        try {
            var unused = body.call();
        } finally {
            set(CARRIER, carrierBefore);
            set(BACKEND, backendBefore);
        }
    }

    private static void set(String property, @Nullable String value) {
        if (value == null) {
            System.clearProperty(property);
        } else {
            System.setProperty(property, value);
        }
    }
}
