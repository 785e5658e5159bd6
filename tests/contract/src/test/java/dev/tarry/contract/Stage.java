package dev.tarry.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.events.Reactor;
import dev.tarry.runtime.Body;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.Scheduler;
import dev.tarry.scheduler.Task;
import dev.tarry.scheduler.TaskState;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * What the subjects of one case share: a clock, another thread, and the end of the case, when all
 * that they have opened is closed, latest first.
 */
final class Stage implements AutoCloseable {
    private static final ExecutorService ELSEWHERE =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("elsewhere").factory());

    /**
     * How often to look where once is enough, unless the system tells to come again though there is
     * something.
     */
    static volatile int looks = 1;

    private final TestClock clock;
    private final Scheduler scheduler = Scheduler.current();
    private final Deque<Body> cleanups = new ArrayDeque<>();

    Stage(TestClock clock) {
        this.clock = clock;
    }

    TestClock clock() {
        return clock;
    }

    Reactor reactor() {
        return scheduler.reactor();
    }

    /** Runs {@code step} on a thread that has nothing to do with the loop, and waits for it. */
    void elsewhere(Body step) throws Exception {
        ELSEWHERE
                .submit(
                        () -> {
                            step.run();
                            return null;
                        })
                .get();
    }

    /** All that other threads and the system have told by now is with the events. */
    void settle() {
        for (int i = 0; i < looks; i++) {
            var unused = Tarry.wait(List.of(), Duration.ZERO);
        }
    }

    /** Closes {@code resource} at the end of the case. */
    <T extends AutoCloseable> T keep(T resource) {
        cleanups.push(resource::close);
        return resource;
    }

    void atEnd(Body step) {
        cleanups.push(step);
    }

    /** Starts a task that plays the other side, and ends with the case. */
    Task<?> partner(Body body) {
        Task<?> task = Tarry.spawn("partner", body);
        atEnd(
                () -> {
                    task.cancel();
                    var unused = Tarry.await(task.done());
                });
        return task;
    }

    /** Lets the others run until {@code task} waits, or has ended. */
    static void untilWaiting(Task<?> task) {
        while (task.state() != TaskState.WAITING && task.state() != TaskState.DONE) {
            Tarry.yieldNow();
        }
    }

    static void untilEnded(Task<?> task) {
        while (task.state() != TaskState.DONE) {
            Tarry.yieldNow();
        }
    }

    /** Ends the case; nothing may be left of it. */
    @Override
    public void close() throws Exception {
        while (!cleanups.isEmpty()) {
            cleanups.pop().run();
        }
        assertThat(reactor().timers()).as("timers left behind").isZero();
        assertThat(reactor().registrations()).as("descriptors left behind").isZero();
        assertThat(scheduler.tasks()).as("tasks left, this one included").isOne();
    }
}
