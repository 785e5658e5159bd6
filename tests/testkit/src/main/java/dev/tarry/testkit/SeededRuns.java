package dev.tarry.testkit;

import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.util.List;

/** A test method, run as the main task of one simulation after the other. */
final class SeededRuns {
    /** Looking at the open files costs as much as some short runs. */
    private static final int RUNS_BETWEEN_LOOKS = 100;

    private final Method method;
    private final MethodHandle handle;
    private final @Nullable Object[] arguments;
    private final boolean twice;
    private @Nullable Long expectedTrace;

    /**
     * @param arguments null for each that is the simulation
     * @param twice whether each run is made again, and the two are compared
     */
    SeededRuns(Method method, Object target, @Nullable Object[] arguments, boolean twice) {
        this.twice = twice;
        this.method = method;
        this.handle = handle(method, target);
        this.arguments = arguments;
    }

    // A handle, since reflection may leave a native frame on the stack, below which no task can
    // wait.
    private static MethodHandle handle(Method method, Object target) {
        try {
            method.setAccessible(true);
            return MethodHandles.lookup()
                    .unreflect(method)
                    .bindTo(target)
                    .asSpreader(Object[].class, method.getParameterCount());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(method + " cannot be called", e);
        }
    }

    /** Runs seeds from 1 on, until one fails; answers how many orders they were. */
    Orders runAll(long seeds) {
        Replay.requireSeed();
        Progress progress = new Progress(name(), seeds);
        Orders orders = new Orders();
        OpenFiles before = OpenFiles.now();
        for (long first = 1; first <= seeds; first += RUNS_BETWEEN_LOOKS) {
            long end = Math.min(first + RUNS_BETWEEN_LOOKS, seeds + 1);
            for (long seed = first; seed < end; seed++) {
                orders.add(run(seed, false));
            }
            List<String> leaks = before.openedSince();
            if (!leaks.isEmpty()) {
                // Each once more, and looked at: the one that did it will do it again.
                for (long seed = first; seed < end; seed++) {
                    run(seed);
                }
                throw new LeakException(leaks);
            }
            progress.say(end - 1);
        }
        System.out.println(name() + ": " + orders);
        return orders;
    }

    /** Runs the seed that somebody wants to see again; with its trace, if that is named, too. */
    void runOnly(long seed) {
        expectedTrace = Replay.namedTrace();
        run(seed);
    }

    private void run(long seed) {
        var unused = run(seed, true);
    }

    private SimulationResult run(long seed, boolean looking) {
        try {
            return twice
                    ? Simulation.runTwice(() -> simulation(seed, looking), this::invoke)
                    : Simulation.runOnce(() -> simulation(seed, looking), this::invoke);
        } catch (SimulationFailedError e) {
            if (e.getCause() instanceof TestAbortedException assumption) {
                throw assumption;
            }
            throw e;
        }
    }

    private Simulation.Builder simulation(long seed, boolean looking) {
        Simulation.Builder simulation =
                Simulation.builder()
                        .seed(seed)
                        .expectTrace(expectedTrace)
                        .replay(trace -> replay(trace, seed));
        return looking ? simulation : simulation.withoutLookingAtFiles();
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
            if (given[i] == null) {
                given[i] = Simulation.current();
            }
        }
        try {
            handle.invoke(given);
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }
}
