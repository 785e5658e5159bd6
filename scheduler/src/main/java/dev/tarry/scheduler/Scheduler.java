package dev.tarry.scheduler;

import dev.tarry.events.Backend;
import dev.tarry.events.Clock;
import dev.tarry.events.Loop;
import dev.tarry.events.Poller;
import dev.tarry.events.Reactor;
import dev.tarry.events.WakeupGuard;
import dev.tarry.events.internal.Headroom;
import dev.tarry.events.internal.Settings;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * One loop on one platform thread, and the tasks that run on it, one at a time. Between two waits a
 * task runs alone, so tasks of one scheduler share plain objects without locks.
 */
public final class Scheduler implements Loop, AutoCloseable {
    /** After so many waits in succession that did not have to park, a task lets the others run. */
    public static final int IMMEDIATE_WAITS = 128;

    /** A task that does not end though each of its waits throws is left alone after so many. */
    private static final int MOST_TURNS_AFTER_FAILURE = 1000;

    private static final long GRACE_AFTER_FAILURE_NANOS = 1_000_000_000;

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    // Immutable.
    private final String name;
    private final Poller poller;
    private final Reactor reactor;
    private final RandomGenerator random;
    private final Carrier carrier;
    private final Turns turns;
    private final CancelScope root;
    private final @Nullable Duration watchdogLimit;
    private final int blockingThreads;

    // Any thread.
    private final WakeupGuard guard;
    private final Inbox inbox;

    /** What other threads have cancelled, and the loop has not come to. */
    private final Queue<CancelScope> cancelsUnderWay = new ConcurrentLinkedQueue<>();

    // Written by the loop before it publishes itself among the running ones. A guest moves.
    private volatile @Nullable Thread loopThread;

    // Loop only. (`current` is read by others, which may see anything but themselves, and by the
    // watchdog, which may see it late.)
    private @Nullable Task<?> current;
    private @Nullable Thread acting; // a task's thread that does the work of the loop for a moment
    private long tasksStarted;
    private int tasksAlive;
    private final Deadlock deadlock = new Deadlock(this);
    private @Nullable Throwable failure;
    private boolean isGuest;
    private @Nullable Watchdog watchdog;

    private Scheduler(Builder builder) {
        name = builder.name + "-" + NUMBERS.incrementAndGet();
        // First these, since they may refuse, and the poller must be closed.
        watchdogLimit = builder.watchdog != null ? builder.watchdog : Watchdog.limitByProperty();
        blockingThreads =
                builder.blockingThreads != 0
                        ? builder.blockingThreads
                        : BlockingThreads.mostByProperty();
        random = builder.random != null ? builder.random : new SplittableRandom();
        carrier = Carrier.choose(this, builder.requireLoopCarrier);
        poller = builder.poller != null ? builder.poller : Backend.choose().open();
        guard = new WakeupGuard(poller::wakeup);
        inbox = new Inbox(guard);
        reactor = new Reactor(poller, builder.clock, this);
        turns = new Turns(reactor, builder.runQueue, inbox, guard, deadlock);
        root = new CancelScope(this, name, null, false);
    }

    /** How a scheduler is made. The defaults are those for production. */
    public static final class Builder {
        private String name = "tarry";
        private Clock clock = Clock.system();
        private @Nullable RandomGenerator random;
        private RunQueue runQueue = RunQueue.fifo();
        private @Nullable Poller poller;
        private @Nullable Duration watchdog;
        private int blockingThreads; // 0: not said
        private boolean requireLoopCarrier;

        private Builder() {}

        /** A name for messages; a number is added. */
        public Builder name(String name) {
            this.name = name;
            return this;
        }

        /** The time that timers go by. */
        public Builder clock(Clock clock) {
            this.clock = clock;
            return this;
        }

        /**
         * Where the tasks get random numbers from ({@code Tarry.random}), on the loop only. For
         * tests; otherwise it is a generator that nobody can foretell, though not one for secrets.
         */
        public Builder random(RandomGenerator random) {
            this.random = Objects.requireNonNull(random, "random");
            return this;
        }

        /** The order of the ready tasks. */
        public Builder runQueue(RunQueue runQueue) {
            this.runQueue = runQueue;
            return this;
        }

        /** A poller other than {@link Backend#choose} gives; the scheduler closes it. */
        public Builder poller(Poller poller) {
            this.poller = poller;
            return this;
        }

        /**
         * Demands that other tasks go on while one of them is in a JDK call that blocks, say a JDBC
         * driver or a lock: {@link #build} throws where they would not, since the JVM was started
         * without the flag for it. See {@link Task} for what else differs, which is nothing.
         */
        public Builder requireLoopCarrier() {
            requireLoopCarrier = true;
            return this;
        }

        /**
         * Logs a warning when a task holds the loop for longer than {@code limit}, with its stack
         * and what keeps it: a computation, a native method, a lock. A thread of its own looks at
         * the loop four times in that time; without this there is none. The property {@code
         * tarry.watchdog} does the same for all schedulers, in milliseconds.
         *
         * @throws IllegalArgumentException unless {@code limit} is a millisecond or more
         */
        public Builder watchdog(Duration limit) {
            Watchdog.check(limit);
            this.watchdog = limit;
            return this;
        }

        /**
         * How many threads at most run code that blocks ({@code Tarry.blocking}) for the tasks of
         * this scheduler at once; what comes beyond waits in a queue. The property {@code
         * tarry.blocking.threads} says it for all schedulers; 64 unless anybody says otherwise.
         *
         * @throws IllegalArgumentException unless {@code most} is 1 or more
         */
        public Builder blockingThreads(int most) {
            BlockingThreads.check(most);
            this.blockingThreads = most;
            return this;
        }

        /**
         * The scheduler.
         *
         * @throws IllegalStateException if the JVM cannot have the carrier that was required
         */
        public Scheduler build() {
            Settings.check();
            return new Scheduler(this);
        }
    }

    /** Begins to make one. */
    public static Builder builder() {
        return new Builder();
    }

    // ---- who is where

    /**
     * The scheduler of the task that calls this.
     *
     * @throws IllegalStateException outside a task
     */
    public static Scheduler current() {
        return Task.current().scheduler();
    }

    /** The task that calls this, or null. */
    public static @Nullable Task<?> currentTask() {
        return RunningSchedulers.currentTask();
    }

    /** The task that runs now. Other threads may see anything but themselves. */
    @Nullable Task<?> running() {
        return current;
    }

    @Override
    public boolean isCurrent() {
        Thread me = Thread.currentThread();
        Task<?> task = current;
        return task != null && task.thread() == me || loopThread == me || acting == me;
    }

    @Override
    public boolean post(Runnable action) {
        return inbox.post(action);
    }

    /** What this scheduler waits with. */
    public Reactor reactor() {
        return reactor;
    }

    Carrier carrier() {
        return carrier;
    }

    /** Which carrier runs the tasks: "loop" or "handoff". */
    public String carrierName() {
        return carrier.name();
    }

    Thread loopThread() {
        Thread thread = loopThread;
        assert thread != null : "not running";
        return thread;
    }

    /** See {@link Builder#blockingThreads}. */
    public int blockingThreads() {
        return blockingThreads;
    }

    /** The scope around all tasks. */
    public CancelScope root() {
        return root;
    }

    // ---- tasks

    /**
     * Starts a task. It begins to run after those that are ready now.
     *
     * @param name for messages and its thread; null, and it is called by its number
     * @param scope where it belongs: it is cancelled with it, and must end before it
     * @param onEnd called on the loop when the task has ended, with its outcome; must not wait
     */
    public <T extends @Nullable Object> Task<T> spawn(
            @Nullable String name,
            CancelScope scope,
            Callable<? extends T> body,
            Consumer<? super Task<T>> onEnd) {
        if (loopThread != null) {
            reactor.checkLoop();
        }
        Headroom.ensure();
        Task<T> task = new Task<>(this, name, ++tasksStarted, scope, body, onEnd);
        tasksAlive++;
        try {
            carrier.start(task);
        } catch (Throwable t) { // no memory for its stack
            tasksAlive--;
            task.ownScope().end();
            throw t;
        }
        return task;
    }

    /** For a thread that cancels {@code scope}: see Task.interruptFromOutside. */
    void cancelFromOutside(CancelScope scope, @Nullable Throwable reason) {
        cancelsUnderWay.add(scope);
        boolean posted =
                post(
                        () -> {
                            cancelsUnderWay.remove(scope);
                            scope.cancel(reason);
                        });
        Task<?> task = current;
        if (!posted) {
            cancelsUnderWay.remove(scope);
        } else if (task != null) {
            task.interruptFromOutside(scope);
        }
    }

    /** The loop has waited for some time for the task that runs. On the loop's thread. */
    void interruptOverdue() {
        try {
            Task<?> task = current;
            if (task != null) {
                task.interruptOverdue(reactor.nanos());
                // One that began to run after the cancel, but before the loop could come to it.
                cancelsUnderWay.forEach(task::interruptFromOutside);
            }
        } catch (RuntimeException | Error e) {
            // A user's clock. The loop must not go on while the task has the baton; it will look at
            // the clock itself, and fail for it then.
        }
    }

    /** How many tasks have not ended. */
    public int tasks() {
        return tasksAlive;
    }

    void ended() {
        tasksAlive--;
    }

    /** How many have ended. */
    long tasksEnded() {
        return tasksStarted - tasksAlive;
    }

    /** Whether the caller is the run queue, asked to take a task. */
    boolean isInRunQueue() {
        return turns.isAddingHere();
    }

    /** The wait of {@code task} is over: it runs in its turn. */
    void ready(Task<?> task) {
        assert task.state() == TaskState.WAITING;
        enqueue(task);
    }

    private void enqueue(Task<?> task) {
        turns.add(task.turn);
        task.turn.queued = true;
        task.state(TaskState.READY); // not before: what cannot be queued still waits
    }

    /**
     * The JDK says that the thread of {@code task} can run: it was started, has yielded, or what it
     * was blocked on has come. A task that waits has yielded, too, and stays away.
     *
     * <p>The JDK also says so after somebody has taken the stack of a thread that is off the loop,
     * since that cannot be run meanwhile: {@link #run} then comes back at once. Most of the time
     * nobody has tried, and the task must not get a second turn. Any thread.
     */
    void threadReady(Task<?> task) {
        if (!isCurrent()) {
            post(() -> threadReady(task));
        } else if (!task.turn.queued && hasLeft(task) && task.state() != TaskState.WAITING) {
            if (task.state() == TaskState.RUNNING) {
                turns.queue().blocked(task); // in a call of the JDK, which was over at once
            }
            enqueue(task);
        }
    }

    private static boolean hasLeft(Task<?> task) {
        return Thread.currentThread() != task.thread() || task.state() != TaskState.RUNNING;
    }

    /** A virtual thread that a task has started runs here, too, and is no task. Any thread. */
    void foreignReady(Runnable continuation) {
        if (!isCurrent()) {
            if (!post(() -> foreignReady(continuation))) {
                runElsewhere(continuation);
            }
        } else {
            deadlock.foreign().saw(continuation);
            turns.add(continuation);
        }
    }

    void run(Task<?> task) {
        runOnce(task);
        while (task.isAtomic()) { // it left all the same: in a call of the JDK
            turns.only(task); // nobody else runs before it goes on
            runOnce(task);
        }
    }

    private void runOnce(Task<?> task) {
        begin(task);
        carrier.run(task);
        current = null;
        if (task.state() == TaskState.RUNNING) { // it left in a call of the JDK
            turns.queue().blocked(task);
            task.leaveInJdkCall();
        }
    }

    private void begin(Task<?> task) {
        turns.countRun();
        current = task;
        task.begin();
    }

    /** How often a task began to run. */
    long runs() {
        return turns.runs();
    }

    /**
     * For a carrier that goes from one task to the next without the loop, which would cost two
     * threads a wake-up: the task that runs next, in this turn or in one begun here; null if the
     * loop has to come first, to sleep or to end. Called by the task that leaves.
     */
    @Nullable Task<?> beginNext() {
        Runnable next = null;
        actAsLoop();
        try {
            Headroom.ensure();
            if (failure == null && turns.hasMore(!isGuest)) {
                next = turns.take(); // throws perhaps, as the queue may be a user's
            }
        } catch (StackOverflowError e) {
            next = null; // the loop has a stack of its own
        } catch (Throwable t) {
            fail(t);
        } finally {
            acting = null;
        }
        if (next instanceof Task.Turn turn) {
            begin(turn.task);
            return turn.task;
        }
        return null;
    }

    /** Somebody interrupts tasks that wait. We are not told which. */
    void cancelInterruptedTasks() {
        root.forEachTask(
                task -> {
                    if (task.state() == TaskState.WAITING
                            && task.thread().isInterrupted()
                            && !task.isCancelAnnounced()) {
                        task.cancelInterrupted();
                    }
                });
    }

    // ---- the loop

    /**
     * Makes the calling platform thread the loop until all tasks have ended. Interrupting that
     * thread cancels them all.
     *
     * @throws DeadlockException if they wait for each other and nobody outside can help
     */
    public void run() {
        Interrupts interrupts = new Interrupts(() -> root.cancel(new InterruptedException()));
        enter();
        try {
            interrupts.watchCurrentThread();
            while (tasksAlive > 0 && failure == null) {
                turns.turn();
            }
        } catch (Throwable t) {
            fail(t);
        } finally {
            interrupts.forgetCurrentThread();
            leave();
            if (root.reason() instanceof InterruptedException) {
                Thread.currentThread().interrupt(); // a task of ours may have cleared it
            }
        }
        throwFailure();
    }

    boolean hasFailed() {
        return failure != null;
    }

    void throwFailure() {
        DeadlockException found = deadlock.found();
        if (failure != null && failure != found) {
            throw new IllegalStateException("the scheduler " + name + " has failed", failure);
        }
        if (found != null) {
            throw found;
        }
    }

    /** What a turn does before it runs tasks: for a task that looks and does not wait. */
    void look() {
        Task<?> looking = current;
        actAsLoop();
        try {
            turns.look();
        } catch (Throwable t) {
            fail(t); // not the fault of the task that happens to look
        } finally {
            acting = null;
            current = looking;
        }
    }

    /**
     * What is posted and due runs next, on the thread of a task: it must not take that for its own.
     */
    private void actAsLoop() {
        acting = Thread.currentThread();
        current = null;
    }

    /** Random numbers for the tasks: see {@link Builder#random}. Loop only. */
    public RandomGenerator random() {
        return random;
    }

    /** The time of the clock when the loop last looked at it: a moment ago. */
    long recentNanos() {
        return turns.lookedAt();
    }

    /** An error that is nobody's task's: the loop stops with it. */
    void fail(Throwable t) {
        if (failure == null) {
            failure = t;
        } else if (failure != t) {
            failure.addSuppressed(t);
        }
    }

    /** Other threads give this scheduler work to do, so that it is never deadlocked. */
    public void serve() {
        deadlock.ruleOut();
    }

    /**
     * Says that somebody outside may still come to wake or cancel tasks, of whom this scheduler
     * cannot know otherwise: until the answer is closed, no deadlock is reported.
     *
     * @param who for the dump
     * @throws WrongThreadException on another thread than the loop's; before {@link #run}, on any
     */
    public Outsider expectOutsider(String who) {
        if (loopThread != null) {
            reactor.checkLoop();
        }
        Outsider outsider = new Outsider(this, who);
        deadlock.expect(outsider);
        return outsider;
    }

    /** Any thread. */
    void noLongerExpects(Outsider outsider) {
        if (isCurrent()) {
            deadlock.noLongerExpect(outsider);
        } else {
            post(() -> deadlock.noLongerExpect(outsider));
        }
    }

    /** Those whom it expects from outside. */
    List<Outsider> expected() {
        return deadlock.expected();
    }

    /**
     * A line for each task: its state, what it waits for and since when, and where it belongs.
     * Called on the loop; from elsewhere what it shows may be mixed from several moments.
     */
    public String dump() {
        return Dump.of(this);
    }

    // ---- the loop inside another one: see GuestLoop

    void enterAsGuest() {
        isGuest = true;
        serve(); // the host can help
        enter();
    }

    /** Whether the loop's thread lives. Any thread. */
    boolean isLoopAlive() {
        Thread thread = loopThread;
        return thread != null && thread.isAlive();
    }

    /** From now on {@code thread} is the loop. For guests, outside a turn. Answers which was. */
    @Nullable Thread moveTo(Thread thread) {
        Thread before = loopThread;
        loopThread = thread;
        return before;
    }

    /** The host shall run a turn soon. */
    void wakeHost() {
        guard.wake();
    }

    /** One turn. Answers how long the host may sleep if {@link Reactor#fd} tells nothing. */
    long guestTurn(long mostNanos) {
        return turns.guestTurn(mostNanos);
    }

    // ---- begin and end

    private void enter() {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("a loop needs a platform thread");
        }
        loopThread = Thread.currentThread();
        try {
            turns.start();
            RunningSchedulers.add(this);
            if (watchdogLimit != null) {
                watchdog = Watchdog.start(this, watchdogLimit);
            }
        } catch (Throwable t) { // a user's clock, or no thread for the watchdog
            RunningSchedulers.remove(this);
            loopThread = null; // close() closes the poller
            throw t;
        }
    }

    void leave() {
        if (failure != null) {
            windDown(failure);
        }
        if (watchdog != null) {
            watchdog.close();
        }
        try {
            inbox.close();
            reactor.close();
        } catch (Throwable t) {
            fail(t);
            closePoller();
        }
        loopThread = null;
        RunningSchedulers.remove(this);
        leaveForeignThreads();
    }

    /** It may be a user's, and what it throws must not keep the rest from ending. */
    private void closePoller() {
        try {
            poller.close();
        } catch (Throwable t) {
            fail(t);
        }
    }

    /**
     * The loop has failed. Its tasks are cancelled, so that their cleanup runs: for a moment with
     * all that still works; then, since what they wait for may never come, with waits that throw
     * behind shields, too, and without the system.
     */
    private void windDown(Throwable cause) {
        turns.replaceQueue(root);
        try {
            root.cancel(cause);
            long end = System.nanoTime() + GRACE_AFTER_FAILURE_NANOS;
            while (tasksAlive > 0 && System.nanoTime() - end < 0) {
                turns.turn(1_000_000);
            }
        } catch (Throwable t) {
            fail(t);
        }
        root.cancelThroughShields(cause);
        for (int i = 0; tasksAlive > 0 && i < MOST_TURNS_AFTER_FAILURE; i++) {
            if (!turns.turnWithoutSystem()) {
                LockSupport.parkNanos(1_000_000); // some may be on their way out of a JDK call
            }
        }
    }

    /** The virtual threads that tasks have started are not over with the tasks. */
    private void leaveForeignThreads() {
        RunQueue queue = turns.queue();
        try {
            while (queue.size() > 0) {
                Runnable ready = queue.take();
                if (!(ready instanceof Task.Turn)) {
                    runElsewhere(ready);
                }
            }
        } catch (Throwable t) {
            fail(t); // a user's queue
        }
    }

    /** From now on it is a virtual thread like any other. */
    private static void runElsewhere(Runnable continuation) {
        ForkJoinPool.commonPool().execute(continuation);
    }

    /** Releases what a scheduler holds that was made and never run. After {@link #run}, nothing. */
    @Override
    public void close() {
        if (loopThread == null) {
            poller.close();
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
