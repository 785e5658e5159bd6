package dev.tarry.scheduler;

import dev.tarry.events.Backend;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Tasks are virtual threads whose scheduler is ours, so that their continuations run on the loop
 * thread itself and a switch never leaves it.
 *
 * <p>Some facts about virtual threads with a scheduler of one's own (JDK 25):
 *
 * <ul>
 *   <li>There is no public API. {@code ThreadBuilders.newVirtualThread(Executor, ...)} is what
 *       there is, and this file is the only place that reaches for it.
 *   <li>The executor is given a {@code Runnable}, always the same for one thread, which runs the
 *       thread until it blocks, yields or ends. Here each task is its own executor, so {@code
 *       execute} knows which task became ready, even when a lock or a sleep of the JDK woke it.
 *   <li>{@code execute} is called on the loop, or on any thread that unparks (a timer thread of the
 *       JDK for a sleep), with the virtual thread pinned.
 *   <li>A virtual thread that is started by a task inherits the executor object, and comes in
 *       through the same {@code execute} with a {@code Runnable} of its own.
 *   <li>{@code Thread.yield} calls {@code execute} once the thread is off the loop. A task that
 *       waits yields, and its {@code execute} then simply does not put it into the run queue: so
 *       parking and unparking cost nothing beyond the switch, and a pinned thread, which {@code
 *       park} would block together with the whole loop, comes back from {@code yield} at once and
 *       can be told.
 *   <li>The JDK watches the sockets of all virtual threads with virtual threads of its own, started
 *       by whoever blocks on a socket first. Were that a task, they would run on its loop, and end
 *       with it: from then on no virtual thread of the JVM would hear of its sockets any more. So
 *       they are started before the first task is.
 * </ul>
 */
final class LoopCarrier implements Carrier {
    static final String FLAG = "--add-opens java.base/java.lang=" + target();

    private static final @Nullable MethodHandle NEW_VIRTUAL_THREAD = find();

    /** What a thread says it is blocked on; null if the JDK does not let us see it. */
    static final @Nullable MethodHandle BLOCKER = findBlocker();

    static {
        startSocketPollers();
    }

    private final Scheduler scheduler;
    private final Interrupts interrupts;
    private final AtomicBoolean lookPosted = new AtomicBoolean();

    private LoopCarrier(Scheduler scheduler) {
        this.scheduler = scheduler;
        this.interrupts = new Interrupts(this::interrupted);
    }

    /** Any thread. The loop looks at all tasks, so what comes before it does is one look. */
    private void interrupted() {
        if (!lookPosted.getAndSet(true)) {
            scheduler.post(
                    () -> {
                        lookPosted.set(false); // first: who comes from here on posts again
                        scheduler.cancelInterruptedTasks();
                    });
        }
    }

    static boolean isAvailable() {
        return NEW_VIRTUAL_THREAD != null;
    }

    static LoopCarrier open(Scheduler scheduler) {
        if (!isAvailable()) {
            throw new IllegalStateException("the loop carrier needs the JVM flag " + FLAG);
        }
        return new LoopCarrier(scheduler);
    }

    private static String target() {
        Module module = LoopCarrier.class.getModule();
        return module.isNamed() ? module.getName() : "ALL-UNNAMED";
    }

    private static @Nullable MethodHandle find() {
        try {
            Method method =
                    Class.forName("java.lang.ThreadBuilders")
                            .getDeclaredMethod(
                                    "newVirtualThread",
                                    Executor.class,
                                    String.class,
                                    int.class,
                                    Runnable.class);
            return method.trySetAccessible() ? MethodHandles.lookup().unreflect(method) : null;
        } catch (ReflectiveOperationException e) {
            return null; // another JDK: the other carrier works everywhere
        }
    }

    private static @Nullable MethodHandle findBlocker() {
        try {
            Field field = Thread.class.getDeclaredField("nioBlocker");
            return field.trySetAccessible()
                    ? MethodHandles.lookup()
                            .unreflectGetter(field)
                            .asType(MethodType.methodType(Object.class, Thread.class))
                    : null;
        } catch (ReflectiveOperationException e) {
            return null; // another JDK
        }
    }

    /** No task runs yet when this class is initialized, so they inherit the JDK's scheduler. */
    private static void startSocketPollers() {
        if (Backend.EPOLL.isForbidden()) {
            return; // to them as well: they would print traces, and nobody may ever need them
        }
        try {
            Class.forName("sun.nio.ch.Poller");
        } catch (ClassNotFoundException e) {
            // another JDK, which does it in another way
        } catch (LinkageError e) {
            // it cannot have them; whoever blocks on a socket of the JDK will hear of it
        }
    }

    /**
     * The virtual thread that the JDK gave {@code continuation} for, which is a lambda that has
     * captured it; null if that is not so in this JDK.
     */
    static @Nullable Thread threadOf(Runnable continuation) {
        for (Field field : continuation.getClass().getDeclaredFields()) {
            try {
                if (Thread.class.isAssignableFrom(field.getType()) && field.trySetAccessible()) {
                    return (Thread) field.get(continuation);
                }
            } catch (IllegalAccessException e) {
                throw new AssertionError(e); // it is accessible
            }
        }
        return null;
    }

    /** The turn of a task is also the executor that its thread has. */
    private static final class Mount extends Task.Turn implements Executor {
        private @Nullable Runnable continuation;

        Mount(Task<?> task) {
            super(task);
        }

        @Override
        public void execute(Runnable r) {
            if (continuation == null) {
                continuation = r; // the first to come is the task's own, from Thread.start
            }
            if (r == continuation) {
                task.scheduler().threadReady(task);
            } else {
                task.scheduler().foreignReady(r);
            }
        }
    }

    @Override
    public Task.Turn newTurn(Task<?> task) {
        return new Mount(task);
    }

    @Override
    public Thread newThread(Task<?> task, Runnable body) {
        MethodHandle newVirtualThread = NEW_VIRTUAL_THREAD;
        assert newVirtualThread != null;
        try {
            return (Thread)
                    newVirtualThread.invoke((Executor) task.turn, task.givenName(), 0, body);
        } catch (Throwable e) {
            throw new IllegalStateException("the JDK refused a virtual thread", e);
        }
    }

    @Override
    public void start(Task<?> task) {
        task.thread().start(); // comes back through execute
    }

    @Override
    public void run(Task<?> task) {
        Runnable continuation = ((Mount) task.turn).continuation;
        assert continuation != null : "not started";
        continuation.run();
    }

    @Override
    public boolean leave(Task<?> task) {
        TaskState meanwhile = task.state();
        interrupts.watchCurrentThread();
        Thread.yield();
        return task.state() != meanwhile;
    }

    @Override
    public void yield(Task<?> task) {
        task.state(TaskState.READY);
        try {
            Thread.yield();
        } finally {
            task.state(TaskState.RUNNING); // if it has not left: pinned, or no memory for its stack
        }
    }

    @Override
    public String name() {
        return "loop";
    }
}
