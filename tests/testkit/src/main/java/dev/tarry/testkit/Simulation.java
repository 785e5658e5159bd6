package dev.tarry.testkit;

import dev.tarry.events.Backend;
import dev.tarry.events.Event;
import dev.tarry.events.Poller;
import dev.tarry.events.Reactor;
import dev.tarry.runtime.Body;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.RunQueue;
import dev.tarry.scheduler.Scheduler;
import dev.tarry.scheduler.Task;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/**
 * Runs a program of tasks on virtual time and in an order that a seed decides. The same seed gives
 * the same run, so a failure that one order in a thousand shows can be seen again, and again.
 *
 * <pre>{@code
 * SimulationResult run = Simulation.run(42, () -> {
 *     var tick = Tarry.spawn(() -> Tarry.sleep(Duration.ofHours(1)));   // takes no time
 *     tick.join();
 * });
 * assert run.elapsed().equals(Duration.ofHours(1));
 * }</pre>
 *
 * <p>The body is the main task, within a {@link Scope}: the first task that fails ends the run, and
 * is its failure. Afterwards nothing may be left: no task that still runs a minute later (of
 * virtual time), no timer, no descriptor that its tasks have opened through Tarry.
 *
 * <p>A run that does not end fails as well, with a list of who waits for what: with a {@link
 * dev.tarry.scheduler.DeadlockException} at once if all tasks wait for each other, after the body
 * as during it; with a {@link StuckException} if they go on for {@linkplain Builder#mostSteps
 * 200,000 steps}, or wait for something from outside that {@linkplain Builder#stall does not come}.
 * The tasks are cancelled first, so that their cleanup runs.
 *
 * <p>Deterministic is what tasks do among themselves, with timers, and with descriptors whose other
 * end is in the same simulation. So is when code in {@code Tarry.blocking} comes back: virtual time
 * stands still while it works, and its tasks hear of it when all others wait, in the order in which
 * the code was started. What that code does meanwhile is not, nor how far it has got when a cancel
 * interrupts it; and it gets {@linkplain VirtualClock#blockingPatience ten seconds}. Threads,
 * children and remote peers work, and are as unpredictable as ever; see {@link
 * VirtualClock#patience}.
 */
public final class Simulation {
    /** The system property that names the one seed to run. */
    public static final String SEED_PROPERTY = "tarry.seed";

    private final long seed;
    private final Duration grace;
    private final LongFunction<String> replay;
    private final String orderName;
    private final SimulationPoller poller;
    private final VirtualClock clock;
    private final Trace trace;
    private final TracedQueue queue;
    private final long origin;
    private final OpenFds openFds = new OpenFds();
    private final AllBlocked allBlocked = new AllBlocked(this);
    private final List<String> leaks = new ArrayList<>();
    private final RunWatch watch;
    private final @Nullable Body before;
    private final @Nullable Body after;
    private final Map<String, Random> randoms = new HashMap<>();

    private Simulation(Builder builder) {
        seed = builder.seed;
        grace = builder.grace;
        replay =
                builder.replay != null
                        ? builder.replay
                        : trace -> "-D" + SEED_PROPERTY + "=" + seed;
        clock = builder.clock != null ? builder.clock : new VirtualClock();
        origin = clock.nanos();
        Strategy strategy = builder.strategy != null ? builder.strategy : Strategy.of(seed);
        RunQueue order = builder.order != null ? builder.order : strategy.queue(seed);
        orderName = builder.order != null ? builder.orderName : strategy.name();
        trace = builder.trace;
        if (builder.expectedTrace != null) {
            trace.expect(builder.expectedTrace);
        }
        before = builder.before;
        after = builder.after;
        watch = new RunWatch(builder.mostSteps, builder.stall, clock);
        queue = new TracedQueue(order, clock, trace, watch);
        clock.beforeJump(allBlocked::tell);
        clock.blocked(queue::isBlocked);
        Poller real = builder.poller != null ? builder.poller : Backend.choose().open();
        poller = new SimulationPoller(real, trace, clock, watch);
    }

    /** How a simulation is made. */
    public static final class Builder {
        private long seed;
        private Duration grace = Duration.ofMinutes(1);
        private long mostSteps = 200_000;
        private @Nullable VirtualClock clock;
        private Duration stall = Duration.ofSeconds(10);
        private @Nullable Poller poller;
        private @Nullable Strategy strategy;
        private @Nullable RunQueue order;
        private String orderName = "the caller";
        private @Nullable LongFunction<String> replay;
        private @Nullable Long expectedTrace;
        private @Nullable Body before;
        private @Nullable Body after;
        private Trace trace = new Trace(null);

        private Builder() {}

        /** What decides the order of the ready tasks. */
        public Builder seed(long seed) {
            this.seed = seed;
            return this;
        }

        /** A clock that was set up before: late, patient, or with another origin. */
        public Builder clock(VirtualClock clock) {
            this.clock = clock;
            return this;
        }

        /** Another poller than this machine's, for example a {@link ScriptedPoller}. */
        public Builder poller(Poller poller) {
            this.poller = poller;
            return this;
        }

        /** How the seed decides; {@link Strategy#of} unless said otherwise. */
        public Builder strategy(Strategy strategy) {
            this.strategy = strategy;
            return this;
        }

        /** Another order than the one by the seed. */
        public Builder order(RunQueue order) {
            this.order = order;
            return this;
        }

        Builder order(RunQueue order, String name) {
            this.orderName = name;
            return order(order);
        }

        /** How long, in virtual time, other tasks may go on after the body has ended. */
        public Builder grace(Duration grace) {
            this.grace = grace;
            return this;
        }

        /** How long, in real time, all tasks may wait for what comes from outside. */
        public Builder stall(Duration realTime) {
            this.stall = realTime;
            return this;
        }

        /**
         * After how many steps a run is taken for endless, a step being one task that runs until it
         * waits; 200,000 unless said otherwise.
         */
        public Builder mostSteps(long steps) {
            if (steps <= 0) {
                throw new IllegalArgumentException("not a number of steps: " + steps);
            }
            this.mostSteps = steps;
            return this;
        }

        /**
         * Refuses to be another run than the one that had this trace: it then fails with a {@link
         * DivergedException}, whatever it did. Null: any trace will do.
         *
         * @param traceHash as {@link SimulationResult#traceHash} or a failure has told it
         */
        public Builder expectTrace(@Nullable Long traceHash) {
            this.expectedTrace = traceHash;
            return this;
        }

        /** What a failure says about how to see it again, given its trace. */
        Builder replay(LongFunction<String> how) {
            this.replay = how;
            return this;
        }

        /** Where the run is traced, and what it is compared with. */
        Builder trace(Trace trace) {
            this.trace = trace;
            return this;
        }

        Trace trace() {
            return trace;
        }

        /**
         * What the main task does before and after the body, which then has a scope of its own:
         * what {@code before} starts may go on until {@code after}, which comes in any case.
         */
        Builder around(Body before, Body after) {
            this.before = before;
            this.after = after;
            return this;
        }

        /**
         * Runs {@code body}, in the calling thread. If it fails it is run once more, to tell
         * whether the failure comes again; unless the clock, the poller or the order is the
         * caller's own, which are for one run.
         *
         * @throws SimulationFailedError if it fails, or leaves something behind
         */
        public SimulationResult run(Body body) {
            boolean onlyOnce = clock != null || poller != null || order != null;
            return onlyOnce
                    ? runAlone(body)
                    : Replay.once(earlier -> earlier == null ? this : copy(earlier), body);
        }

        private Builder copy(Trace earlier) {
            Builder copy = new Builder();
            copy.seed = seed;
            copy.grace = grace;
            copy.mostSteps = mostSteps;
            copy.stall = stall;
            copy.strategy = strategy;
            copy.replay = replay;
            copy.expectedTrace = expectedTrace;
            copy.before = before;
            copy.after = after;
            return copy.trace(new Trace(earlier));
        }

        /** Runs {@code body} once. */
        SimulationResult runAlone(Body body) {
            return new Simulation(this).execute(Objects.requireNonNull(body, "body"));
        }
    }

    /** Begins to make one. A builder is for one run. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Runs {@code body} with {@code seed}.
     *
     * @throws SimulationFailedError if it fails, or leaves something behind
     */
    public static SimulationResult run(long seed, Body body) {
        return builder().seed(seed).run(body);
    }

    /**
     * Runs {@code body} twice with {@code seed}, and compares what the two runs did, step by step.
     *
     * @throws SimulationFailedError if one fails, or leaves something behind, or if they differ:
     *     then its cause is a {@link DivergedException}
     */
    public static SimulationResult runTwice(long seed, Body body) {
        return runTwice(() -> builder().seed(seed), body);
    }

    static SimulationResult runTwice(Supplier<Builder> builder, Body body) {
        return Replay.twice(earlier -> builder.get().trace(new Trace(earlier)), body);
    }

    /** Runs once; if that fails, once more. */
    static SimulationResult runOnce(Supplier<Builder> builder, Body body) {
        return Replay.once(earlier -> builder.get().trace(new Trace(earlier)), body);
    }

    // ---- for the tasks in it

    /**
     * The simulation in which the current task runs.
     *
     * @throws IllegalStateException if it runs in none
     */
    public static Simulation current() {
        Simulation found = of(Scheduler.current());
        if (found == null) {
            throw new IllegalStateException(Task.current() + " does not run in a simulation");
        }
        return found;
    }

    /** Whether the caller is a task of one. */
    static boolean isCurrent() {
        Task<?> task = Scheduler.currentTask();
        return task != null && of(task.scheduler()) != null;
    }

    /** The one that {@code scheduler} belongs to; null if to none. Loop only. */
    static @Nullable Simulation of(Scheduler scheduler) {
        return holder(scheduler.reactor())[0];
    }

    private static @Nullable Simulation[] holder(Reactor reactor) {
        return reactor.companion(Simulation.class, Simulation[].class, k -> new Simulation[1]);
    }

    /**
     * The number of this run, which decides the order. For random data of your own there is {@link
     * #random()}: seeds are neighbours, and so are the first draws of generators that get them.
     */
    public long seed() {
        return seed;
    }

    /**
     * Random data that belong to the run: the same for the same seed, and not the same for its
     * neighbours. Draws of it change nothing of what the simulation decides itself, nor what the
     * {@linkplain #random(String) other streams} bring.
     */
    public Random random() {
        return random("");
    }

    /**
     * A stream of random data of its own, so that more draws for one purpose do not shift those for
     * another. The same name gives the same stream, which goes on where it was.
     */
    public Random random(String purpose) {
        return randoms.computeIfAbsent(purpose, p -> Seeds.random(seed, "user " + p));
    }

    /** The time that the tasks go by. */
    public VirtualClock clock() {
        return clock;
    }

    /**
     * A claim that fires when every other task waits, nothing is ready in the system, and only the
     * passing of time would go on; before it passes. All tasks that wait for it are told at once.
     * It is true of a moment only, so looking without waiting never finds it.
     */
    public Event<Simulation> allBlocked() {
        return allBlocked;
    }

    /**
     * Waits until every other task waits and time would have to pass: the way to say "now they have
     * all come to rest" without a sleep.
     */
    public static void awaitAllBlocked() {
        var unused = Task.current().await(current().allBlocked);
    }

    /**
     * Makes a value of the program's own part of the trace hash. What waits return and what goes
     * through channels is part of it anyway.
     */
    public void trace(long value) {
        trace.mix(value);
    }

    // ---- the run

    private SimulationResult execute(Body body) {
        Scheduler.Builder scheduler =
                Scheduler.builder()
                        .name("simulation")
                        .clock(clock)
                        .random(random("of the program"))
                        .runQueue(queue)
                        .poller(poller);
        try {
            Tarry.run(scheduler, () -> main(body));
            if (watch.found() != null) {
                throw watch.found();
            }
            leaks.addAll(openFds.leaks());
            if (!leaks.isEmpty()) {
                throw new LeakException(leaks);
            }
            String difference = trace.difference();
            if (difference != null) {
                throw new DivergedException(difference);
            }
            return result();
        } catch (Throwable t) {
            SimulationResult result = result();
            String how = replay.apply(result.traceHash());
            throw new SimulationFailedError(how, result, cause(watch.reason(t)));
        }
    }

    /** What has failed, or first of all that this is not the run that was to be seen. */
    private Throwable cause(Throwable failure) {
        String difference = trace.difference();
        if (difference == null || failure instanceof DivergedException) {
            return failure;
        }
        DivergedException diverged = new DivergedException(difference);
        if (trace.isReplay()) {
            diverged.addSuppressed(failure);
            return diverged;
        }
        failure.addSuppressed(diverged); // the earlier run was good
        return failure;
    }

    private SimulationResult result() {
        Duration elapsed = Duration.ofNanos(clock.nanos() - origin);
        return new SimulationResult(
                seed, orderName, trace.order(), trace.hash(), elapsed, trace.steps());
    }

    private void main(Body body) throws Exception {
        Scheduler scheduler = Scheduler.current();
        Reactor reactor = scheduler.reactor();
        holder(reactor)[0] = this;
        reactor.observe(told -> trace.mix(Values.hash(told)));
        poller.begin(reactor);
        watch.begin(scheduler);
        Scope.<Exception>run(scope -> inScope(scope, body));
        clock.noLimit();
        if (scheduler.tasks() > 1) {
            leaks.add("tasks outside its scope:\n" + scheduler.dump());
        }
        if (reactor.timers() > 0) {
            leaks.add("timers that are still scheduled: " + reactor.timers());
        }
    }

    private void inScope(Scope scope, Body body) throws Exception {
        if (before == null || after == null) {
            body.run();
        } else {
            try {
                before.run();
                Scope.<Exception>run(
                        inner -> {
                            body.run();
                            beginOvertime(inner);
                        });
                clock.noLimit();
            } catch (Throwable t) {
                try {
                    after.run();
                } catch (Throwable second) {
                    t.addSuppressed(second);
                }
                throw t;
            }
            after.run();
        }
        beginOvertime(scope);
    }

    /**
     * Ends the tasks that would go on for ever. By a limit of the clock, since a timer would hide
     * from the scheduler that they wait for each other.
     */
    private void beginOvertime(Scope scope) {
        if (scope.size() > 0) {
            clock.limit(
                    clock.nanos() + grace.toNanos(),
                    () -> {
                        leaks.add(
                                "tasks, " + grace + " after its end:\n" + scope.scheduler().dump());
                        scope.cancel();
                    });
        }
    }

    OpenFds openFds() {
        return openFds;
    }
}
