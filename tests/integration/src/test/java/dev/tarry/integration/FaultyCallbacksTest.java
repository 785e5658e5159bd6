package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.google.common.util.concurrent.AbstractFuture;

import dev.tarry.events.BaseEvent;
import dev.tarry.events.Event;
import dev.tarry.events.Outcome;
import dev.tarry.events.Reactor;
import dev.tarry.events.Timer;
import dev.tarry.events.Waiter;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;
import dev.tarry.runtime.guava.ListenableFutures;
import dev.tarry.scheduler.Scheduler;
import dev.tarry.scheduler.Task;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.Stream;

/**
 * Whatever code of users does that the library calls, or an object of theirs: it throws anything,
 * it waits, it blocks. The other tasks of the scheduler hear nothing of it.
 */
@Timeout(300)
class FaultyCallbacksTest {

    /** What the code of a user does. */
    private enum Fault {
        EXCEPTION {
            @Override
            void happen() {
                throw new IllegalStateException("an exception");
            }
        },
        CHECKED {
            @Override
            void happen() {
                throw FaultyCallbacksTest.<RuntimeException>sneaky(new Exception("checked"));
            }
        },
        ERROR {
            @Override
            void happen() {
                throw new AssertionError("an error");
            }
        },
        OVERFLOW {
            @Override
            void happen() {
                recurse(1);
            }
        },
        MEMORY {
            @Override
            void happen() {
                throw new OutOfMemoryError("made up");
            }
        },
        WAITS {
            @Override
            void happen() {
                Tarry.sleep(Duration.ofNanos(1));
            }
        },
        YIELDS {
            @Override
            void happen() {
                Tarry.yield();
            }
        },
        OPENS_A_SCOPE {
            @Override
            void happen() {
                Scope.run(scope -> scope.spawn(() -> {}));
            }
        },
        BLOCKS {
            @Override
            void happen() {
                try {
                    Thread.sleep(1);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        };

        abstract void happen();

        @SuppressWarnings("InfiniteRecursion") // that is the fault
        private static int recurse(int depth) {
            return recurse(depth + 1) + 1;
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the compiler need not know
    private static <X extends Throwable> X sneaky(Throwable t) throws X {
        throw (X) t;
    }

    /** Where the library calls a user's code. */
    private interface Place {
        void with(Runnable fault) throws Exception;
    }

    private static final Map<String, Place> PLACES = new LinkedHashMap<>();

    static {
        PLACES.put("body of a task", fault -> Scope.run(s -> s.spawn(fault::run)));
        PLACES.put("body of a scope", fault -> Scope.run(s -> fault.run()));
        PLACES.put("body of a shield", fault -> Scope.shielded(s -> fault.run()));
        PLACES.put(
                "body within a limit",
                fault ->
                        Scope.within(
                                Duration.ofDays(1),
                                s -> {
                                    fault.run();
                                    return 0;
                                }));
        PLACES.put("section", fault -> Tarry.atomically(fault::run));
        PLACES.put(
                "supervisor",
                fault -> Scope.supervise((task, e) -> fault.run(), FaultyCallbacksTest::failing));
        PLACES.put(
                "supervisor that rethrows",
                fault ->
                        Scope.supervise(
                                (task, e) -> {
                                    throw FaultyCallbacksTest.<RuntimeException>sneaky(e);
                                },
                                s -> s.spawn(fault::run)));
        PLACES.put(
                "end of a task",
                fault -> {
                    Scheduler scheduler = Scheduler.current();
                    Task<String> task =
                            scheduler.spawn("t", scheduler.root(), () -> "", t -> fault.run());
                    Tarry.await(task.done());
                });
        PLACES.put("blocking", fault -> Tarry.blocking(() -> run(fault)));
        PLACES.put("posted", fault -> Scheduler.current().reactor().post(fault));
        PLACES.put("posted from outside", FaultyCallbacksTest::postedFromOutside);
        PLACES.put("timer", FaultyCallbacksTest::timer);
        PLACES.put(
                "companion",
                fault -> {
                    Reactor reactor = Scheduler.current().reactor();
                    reactor.companion(new Object(), Object.class, key -> run(fault));
                });
        PLACES.put("held until the end", fault -> hold(fault::run));
        for (Part part : Part.values()) {
            PLACES.put("event, " + part, fault -> Tarry.await(new Faulty(part, fault), moment()));
            PLACES.put(
                    "event among others, " + part,
                    fault ->
                            Tarry.wait(
                                    List.of(
                                            Channel.rendezvous().receiving(),
                                            new Faulty(part, fault),
                                            Events.after(moment())),
                                    moment()));
        }
        PLACES.put(
                "size of a collection", fault -> Tarry.wait(new FaultyList(fault, true), moment()));
        PLACES.put("a collection", fault -> Tarry.wait(new FaultyList(fault, false), moment()));
        PLACES.put(
                "stage",
                fault ->
                        Tarry.await(
                                Events.done(
                                        new CompletableFuture<String>() {
                                            @Override
                                            public CompletableFuture<String> toCompletableFuture() {
                                                fault.run();
                                                return super.toCompletableFuture();
                                            }
                                        }),
                                moment()));
        PLACES.put(
                "listener of a future",
                fault -> Tarry.await(ListenableFutures.done(refusing(fault)), moment()));
        PLACES.put(
                "thread that does not say how it is",
                fault ->
                        Tarry.await(
                                Events.end(
                                        new Thread() {
                                            @Override
                                            public State getState() {
                                                fault.run();
                                                return State.RUNNABLE;
                                            }
                                        }),
                                moment()));
        PLACES.put(
                "reason of a cancel",
                fault ->
                        Scope.run(
                                s ->
                                        s.cancel(
                                                new Exception() {
                                                    private static final long serialVersionUID = 1L;

                                                    @Override
                                                    public String getMessage() {
                                                        fault.run();
                                                        return "";
                                                    }
                                                })));
        PLACES.put(
                "dump",
                fault -> {
                    Task<?> waiting =
                            Tarry.spawn(
                                    () -> Tarry.await(new Faulty(Part.TO_STRING, fault), moment()));
                    Tarry.yield();
                    assertThat(Scheduler.current().dump()).contains("main");
                    waiting.cancel();
                });
    }

    private static void failing(Scope scope) {
        scope.spawn(
                () -> {
                    throw new IllegalStateException("for the supervisor");
                });
    }

    private static Object run(Runnable fault) {
        fault.run();
        return "";
    }

    private static Duration moment() {
        return Duration.ofMillis(1);
    }

    private static void postedFromOutside(Runnable fault) throws InterruptedException {
        Reactor reactor = Scheduler.current().reactor();
        Thread thread = Thread.ofPlatform().start(() -> reactor.post(fault));
        while (thread.isAlive()) {
            Tarry.yield();
        }
    }

    private static void timer(Runnable fault) {
        Reactor reactor = Scheduler.current().reactor();
        reactor.schedule(
                new Timer() {
                    @Override
                    protected void fire() {
                        fault.run();
                    }
                },
                reactor.nanos());
        Tarry.sleep(moment());
    }

    private static void hold(AutoCloseable resource) {
        Scheduler.current().reactor().holding(resource);
    }

    private static AbstractFuture<String> refusing(Runnable fault) {
        return new AbstractFuture<>() {
            @Override
            public void addListener(Runnable listener, Executor executor) {
                super.addListener(listener, executor);
                fault.run();
            }
        };
    }

    private enum Part {
        POLL,
        ARM,
        ARM_WHEN_QUEUED,
        DISARM,
        IS_CLAIM,
        WOKEN_ONLY_BY_TASKS,
        TO_STRING
    }

    /** An event that does it in one of its functions. */
    private static final class Faulty implements BaseEvent<String> {
        private final Part part;
        private final Runnable fault;
        private final dev.tarry.events.WaitQueue waiters = new dev.tarry.events.WaitQueue();

        Faulty(Part part, Runnable fault) {
            this.part = part;
            this.fault = fault;
        }

        private void maybe(Part here) {
            if (part == here) {
                fault.run();
            }
        }

        @Override
        public @Nullable Outcome<String> poll(Reactor reactor) {
            maybe(Part.POLL);
            return null;
        }

        @Override
        public void arm(Waiter waiter) {
            maybe(Part.ARM);
            waiters.add(waiter);
            maybe(Part.ARM_WHEN_QUEUED);
        }

        @Override
        public void disarm(Waiter waiter) {
            maybe(Part.DISARM);
            waiters.remove(waiter);
        }

        @Override
        public boolean isClaim() {
            maybe(Part.IS_CLAIM);
            return true;
        }

        @Override
        public boolean wokenOnlyByTasks() {
            maybe(Part.WOKEN_ONLY_BY_TASKS);
            return false;
        }

        @Override
        public String toString() {
            maybe(Part.TO_STRING);
            return "faulty " + part;
        }
    }

    private static final class FaultyList extends AbstractList<Event<?>> {
        private final Runnable fault;
        private final boolean inSize;

        FaultyList(Runnable fault, boolean inSize) {
            this.fault = fault;
            this.inSize = inSize;
        }

        @Override
        public Event<?> get(int index) {
            return Events.after(moment());
        }

        @Override
        public Iterator<Event<?>> iterator() {
            if (!inSize) {
                fault.run();
            }
            return super.iterator();
        }

        @Override
        public int size() {
            if (inSize) {
                fault.run();
            }
            return 2;
        }
    }

    private static void play(String carrier, Place place, Fault fault) {
        int[] exchanged = {0};
        boolean[] cleaned = {false};
        try {
            Runs.on(
                    carrier,
                    () -> {
                        Channel<Integer> channel = Channel.rendezvous();
                        boolean[] over = {false};
                        Tarry.spawn(
                                () -> {
                                    for (int i = 0; !over[0]; i++) {
                                        channel.send(i);
                                    }
                                    channel.close();
                                });
                        Task<?> bystander =
                                Tarry.spawn(
                                        () -> {
                                            try {
                                                channel.forEach(message -> exchanged[0]++);
                                                Tarry.sleep(moment());
                                            } finally {
                                                cleaned[0] = true;
                                            }
                                        });
                        Task<?> victim = Tarry.spawn(() -> place.with(fault::happen));
                        Tarry.await(victim.done());
                        int before = exchanged[0];
                        while (exchanged[0] < before + 20) {
                            Tarry.yield();
                        }
                        over[0] = true;
                        bystander.join();
                    });
        } catch (RuntimeException | Error e) {
            // The failure of the victim's, thrown at the end; not one of the scheduler's own.
            assertThat(String.valueOf(e.getMessage())).doesNotContain("has failed and");
            assertThat(e.toString()).doesNotContain("the scheduler");
        }
        assertThat(cleaned[0]).as("the bystander has come to its end").isTrue();
        assertThat(exchanged[0]).isGreaterThanOrEqualTo(20);
    }

    @TestFactory
    Stream<DynamicTest> everyPlace() {
        List<DynamicTest> tests = new ArrayList<>();
        for (String carrier : List.of("loop", "handoff")) {
            PLACES.forEach(
                    (name, place) -> {
                        for (Fault fault : Fault.values()) {
                            tests.add(
                                    dynamicTest(
                                            carrier + ", " + name + ", " + fault,
                                            () -> play(carrier, place, fault)));
                        }
                    });
        }
        return tests.stream();
    }
}
