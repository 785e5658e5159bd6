package dev.tarry.testkit;

import dev.tarry.scheduler.TaskFailedException;

import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

import java.lang.reflect.Method;
import java.util.concurrent.TimeoutException;

/** A test method, run as the main task of one simulation after the other. */
final class SeededRuns {
    private final Method method;
    private final Invocation invocation;
    private final @Nullable Object[] arguments;
    private final RunSettings settings;
    private final Lifecycle lifecycle;
    private @Nullable Long expectedTrace;
    private volatile long current; // the seed that runs

    /**
     * @param arguments of the method; for the simulation, whatever, as each run has its own
     * @param lifecycle what comes before and after the method in each run
     */
    SeededRuns(
            Method method,
            Object target,
            @Nullable Object[] arguments,
            RunSettings settings,
            Lifecycle lifecycle) {
        this.settings = settings;
        this.lifecycle = lifecycle;
        this.method = method;
        this.invocation = new Invocation(method, target);
        this.arguments = arguments;
    }

    /**
     * Runs seeds from 1 on, until one fails; answers how many orders they were. An assumption that
     * does not hold aborts its seed only.
     *
     * @throws TestAbortedException if all were aborted
     */
    Orders runAll(long seeds) {
        Replay.requireSeed();
        Progress progress = new Progress(name(), seeds);
        Orders orders = new Orders();
        long aborted = 0;
        TestAbortedException last = null;
        for (long seed = 1; seed <= seeds; seed++) {
            try {
                orders.add(run(seed));
            } catch (TestAbortedException e) {
                aborted++;
                last = e;
            }
            progress.say(seed);
        }
        if (last != null && aborted == seeds) {
            throw new TestAbortedException(
                    "all " + seeds + " seeds were aborted, the last one by: " + last.getMessage(),
                    last);
        }
        System.out.println(name() + ": " + orders);
        return orders;
    }

    /** Runs the seed that somebody wants to see again; with its trace, if that is named, too. */
    void runOnly(long seed) {
        expectedTrace = Replay.namedTrace();
        var unused = run(seed);
    }

    private SimulationResult run(long seed) {
        current = seed;
        try {
            return settings.twice()
                    ? Simulation.runTwice(() -> simulation(seed), this::invoke)
                    : Simulation.runOnce(() -> simulation(seed), this::invoke);
        } catch (SimulationFailedError e) {
            Throwable cause = e.getCause();
            if (cause instanceof TaskFailedException) {
                cause = cause.getCause();
            }
            if (cause instanceof TestAbortedException assumption) {
                throw assumption;
            }
            throw e;
        }
    }

    /** The time limit of the test has ended it. */
    AssertionError timedOut(TimeoutException timeout) {
        String where =
                "with seed "
                        + current
                        + "\nreplay: -D"
                        + Simulation.SEED_PROPERTY
                        + "="
                        + current
                        + " -Dtest="
                        + name();
        for (Throwable failure : timeout.getSuppressed()) {
            if (failure instanceof SimulationFailedError) {
                where = failure.getMessage(); // of the run that was interrupted
            }
        }
        return new AssertionError(timeout.getMessage() + ", " + where, timeout);
    }

    private Simulation.Builder simulation(long seed) {
        Simulation.Builder builder =
                Simulation.builder()
                        .seed(seed)
                        .mostSteps(settings.mostSteps())
                        .expectTrace(expectedTrace)
                        .replay(trace -> replay(trace, seed));
        return lifecycle.isEmpty() ? builder : builder.around(lifecycle::before, lifecycle::after);
    }

    private String name() {
        return method.getDeclaringClass().getSimpleName() + "#" + method.getName();
    }

    private String replay(long trace, long seed) {
        return Replay.of(trace, Simulation.SEED_PROPERTY + "=" + seed + " -Dtest=" + name());
    }

    private void invoke() throws Exception {
        @Nullable Object[] given = arguments.clone();
        for (int i = 0; i < given.length; i++) {
            if (method.getParameterTypes()[i] == Simulation.class) {
                given[i] = Simulation.current();
            }
        }
        invocation.call(given);
    }
}
