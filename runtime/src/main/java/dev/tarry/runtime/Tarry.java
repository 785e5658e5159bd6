package dev.tarry.runtime;

import dev.tarry.events.Event;
import dev.tarry.events.FiredEvents;
import dev.tarry.events.Order;
import dev.tarry.events.Outcome;
import dev.tarry.events.internal.Settings;
import dev.tarry.scheduler.Outsider;
import dev.tarry.scheduler.Scheduler;
import dev.tarry.scheduler.Task;
import dev.tarry.scheduler.TaskFailedException;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;

/**
 * Cooperative microthreads, and one wait for everything. Tasks run one at a time, so they share
 * plain objects without locks; where one may be left for another is said at {@link Task}.
 *
 * <pre>{@code
 * Tarry.run(() -> {
 *     var child = Events.exit(new ProcessBuilder("make").start());
 *     var tick = Events.every(Duration.ofSeconds(1));
 *     while (true) {
 *         var fired = Tarry.wait(List.of(child, tick));
 *         if (fired.has(child)) return;
 *         System.out.println("still building");
 *     }
 * });
 * }</pre>
 *
 * All methods but {@link #run}, {@link #call} and {@link #start} are for tasks, and throw an {@link
 * IllegalStateException} elsewhere.
 */
public final class Tarry {
    private Tarry() {}

    // ---- running

    /**
     * Runs {@code main} as a task, and makes the calling thread the loop until it and all tasks
     * that it has started have ended.
     *
     * <p>Tasks that are spawned outside any other scope are supervised: one that fails is logged
     * and leaves the others running, and its failure is thrown at the end. If main itself fails,
     * the others are cancelled.
     *
     * @throws TaskFailedException if main throws a checked exception, or if a task has failed
     * @throws dev.tarry.scheduler.DeadlockException if all tasks wait for each other
     */
    public static void run(Body main) {
        run(Scheduler.builder(), main);
    }

    /**
     * Like {@link #run(Body)}, on a scheduler that is made as you say: with another clock, or
     * another order of the ready tasks.
     */
    public static void run(Scheduler.Builder builder, Body main) {
        Outcome<@Nullable Void> unused = outcome(builder, Scope.valueless(main));
    }

    /**
     * Like {@link #run}, and answers what {@code main} returns.
     *
     * @throws dev.tarry.events.ClosedException if the scope around it was cancelled first
     */
    public static <T extends @Nullable Object> T call(Callable<? extends T> main) {
        Outcome<T> outcome = outcome(Scheduler.builder(), main);
        return outcome.get();
    }

    /** Closed if the scope around main was cancelled. */
    private static <T extends @Nullable Object> Outcome<T> outcome(
            Scheduler.Builder builder, Callable<? extends T> main) {
        if (Scheduler.currentTask() != null) {
            throw new IllegalStateException(
                    "this is a task already; Tarry.spawn starts another one beside it");
        }
        if (Thread.currentThread().isVirtual()) {
            return LoopThread.call(() -> outcome(builder, main));
        }
        try (Scheduler scheduler = builder.build()) {
            Task<Outcome<T>> task =
                    scheduler.spawn("main", scheduler.root(), () -> Scope.root(main), ended -> {});
            scheduler.run();
            Outcome<Outcome<T>> end = task.outcome();
            if (end instanceof Outcome.Failed<Outcome<T>>(Throwable cause)) {
                throw unchecked(task, cause);
            }
            assert end != null;
            return end.get();
        }
    }

    private static RuntimeException unchecked(Task<?> task, Throwable cause) {
        if (cause instanceof Error e) {
            throw e;
        }
        return cause instanceof RuntimeException e ? e : new TaskFailedException(task, cause);
    }

    /** Starts a loop on a daemon thread of its own, to which any thread can submit tasks. */
    public static TarryService start() {
        Settings.check(); // thrown from here it is one sentence, else the failure of a service
        return new TarryService().start();
    }

    // ---- tasks

    /**
     * Starts a task in the innermost scope around the caller.
     *
     * @param <B> the type of the code; see {@link Body}
     */
    public static <B extends Body> Task<@Nullable Void> spawn(B body) {
        return Scope.current().spawn(body);
    }

    /**
     * Starts a task with a name.
     *
     * @param <B> the type of the code; see {@link Body}
     */
    public static <B extends Body> Task<@Nullable Void> spawn(String name, B body) {
        return Scope.current().spawn(name, body);
    }

    /** Starts a task that returns something; {@link Task#join} has it. */
    public static <T extends @Nullable Object> Task<T> spawn(Body.Returning<? extends T> body) {
        return Scope.current().spawn(body);
    }

    /** Starts a task with a name that returns something. */
    public static <T extends @Nullable Object> Task<T> spawn(
            String name, Body.Returning<? extends T> body) {
        return Scope.current().spawn(name, body);
    }

    // ---- waiting

    /**
     * Waits until at least one of the events fires, or the time is over; then the answer is empty.
     * Zero looks and does not wait. What exactly is promised: {@link Task#await(Collection,
     * Duration, Order)}.
     */
    public static <R> FiredEvents<R> wait(
            Collection<? extends Event<? extends R>> events, Duration timeout) {
        return Task.current().await(events, timeout, Order.FAIR);
    }

    /** Waits until at least one of the events fires. */
    public static <R> FiredEvents<R> wait(Collection<? extends Event<? extends R>> events) {
        return Task.current().await(events, null, Order.FAIR);
    }

    /** Waits until at least one of the events fires. */
    @SafeVarargs
    @SuppressWarnings("varargs") // it is only read
    public static <R> FiredEvents<R> wait(Event<? extends R>... events) {
        return wait(Arrays.asList(events));
    }

    /**
     * Waits like {@link #wait(Collection, Duration)}, where {@code order} says which claim is taken
     * when several are ready.
     *
     * @param timeout null waits without limit
     */
    public static <R> FiredEvents<R> wait(
            Collection<? extends Event<? extends R>> events,
            @Nullable Duration timeout,
            Order order) {
        return Task.current().await(events, timeout, order);
    }

    /**
     * Waits for one event and answers what it tells.
     *
     * @throws dev.tarry.events.ClosedException if its resource is or gets closed
     * @throws dev.tarry.events.EventFailedException if it fires as failed
     */
    public static <R> R await(Event<R> event) {
        return Task.current().await(event);
    }

    /**
     * Waits for one event; empty if the time was over first, and only then: see {@link
     * Task#await(Event, Duration)}.
     */
    public static <R> Optional<R> await(Event<R> event, Duration timeout) {
        return Task.current().await(event, timeout);
    }

    /** Waits for some time, at least. */
    public static void sleep(Duration time) {
        Task.current().await(List.of(), time, Order.FAIR);
    }

    /**
     * Lets the other ready tasks run first. Of this name, since Java lets nobody call a method
     * {@code yield} that is imported statically.
     */
    public static void yieldNow() {
        Task.current().yield();
    }

    // ---- the world of a task: that of the machine, and under test that of the test

    /**
     * The time that timers go by, in nanoseconds from an arbitrary origin, as {@link
     * System#nanoTime}: for measuring. Under the testkit it is virtual.
     */
    public static long nanos() {
        return Scheduler.current().reactor().nanos();
    }

    /** The date and time of day. Under the testkit they are virtual. */
    public static Instant now() {
        return Scheduler.current().reactor().clock().now();
    }

    /**
     * Random numbers, not for secrets, and for the tasks of this scheduler only. Under the testkit
     * they come from the seed of the run, so that it can be had again.
     */
    public static RandomGenerator random() {
        return Scheduler.current().random();
    }

    // ---- for the scheduler

    /**
     * Says that somebody outside may still come to wake or cancel tasks, of whom the scheduler
     * cannot know otherwise: a shutdown hook or a thread that will cancel a scope. Until the answer
     * is closed, by any thread, no deadlock is reported. What counts as from outside by itself:
     * {@link dev.tarry.scheduler.DeadlockException}.
     *
     * @param who for the dump
     */
    public static Outsider expectOutsider(String who) {
        return Scheduler.current().expectOutsider(who);
    }

    /**
     * Runs {@code section} with no other task of this scheduler in between; what exactly holds is
     * said at {@link Task#atomically}. Between two waits that is so anyway, but for calls of the
     * JDK that block: a sleep, a lock, a queue, a socket. So this is for code that may make such a
     * call, deep inside a library perhaps, while what it shares with other tasks is half done.
     *
     * @throws X what {@code section} throws
     */
    public static <T extends @Nullable Object, X extends Exception> T atomically(
            Task.Section<? extends T, X> section) throws X {
        return Task.current().atomically(section);
    }

    /**
     * Like {@link #atomically(Task.Section)}, for what returns nothing.
     *
     * @throws X what {@code section} throws
     */
    public static <X extends Exception> void atomically(VoidSection<X> section) throws X {
        Task.Section<@Nullable Void, X> valueless =
                () -> {
                    section.run();
                    return null;
                };
        var unused = Task.current().<@Nullable Void, X>atomically(valueless);
    }

    /**
     * The code of {@link #atomically(VoidSection)}.
     *
     * @param <X> what it throws
     */
    @FunctionalInterface
    public interface VoidSection<X extends Exception> {
        /**
         * Runs it.
         *
         * @throws X what the code throws
         */
        void run() throws X;
    }

    /**
     * Runs code that blocks its thread (files, DNS, System.in, native code, a lock held long) on a
     * thread of its own, and waits for it. The other tasks go on meanwhile.
     *
     * <p><b>A cancel</b> interrupts the code, and waits until it has come to its end: what it works
     * on is not touched behind the back of whoever goes on, and what it returns is not lost. Then
     * this returns or throws what the code did, and the next wait throws the cancel; code that
     * throws the interrupt ({@link InterruptedException}, {@link
     * java.nio.channels.ClosedByInterruptException}) is the cancel, and a {@link
     * dev.tarry.scheduler.CancelledException} is thrown. If the task is cancelled before, the code
     * is not started. Code that ignores interrupts cannot be ended: its scope, and {@link #run},
     * and {@link TarryService#close}, end when it does. For such code there is {@link
     * #blockingAbandonable}.
     *
     * <p><b>The threads</b> are daemons, end when they were idle for a minute or the scheduler
     * ends, and are at most {@linkplain Scheduler.Builder#blockingThreads so many} for each
     * scheduler; what comes beyond waits, first come, first served. So code that waits for other
     * code in {@code blocking} may wait for ever, if there are enough of its kind.
     *
     * <p>Called by code in {@code blocking}, it runs the inner code at once, on the same thread.
     *
     * @throws Exception what {@code code} throws, as it was thrown
     */
    public static <T extends @Nullable Object> T blocking(Body.Returning<? extends T> code)
            throws Exception {
        return Blocking.run(code, null);
    }

    /**
     * Like {@link #blocking(Body.Returning)}, for code that returns nothing.
     *
     * @param <B> the type of the code; see {@link Body}
     * @throws Exception what {@code code} throws, as it was thrown
     */
    public static <B extends Body> void blocking(B code) throws Exception {
        var unused = Blocking.<@Nullable Void>run(Scope.valueless(code), null);
    }

    /**
     * Like {@link #blocking(Body.Returning)}, but a cancel does not wait: it interrupts the code,
     * and leaves it alone with what it still does. For code that ignores interrupts, shares nothing
     * that matters with anybody, and can go on for as long as it likes: a look-up by a library, a
     * read from a terminal. It keeps its thread until it ends, and counts for the bound.
     *
     * @param late what happens to a result (not null) that comes too late: {@code Socket::close}.
     *     What the code throws too late is dropped
     * @throws Exception what {@code code} throws, as it was thrown
     */
    public static <T extends @Nullable Object> T blockingAbandonable(
            Callable<? extends T> code, LateResult<? super T> late) throws Exception {
        return Blocking.run(code, Objects.requireNonNull(late, "late"));
    }
}
