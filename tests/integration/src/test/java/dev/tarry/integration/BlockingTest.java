package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.tarry.runtime.Events;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.ScopeTimeoutException;
import dev.tarry.runtime.Tarry;
import dev.tarry.runtime.TarryService;
import dev.tarry.scheduler.CancelledException;
import dev.tarry.scheduler.Scheduler;
import dev.tarry.scheduler.Task;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Code that blocks its thread, on threads of its own. */
@Timeout(60)
class BlockingTest {

    /** Code that says when it has begun, and then sleeps until it is interrupted. */
    private static final class Sleeper {
        private final CompletableFuture<Thread> begun = new CompletableFuture<>();
        private final AtomicBoolean ended = new AtomicBoolean();

        /** Throws the interrupt. */
        String sleep() throws InterruptedException {
            begun.complete(Thread.currentThread());
            try {
                new CountDownLatch(1).await();
                throw new AssertionError();
            } finally {
                ended.set(true);
            }
        }

        /** Takes the interrupt for a request to come to an end, and has something to return. */
        String sleepAndReturn(String value) {
            try {
                return sleep();
            } catch (InterruptedException e) {
                return value;
            }
        }

        void awaitBegun() {
            var unused = Tarry.await(Events.done(begun));
        }
    }

    /** Runs {@code body} in a task, cancels it once {@code sleeper} sleeps, and waits for it. */
    private static void cancelOnceAsleep(Sleeper sleeper, Task<?> task) {
        sleeper.awaitBegun();
        task.cancel();
        Tarry.await(task.done());
    }

    // ---- how a cancel ends it

    @BothCarriers
    void cancelledCode_isWaitedFor_andWhatItReturnsIsReturned(String carrier) {
        Sleeper sleeper = new Sleeper();
        List<Object> log = new ArrayList<>();
        Runs.on(
                carrier,
                () ->
                        cancelOnceAsleep(
                                sleeper,
                                Tarry.spawn(
                                        () -> {
                                            log.add(
                                                    Tarry.blocking(
                                                            () ->
                                                                    sleeper.sleepAndReturn(
                                                                            "resource")));
                                            log.add(catchThrowable(() -> Tarry.sleep(TICK)));
                                        })));
        assertThat(log).hasSize(2).startsWith("resource");
        assertThat(log.get(1)).isInstanceOf(CancelledException.class);
    }

    private static final Duration TICK = Duration.ofMillis(1);

    @BothCarriers
    void codeThatThrowsTheInterrupt_isTheCancel_onceItHasEnded(String carrier) {
        Sleeper sleeper = new Sleeper();
        List<Throwable> thrown = new ArrayList<>();
        Runs.on(
                carrier,
                () ->
                        cancelOnceAsleep(
                                sleeper,
                                Tarry.spawn(
                                        () -> {
                                            thrown.add(
                                                    catchThrowable(
                                                            () -> Tarry.blocking(sleeper::sleep)));
                                            assertThat(sleeper.ended).isTrue();
                                        })));
        assertThat(thrown.getFirst())
                .isInstanceOf(CancelledException.class)
                .satisfies(
                        e ->
                                assertThat(e.getSuppressed())
                                        .hasAtLeastOneElementOfType(InterruptedException.class));
    }

    @BothCarriers
    void cancelledCode_thatFails_throwsWhatItThrew(String carrier) {
        IOException failure = new IOException("half written");
        Sleeper sleeper = new Sleeper();
        List<Throwable> thrown = new ArrayList<>();
        Callable<String> code =
                () -> {
                    String unused = sleeper.sleepAndReturn("");
                    throw failure;
                };
        Runs.on(
                carrier,
                () ->
                        cancelOnceAsleep(
                                sleeper,
                                Tarry.spawn(
                                        () ->
                                                thrown.add(
                                                        catchThrowable(
                                                                () ->
                                                                        Tarry.blocking(
                                                                                code::call))))));
        assertThat(thrown.getFirst()).isSameAs(failure);
    }

    @BothCarriers
    void codeThatIgnoresTheInterrupt_isWaitedFor(String carrier) throws Exception {
        CompletableFuture<Thread> begun = new CompletableFuture<>();
        CountDownLatch end = new CountDownLatch(1);
        CompletableFuture<String> result = new CompletableFuture<>();
        System.setProperty("tarry.carrier", carrier);
        try (TarryService tarry = Tarry.start()) {
            CompletableFuture<Void> task =
                    tarry.submit(
                            () -> {
                                result.complete(
                                        Tarry.blocking(
                                                () -> {
                                                    begun.complete(Thread.currentThread());
                                                    awaitUninterrupted(end);
                                                    return "came to its end";
                                                }));
                            });
            Thread thread = begun.get();
            task.cancel(true);
            // The other tasks run, with the cancel behind them, and it is still at work.
            for (int i = 0; i < 100; i++) {
                tarry.submit(() -> Tarry.sleep(Duration.ZERO)).get();
            }
            assertThat(result).isNotDone();
            assertThat(thread.isAlive()).isTrue();
            end.countDown();
            assertThat(result.get()).isEqualTo("came to its end");
        } finally {
            System.clearProperty("tarry.carrier");
        }
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        while (true) {
            try {
                latch.await();
                return;
            } catch (InterruptedException e) {
                // that is what it is about
            }
        }
    }

    @BothCarriers
    void aLimit_interruptsTheCode(String carrier) {
        Sleeper sleeper = new Sleeper();
        Runs.on(
                carrier,
                () ->
                        assertThatThrownBy(
                                        () ->
                                                Scope.within(
                                                        TICK, s -> Tarry.blocking(sleeper::sleep)))
                                .isInstanceOf(ScopeTimeoutException.class));
        assertThat(sleeper.begun.isDone()).isEqualTo(sleeper.ended.get());
    }

    @BothCarriers
    void anInterruptOfTheTask_interruptsTheCode(String carrier) {
        Sleeper sleeper = new Sleeper();
        Runs.on(
                carrier,
                () -> {
                    Task<?> task = Tarry.spawn(() -> Tarry.blocking(sleeper::sleep));
                    sleeper.awaitBegun();
                    task.thread().interrupt();
                    Tarry.await(task.done());
                    assertThat(sleeper.ended).isTrue();
                });
    }

    @BothCarriers
    void behindAShield_nothingIsInterrupted(String carrier) {
        CompletableFuture<Thread> begun = new CompletableFuture<>();
        CountDownLatch end = new CountDownLatch(1);
        List<Object> log = new ArrayList<>();
        Callable<String> code =
                () -> {
                    begun.complete(Thread.currentThread());
                    end.await();
                    return "written";
                };
        Runs.on(
                carrier,
                () -> {
                    Task<?> task =
                            Tarry.spawn(
                                    () -> {
                                        log.add(Scope.shield(s -> Tarry.blocking(code::call)));
                                        log.add(catchThrowable(() -> Tarry.sleep(TICK)));
                                    });
                    var unused = Tarry.await(Events.done(begun));
                    task.cancel();
                    Tarry.sleep(TICK);
                    end.countDown();
                    Tarry.await(task.done());
                });
        assertThat(log.getFirst()).isEqualTo("written");
        assertThat(log.get(1)).isInstanceOf(CancelledException.class);
    }

    @BothCarriers
    void inACancelledScope_theCodeIsNotStarted(String carrier) {
        AtomicInteger started = new AtomicInteger();
        Runs.on(
                carrier,
                () -> {
                    Scope.run(
                            scope -> {
                                scope.cancel();
                                assertThatThrownBy(() -> Tarry.blocking(started::incrementAndGet))
                                        .isInstanceOf(CancelledException.class);
                            });
                    Task<?> task = Tarry.spawn(() -> Tarry.blocking(started::incrementAndGet));
                    task.cancel(); // before it has begun
                    Tarry.await(task.done());
                    // Whatever was handed to the threads before this has begun before this.
                    assertThat(Tarry.<Integer>blocking(started::get)).isZero();
                });
        assertThat(started).hasValue(0);
    }

    // ---- what it throws

    static Stream<Throwable> failures() {
        return Stream.of(
                new IOException("disk on fire"),
                new IllegalStateException("not now"),
                new CompletionException(new IOException("inside")),
                new CompletionException("alone", null),
                new CancellationException("by hand"),
                new ExecutionException(new IOException("inside")),
                new InterruptedException("of its own"),
                new ClosedByInterruptException(),
                new StackOverflowError("too deep"),
                new OutOfMemoryError("pretended"),
                new AssertionError("wrong"),
                new Throwable("neither exception nor error"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void whatTheCodeThrows_arrivesAsItWasThrown(Throwable failure) {
        for (String carrier : List.of("loop", "handoff")) {
            Runs.on(
                    carrier,
                    () ->
                            assertThat(catchThrowable(() -> Tarry.blocking(() -> raise(failure))))
                                    .isSameAs(failure));
        }
    }

    @SuppressWarnings("unchecked")
    private static <X extends Throwable> String raise(Throwable failure) throws X {
        throw (X) failure;
    }

    @BothCarriers
    void null_isAValue(String carrier) {
        Runs.on(carrier, () -> assertThat(Tarry.<Object>blocking(() -> null)).isNull());
    }

    // ---- its threads

    private static Scheduler.Builder threads(int most) {
        return Scheduler.builder().blockingThreads(most);
    }

    @BothCarriers
    void threads_areBounded(String carrier) {
        AtomicInteger busy = new AtomicInteger();
        AtomicInteger mostBusy = new AtomicInteger();
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        AtomicInteger ran = new AtomicInteger();
        Runs.on(
                carrier,
                threads(3),
                () ->
                        Scope.run(
                                scope -> {
                                    for (int i = 0; i < 200; i++) {
                                        scope.spawn(
                                                () ->
                                                        Tarry.blocking(
                                                                () -> {
                                                                    int now =
                                                                            busy.incrementAndGet();
                                                                    mostBusy.accumulateAndGet(
                                                                            now, Math::max);
                                                                    threads.add(
                                                                            Thread.currentThread());
                                                                    ran.incrementAndGet();
                                                                    Thread.yield();
                                                                    return busy.decrementAndGet();
                                                                }));
                                    }
                                }));
        assertThat(mostBusy).hasValueBetween(1, 3);
        assertThat(threads).hasSizeBetween(1, 3);
        assertThat(ran).hasValue(200);
    }

    @BothCarriers
    void oneThread_isStrictlyFirstComeFirstServed(String carrier) {
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        Runs.on(
                carrier,
                threads(1),
                () ->
                        Scope.run(
                                scope -> {
                                    for (int i = 0; i < 100; i++) {
                                        int number = i;
                                        scope.spawn(() -> Tarry.blocking(() -> order.add(number)));
                                    }
                                }));
        assertThat(order).hasSize(100).isSorted();
    }

    @Test
    void theBound_canBeSetForTheWholeJvm() {
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        System.setProperty("tarry.blocking.threads", "2");
        try {
            Tarry.run(() -> useManyThreads(threads, 100));
        } finally {
            System.clearProperty("tarry.blocking.threads");
        }
        assertThat(threads).hasSizeBetween(1, 2);
    }

    /** All that may, run at once; more do not come, though all others have asked. */
    @Test
    void byDefault_threadsAreBounded() {
        CompletableFuture<Boolean> full = new CompletableFuture<>();
        CountDownLatch end = new CountDownLatch(1);
        AtomicInteger busy = new AtomicInteger();
        Callable<Integer> code =
                () -> {
                    if (busy.incrementAndGet() == 64) {
                        full.complete(true);
                    }
                    end.await();
                    return busy.get();
                };
        Tarry.run(
                () -> {
                    List<Task<Integer>> tasks = new ArrayList<>();
                    for (int i = 0; i < 1_000; i++) {
                        tasks.add(Tarry.spawn(() -> Tarry.<Integer>blocking(code::call)));
                    }
                    var unused = Tarry.await(Events.done(full));
                    Tarry.yieldNow();
                    tasks.subList(64, 1_000).forEach(Task::cancel);
                    Tarry.sleep(TICK);
                    end.countDown();
                });
        assertThat(busy).hasValue(64);
    }

    private static void useManyThreads(Set<Thread> threads, int jobs) {
        Scope.run(
                scope -> {
                    for (int i = 0; i < jobs; i++) {
                        scope.spawn(
                                () ->
                                        Tarry.blocking(
                                                () -> {
                                                    Thread.sleep(1);
                                                    return threads.add(Thread.currentThread());
                                                }));
                    }
                });
    }

    @Test
    void aBoundThatIsNone_isRefused() {
        assertThatThrownBy(() -> Scheduler.builder().blockingThreads(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 or more, not 0");
        for (String bad : List.of("0", "-3", "many")) {
            System.setProperty("tarry.blocking.threads", bad);
            try {
                assertThatThrownBy(() -> Tarry.run(() -> {}))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("tarry.blocking.threads")
                        .hasMessageContaining("not '" + bad + "'");
            } finally {
                System.clearProperty("tarry.blocking.threads");
            }
        }
    }

    @BothCarriers
    void aQueuedOneThatIsCancelled_isNeverStarted(String carrier) {
        Sleeper sleeper = new Sleeper();
        AtomicInteger started = new AtomicInteger();
        Runs.on(
                carrier,
                threads(1),
                () -> {
                    Task<?> first = Tarry.spawn(() -> Tarry.blocking(sleeper::sleep));
                    sleeper.awaitBegun();
                    List<Task<?>> queued = new ArrayList<>();
                    for (int i = 0; i < 10; i++) {
                        queued.add(Tarry.spawn(() -> Tarry.blocking(started::incrementAndGet)));
                    }
                    Tarry.sleep(TICK);
                    for (Task<?> task : queued) {
                        task.cancel();
                        Tarry.await(task.done()); // though the only thread is taken
                    }
                    assertThat(sleeper.ended).isFalse();
                    Task<?> last = Tarry.spawn(() -> Tarry.blocking(() -> started.addAndGet(100)));
                    first.cancel();
                    Tarry.await(last.done());
                });
        assertThat(started).hasValue(100);
    }

    /** The cancel of one piece of code comes just when it ends, and the thread takes the next. */
    @BothCarriers
    void anInterrupt_neverHitsTheNextCodeOfTheThread(String carrier) {
        AtomicInteger interrupted = new AtomicInteger();
        Runs.on(
                carrier,
                threads(1),
                () -> {
                    for (int round = 0; round < 2_000; round++) {
                        int spins = round % 50;
                        CompletableFuture<Boolean> begun = new CompletableFuture<>();
                        Task<?> first =
                                Tarry.spawn(
                                        () ->
                                                Tarry.blocking(
                                                        () -> {
                                                            begun.complete(true);
                                                            return spin(spins);
                                                        }));
                        Task<?> second =
                                Tarry.spawn(() -> Tarry.blocking(() -> countIf(interrupted)));
                        var unused = Tarry.await(Events.done(begun));
                        first.cancel();
                        Tarry.await(second.done());
                        Tarry.await(first.done());
                    }
                });
        assertThat(interrupted).hasValue(0);
    }

    /** The cancel comes just when the thread takes the code. */
    @BothCarriers
    void anInterrupt_isNeverLost(String carrier) {
        CountDownLatch never = new CountDownLatch(1);
        Runs.on(
                carrier,
                threads(1),
                () -> {
                    for (int round = 0; round < 2_000; round++) {
                        Task<?> task = Tarry.spawn(() -> Tarry.blocking(() -> await(never)));
                        for (int i = 0; i < round % 4; i++) {
                            Tarry.yieldNow();
                        }
                        int unused = spin(round % 20);
                        task.cancel();
                        Tarry.await(task.done());
                    }
                });
    }

    private static boolean await(CountDownLatch latch) throws InterruptedException {
        latch.await();
        return true;
    }

    private static int spin(int times) {
        for (int i = 0; i < times * 100; i++) {
            Thread.onSpinWait();
        }
        return times;
    }

    private static boolean countIf(AtomicInteger interrupted) {
        for (int i = 0; i < 20; i++) {
            if (Thread.currentThread().isInterrupted()) {
                interrupted.incrementAndGet();
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    @BothCarriers
    void anInterruptThatTheCodeLeftBehind_doesNotHitTheNext(String carrier) {
        Runs.on(
                carrier,
                threads(1),
                () -> {
                    Tarry.blocking(
                            () -> {
                                Thread.currentThread().interrupt();
                                return true;
                            });
                    assertThat(Tarry.<Boolean>blocking(Thread::interrupted)).isFalse();
                });
    }

    @BothCarriers
    void theOtherTasks_goOnMeanwhile(String carrier) {
        LinkedBlockingQueue<Integer> queue = new LinkedBlockingQueue<>();
        Runs.on(
                carrier,
                () -> {
                    Task<Integer> taking = Tarry.spawn(() -> Tarry.blocking(queue::take));
                    Tarry.spawn(() -> queue.add(7));
                    assertThat(taking.join()).isEqualTo(7);
                });
    }

    @BothCarriers
    void insideBlockingCode_itRunsAtOnce(String carrier) {
        Runs.on(
                carrier,
                threads(1), // a second thread would never come
                () -> {
                    Thread outer =
                            Tarry.blocking(
                                    () -> {
                                        Thread me = Thread.currentThread();
                                        assertThat(Tarry.blocking(Thread::currentThread))
                                                .isSameAs(me);
                                        return me;
                                    });
                    assertThat(outer.isVirtual()).isFalse();
                    IOException failure = new IOException("deep inside");
                    assertThatThrownBy(
                                    () ->
                                            Tarry.blocking(
                                                    () -> Tarry.blocking(() -> raise(failure))))
                            .isSameAs(failure);
                });
    }

    @BothCarriers
    void insideBlockingCode_aLoopOfItsOwnHasThreadsOfItsOwn(String carrier) {
        Runs.on(
                carrier,
                threads(1),
                () ->
                        assertThat(
                                        Tarry.<String>blocking(
                                                () -> Tarry.call(() -> Tarry.blocking(() -> "in"))))
                                .isEqualTo("in"));
    }

    @BothCarriers
    void severalSchedulers_doNotHoldUpEachOther(String carrier) throws Exception {
        CountDownLatch all = new CountDownLatch(4);
        List<CompletableFuture<Boolean>> results = new ArrayList<>();
        System.setProperty("tarry.carrier", carrier);
        List<TarryService> services = new ArrayList<>();
        try {
            for (int i = 0; i < 4; i++) {
                TarryService service = new TarryService(threads(1)).start();
                services.add(service);
                results.add(service.submit(() -> Tarry.<Boolean>blocking(() -> meet(all))));
            }
            for (CompletableFuture<Boolean> result : results) {
                assertThat(result.get()).isTrue();
            }
        } finally {
            System.clearProperty("tarry.carrier");
            services.forEach(TarryService::close);
        }
    }

    private static boolean meet(CountDownLatch all) throws InterruptedException {
        all.countDown();
        all.await();
        return true;
    }

    // ---- the end of the scheduler

    @BothCarriers
    void close_interruptsTheCode_andTheThreadsEnd(String carrier) throws Exception {
        Sleeper sleeper = new Sleeper();
        CompletableFuture<Thread> idle = new CompletableFuture<>();
        System.setProperty("tarry.carrier", carrier);
        try (TarryService tarry = Tarry.start()) {
            CompletableFuture<String> sleeping =
                    tarry.submit(() -> Tarry.<String>blocking(sleeper::sleep));
            tarry.submit(() -> idle.complete(Tarry.blocking(Thread::currentThread))).get();
            Thread sleeping_ = sleeper.begun.get();
            tarry.close();
            assertThat(sleeper.ended).isTrue();
            assertThat(sleeping).isCompletedExceptionally();
            sleeping_.join();
            idle.get().join();
        } finally {
            System.clearProperty("tarry.carrier");
        }
    }

    // ---- abandoned

    @BothCarriers
    void abandonableCode_isNotWaitedFor_andItsLateResultIsTaken(String carrier) throws Exception {
        CompletableFuture<Thread> begun = new CompletableFuture<>();
        CountDownLatch end = new CountDownLatch(1);
        CompletableFuture<String> closed = new CompletableFuture<>();
        Callable<String> code =
                () -> {
                    begun.complete(Thread.currentThread());
                    awaitUninterrupted(end);
                    return "a connection";
                };
        Runs.on(
                carrier,
                () -> {
                    Task<?> task =
                            Tarry.spawn(
                                    () ->
                                            assertThatThrownBy(
                                                            () ->
                                                                    Tarry.blockingAbandonable(
                                                                            code, closed::complete))
                                                    .isInstanceOf(CancelledException.class));
                    var unused = Tarry.await(Events.done(begun));
                    task.cancel();
                    Tarry.await(task.done());
                });
        assertThat(closed).isNotDone(); // and the scheduler has ended
        end.countDown();
        assertThat(closed.get()).isEqualTo("a connection");
        begun.get().join();
    }

    @BothCarriers
    void abandonedCode_keepsItsThread_andGivesItBack(String carrier) {
        CompletableFuture<Thread> begun = new CompletableFuture<>();
        CountDownLatch end = new CountDownLatch(1);
        AtomicInteger started = new AtomicInteger();
        Callable<String> code =
                () -> {
                    begun.complete(Thread.currentThread());
                    awaitUninterrupted(end);
                    throw new IOException("too late for anybody");
                };
        Runs.on(
                carrier,
                threads(1),
                () -> {
                    Task<?> task = Tarry.spawn(() -> Tarry.blockingAbandonable(code, late -> {}));
                    var unused = Tarry.await(Events.done(begun));
                    task.cancel();
                    Tarry.await(task.done());
                    Task<?> next = Tarry.spawn(() -> Tarry.blocking(started::incrementAndGet));
                    Tarry.sleep(TICK);
                    assertThat(started).hasValue(0);
                    end.countDown();
                    Tarry.await(next.done());
                    assertThat(started).hasValue(1);
                });
    }

    @BothCarriers
    void abandonableCodeInTheQueue_isNeverStarted(String carrier) {
        Sleeper sleeper = new Sleeper();
        AtomicInteger started = new AtomicInteger();
        Runs.on(
                carrier,
                threads(1),
                () -> {
                    Task<?> first = Tarry.spawn(() -> Tarry.blocking(sleeper::sleep));
                    sleeper.awaitBegun();
                    Task<?> queued =
                            Tarry.spawn(
                                    () ->
                                            Tarry.blockingAbandonable(
                                                    started::incrementAndGet, late -> {}));
                    Tarry.sleep(TICK);
                    queued.cancel();
                    Tarry.await(queued.done());
                    first.cancel();
                });
        assertThat(started).hasValue(0);
    }

    /** The cancel comes just when the code ends: the result goes one way or the other. */
    @BothCarriers
    void aResult_isReturnedOrComesTooLate_andNeverBothOrNeither(String carrier) {
        int rounds = 2_000;
        AtomicInteger made = new AtomicInteger();
        AtomicInteger late = new AtomicInteger();
        int[] returned = {0};
        Runs.on(
                carrier,
                () -> {
                    for (int round = 0; round < rounds; round++) {
                        int spins = round % 50;
                        CompletableFuture<Boolean> begun = new CompletableFuture<>();
                        Callable<Integer> code =
                                () -> {
                                    begun.complete(true);
                                    made.addAndGet(spin(spins) * 0 + 1);
                                    return spins;
                                };
                        Task<?> task =
                                Tarry.spawn(
                                        () -> {
                                            Tarry.blockingAbandonable(
                                                    code, value -> late.incrementAndGet());
                                            returned[0]++;
                                        });
                        var unused = Tarry.await(Events.done(begun));
                        task.cancel();
                        Tarry.await(task.done());
                    }
                    while (late.get() + returned[0] < rounds) {
                        Tarry.sleep(TICK); // or never ends
                    }
                });
        assertThat(made).hasValue(rounds);
        assertThat(late.get() + returned[0]).isEqualTo(rounds);
    }

    @BothCarriers
    void abandonableCode_thatIsNotCancelled_returnsAndThrows(String carrier) {
        AtomicInteger late = new AtomicInteger();
        IOException failure = new IOException("as it is");
        Runs.on(
                carrier,
                () -> {
                    String value =
                            Tarry.blockingAbandonable(() -> "in time", v -> late.incrementAndGet());
                    assertThat(value).isEqualTo("in time");
                    assertThatThrownBy(
                                    () ->
                                            Tarry.blockingAbandonable(
                                                    () -> raise(failure),
                                                    v -> late.incrementAndGet()))
                            .isSameAs(failure);
                });
        assertThat(late).hasValue(0);
    }

    @BothCarriers
    void close_doesNotWaitForAbandonableCode(String carrier) throws Exception {
        CompletableFuture<Thread> begun = new CompletableFuture<>();
        CountDownLatch end = new CountDownLatch(1);
        System.setProperty("tarry.carrier", carrier);
        try (TarryService tarry = Tarry.start()) {
            var unused =
                    tarry.submit(
                            () ->
                                    Tarry.<String>blockingAbandonable(
                                            () -> {
                                                begun.complete(Thread.currentThread());
                                                awaitUninterrupted(end);
                                                return "";
                                            },
                                            late -> {}));
            begun.get();
        } finally {
            System.clearProperty("tarry.carrier");
        }
        assertThat(begun.get().isAlive()).isTrue();
        end.countDown();
        begun.get().join();
    }

    // ---- where a task cannot wait

    private static final class Pinned {
        static final AtomicInteger STARTED = new AtomicInteger();

        static final class OnLoop {
            static final Throwable THROWN =
                    catchThrowable(() -> Tarry.blocking(STARTED::incrementAndGet));
        }

        static final class OnHandoff {
            static final Throwable THROWN =
                    catchThrowable(() -> Tarry.blocking(STARTED::incrementAndGet));
        }
    }

    @BothCarriers
    void inAStaticInitializer_theCodeIsNotStarted(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    assertThat(
                                    carrier.equals("loop")
                                            ? Pinned.OnLoop.THROWN
                                            : Pinned.OnHandoff.THROWN)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("static initializer");
                    // What was handed to the threads before has begun before this.
                    assertThat(Tarry.<Integer>blocking(Pinned.STARTED::get)).isZero();
                });
    }

    // ---- what people see

    @BothCarriers
    void theDump_tellsTheThread_andWhoHasNone(String carrier) {
        Sleeper sleeper = new Sleeper();
        Runs.on(
                carrier,
                threads(1),
                () -> {
                    Task<?> first = Tarry.spawn(() -> Tarry.blocking(sleeper::sleep));
                    sleeper.awaitBegun();
                    Task<?> second = Tarry.spawn(() -> Tarry.blocking(sleeper::sleep));
                    Tarry.sleep(TICK);
                    String thread = sleeper.begun.join().getName();
                    assertThat(Scheduler.current().dump())
                            .contains("code in blocking(), on thread '" + thread + "'")
                            .contains("no thread yet: 1 of 1 threads are taken, 1 wait");
                    second.cancel();
                    first.cancel();
                });
    }
}
