package dev.tarry.contract;

import dev.tarry.events.Backend;
import dev.tarry.events.Clock;
import dev.tarry.runtime.Body;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.RunQueue;
import dev.tarry.scheduler.Scheduler;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What a test runs on: one of the two carriers, an order of the ready tasks, and a facility of the
 * system.
 *
 * @param carrier loop or handoff
 * @param seed of the random order; null is first come, first served
 * @param backend null is the one that is chosen here
 */
record Variant(String carrier, @Nullable Long seed, @Nullable Backend backend) {
    static final Variant LOOP = new Variant("loop", null, null);
    static final Variant HANDOFF = new Variant("handoff", null, null);

    /** Far beyond what any test needs: only a hang takes so long. */
    private static final long LIMIT_SECONDS = Long.getLong("tarry.testLimit", 30);

    private static final String PROPERTY = "tarry.carrier";

    static List<Variant> carriers() {
        return List.of(LOOP, HANDOFF);
    }

    /** Both carriers, and the loop carrier in some random orders. */
    static List<Variant> all() {
        return List.of(LOOP, HANDOFF, seeded(1), seeded(20_261));
    }

    static Variant seeded(long seed) {
        return new Variant("loop", seed, null);
    }

    Variant on(Backend backend) {
        return new Variant(carrier, seed, backend);
    }

    /** Runs {@code main} as a task, with the clock of the machine. */
    void run(Body main) throws Exception {
        run(Clock.system(), main);
    }

    void run(Clock clock, Body main) throws Exception {
        run(Scheduler.builder().clock(clock), main);
    }

    /** Runs {@code main} as a task; a hang fails with the dump of the tasks. */
    void run(Scheduler.Builder builder, Body main) throws Exception {
        if (seed != null) {
            builder.runQueue(RunQueue.seeded(seed));
        }
        if (backend != null) {
            builder.poller(backend.open());
        }
        AtomicReference<Scheduler> scheduler = new AtomicReference<>();
        inThread(
                () ->
                        Tarry.run(
                                builder,
                                () -> {
                                    scheduler.set(Scheduler.current());
                                    main.run();
                                }),
                scheduler);
    }

    private void inThread(Runnable loop, AtomicReference<Scheduler> scheduler) throws Exception {
        FutureTask<?> running = new FutureTask<>(loop, null);
        String before = System.getProperty(PROPERTY);
        System.setProperty(PROPERTY, carrier);
        try {
            Thread.ofPlatform().name("loop of the test").daemon().start(running);
            running.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception failure) {
                throw failure;
            }
            throw (Error) e.getCause();
        } catch (TimeoutException e) {
            Scheduler hanging = scheduler.get();
            throw new AssertionError("hangs: " + (hanging == null ? "" : hanging.dump()), e);
        } finally {
            restore(before);
        }
    }

    private static void restore(@Nullable String before) {
        if (before == null) {
            System.clearProperty(PROPERTY);
        } else {
            System.setProperty(PROPERTY, before);
        }
    }

    @Override
    public String toString() {
        return carrier
                + (seed == null ? "" : " carrier, order of seed " + seed)
                + (backend == null ? "" : " on " + backend);
    }
}
