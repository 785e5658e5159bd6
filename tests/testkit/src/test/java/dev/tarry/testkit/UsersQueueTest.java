package dev.tarry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.runtime.Body;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.RunQueue;
import dev.tarry.scheduler.Scheduler;
import dev.tarry.scheduler.Task;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A run queue as a user writes it: it decides by the tasks, so it must be shown them. */
@Timeout(60)
@ParameterizedClass
@ValueSource(strings = {"loop", "handoff"})
class UsersQueueTest {
    @Parameter String carrier;

    private final String before = System.getProperty("tarry.carrier", "");

    @BeforeEach
    void choose() {
        System.setProperty("tarry.carrier", carrier);
    }

    @AfterEach
    void restore() {
        System.setProperty("tarry.carrier", before);
    }

    /** The task whose name comes last in the alphabet runs first. */
    private static final class ByName implements RunQueue {
        private final List<Runnable> ready = new ArrayList<>();
        private final List<String> seen = new ArrayList<>();

        @Override
        public void add(Runnable r) {
            Task<?> task = RunQueue.taskOf(r);
            seen.add(task == null ? "none" : task.name());
            ready.add(r);
        }

        @Override
        public Runnable take() {
            Runnable best = ready.getFirst();
            for (Runnable r : ready) {
                if (name(r).compareTo(name(best)) > 0) {
                    best = r;
                }
            }
            ready.remove(best);
            return best;
        }

        private static String name(Runnable r) {
            Task<?> task = RunQueue.taskOf(r);
            return task == null ? "" : task.name();
        }

        @Override
        public int size() {
            return ready.size();
        }
    }

    /** With every way in which a task gets ready. */
    private static Body program(List<String> order) {
        return () -> {
            Channel<Integer> channel = Channel.rendezvous();
            for (String name : List.of("b", "d", "a", "c")) {
                Tarry.spawn(
                        name,
                        () -> {
                            order.add(name);
                            Tarry.yieldNow();
                            order.add(name);
                            if (name.equals("a")) {
                                channel.send(1);
                            } else if (name.equals("b")) {
                                channel.receive();
                            } else {
                                Tarry.sleep(Duration.ofMillis(1));
                            }
                        });
            }
        };
    }

    private static void requireTasks(ByName queue, List<String> order) {
        assertThat(order).containsExactly("d", "d", "c", "c", "b", "b", "a", "a");
        assertThat(queue.seen).isNotEmpty().isSubsetOf("main", "a", "b", "c", "d");
    }

    @Test
    void inASimulation_itSeesTheTasks() {
        ByName queue = new ByName();
        List<String> order = new ArrayList<>();
        var unused = Simulation.builder().order(queue).run(program(order));
        requireTasks(queue, order);
    }

    @Test
    void inAScheduler_itSeesTheTasks() {
        ByName queue = new ByName();
        List<String> order = new ArrayList<>();
        Tarry.run(Scheduler.builder().runQueue(queue), program(order));
        requireTasks(queue, order);
    }

    /** What a task has started that is none is there, too, and is nobody's. */
    @Test
    void aThreadThatIsNoTask_isNoTask() {
        ByName queue = new ByName();
        var unused =
                Simulation.builder()
                        .order(queue)
                        .run(
                                () -> {
                                    Thread thread = Thread.startVirtualThread(() -> {});
                                    thread.join();
                                });
        boolean onTheLoop = queue.seen.contains("none");
        assertThat(onTheLoop).isEqualTo(carrier.equals("loop"));
    }

    @Test
    void aQueueThatInvents_isRefused() {
        RunQueue liar =
                new RunQueue() {
                    private final List<Runnable> ready = new ArrayList<>();

                    @Override
                    public void add(Runnable r) {
                        ready.add(r);
                    }

                    @Override
                    public Runnable take() {
                        Runnable first = ready.removeFirst();
                        return () -> first.run();
                    }

                    @Override
                    public int size() {
                        return ready.size();
                    }
                };
        assertThatThrownBy(() -> Simulation.builder().order(liar).run(() -> {}))
                .hasStackTraceContaining("the run queue gave what it does not hold");
    }
}
