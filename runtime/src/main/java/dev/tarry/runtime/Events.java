package dev.tarry.runtime;

import dev.tarry.events.Completion;
import dev.tarry.events.Deadline;
import dev.tarry.events.Event;
import dev.tarry.events.ExitStatus;
import dev.tarry.events.Fd;
import dev.tarry.events.Order;
import dev.tarry.events.Outcome;
import dev.tarry.events.PathWatch;
import dev.tarry.events.ProcessExit;
import dev.tarry.events.Reactor;
import dev.tarry.events.Readiness;
import dev.tarry.events.ThreadEnd;
import dev.tarry.events.Ticker;
import dev.tarry.events.Trigger;
import dev.tarry.scheduler.Scheduler;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * What can be waited for, in one place. Also: {@link Channel#receiving} and {@link
 * Channel#sending}, {@link dev.tarry.scheduler.Task#done}, {@link Signals#subscribe}, the events of
 * {@link TcpListener} and {@link FdStream}, and whatever implements {@link Event}.
 */
public final class Events {
    private Events() {}

    private static Reactor reactor() {
        return Scheduler.current().reactor();
    }

    /**
     * Level: some time has passed. For a limit of the whole wait, give that a timeout. May be
     * waited for on each scheduler that goes by the same clock.
     */
    public static Event<Duration> after(Duration delay) {
        return Deadline.after(reactor(), delay);
    }

    /** Claim: takes the ticks of a fixed rate that are due. For tasks of this scheduler only. */
    public static Event<Ticker.Ticks> every(Duration period) {
        return Ticker.every(reactor(), period);
    }

    /** Level: reading from somebody else's file descriptor does not block. */
    public static Event<Readiness> readable(int fd) {
        return Fd.borrow(fd).readable();
    }

    /** Level: writing to somebody else's file descriptor does not block. */
    public static Event<Readiness> writable(int fd) {
        return Fd.borrow(fd).writable();
    }

    /**
     * Level: a child of this JVM has ended. Make it soon after the start; see {@link ProcessExit}.
     */
    public static Event<ExitStatus> exit(Process process) {
        return ProcessExit.of(process);
    }

    /** Level: a process has ended. */
    public static Event<ExitStatus> exit(ProcessHandle process) {
        return ProcessExit.of(process);
    }

    /** Level: the process with this pid has ended. */
    public static Event<ExitStatus> exit(long pid) {
        return ProcessExit.of(pid);
    }

    /** Level: a thread, platform or virtual, has ended. */
    public static Event<Thread> end(Thread thread) {
        return ThreadEnd.of(thread);
    }

    /**
     * Level: a future is complete. It tells how, as {@link dev.tarry.scheduler.Task#done} does of a
     * task; {@link Outcome#get} answers the value or throws. For the futures of Guava there is
     * {@link dev.tarry.runtime.guava.ListenableFutures#done}.
     */
    public static <T> Event<Outcome<T>> done(CompletionStage<T> future) {
        return Completion.of(future);
    }

    /**
     * Watches a path, whatever file or directory has it; its event is a claim. Close it when it is
     * not needed any more.
     *
     * @throws IOException if there is no such path (ENOENT), or it may not be read (EACCES)
     */
    public static PathWatch watch(Path path) throws IOException {
        return PathWatch.open(reactor(), path);
    }

    /** Claim: what other threads, or anybody, {@linkplain Trigger#fire fire}. */
    public static <T> Trigger<T> trigger() {
        return new Trigger<>(reactor());
    }

    // ---- events of events

    /** See {@link Event#anyOf(Event[])}. */
    @SafeVarargs
    @SuppressWarnings("varargs") // it is only read
    public static <R> Event<R> anyOf(Event<? extends R>... events) {
        return Event.anyOf(events);
    }

    /** See {@link Event#anyOf(Collection)}. */
    public static <R> Event<R> anyOf(Collection<? extends Event<? extends R>> events) {
        return Event.anyOf(events);
    }

    /** See {@link Event#anyOf(Order, Collection)}. */
    public static <R> Event<R> anyOf(Order order, Collection<? extends Event<? extends R>> events) {
        return Event.anyOf(order, events);
    }

    /** See {@link Event#guard}. */
    public static <R> Event<R> guard(Supplier<? extends Event<? extends R>> maker) {
        return Event.guard(maker);
    }

    /** See {@link Event#always}. */
    public static <R> Event<R> always(R value) {
        return Event.always(value);
    }

    /** See {@link Event#never}. */
    public static <R> Event<R> never() {
        return Event.never();
    }
}
