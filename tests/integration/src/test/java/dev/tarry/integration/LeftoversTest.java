package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.events.Event;
import dev.tarry.events.Order;
import dev.tarry.events.Pipe;
import dev.tarry.events.Signal;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Signals;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.Scheduler;
import dev.tarry.scheduler.Task;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;

/** Waits that end with nothing leave nothing: no timer, no callback, no waiter, no memory. */
@Timeout(300)
class LeftoversTest {
    private static final Duration MICROSECOND = Duration.ofNanos(1_000);

    // Some of everything is loaded and grown in the course of a million waits. A leak of one object
    // for each wait would be ten times this.
    private static final long SLACK = 2 << 20;

    @BothCarriers
    void waitsThatTimeOut_leaveNothing(String carrier) {
        waitInVain(carrier, 20_000, 5_000);
    }

    @Tag("stress")
    @BothCarriers
    void millionWaitsThatTimeOut_leaveNothing(String carrier) {
        waitInVain(carrier, 1_000_000, 50_000);
    }

    @BothCarriers
    void losersOfAWait_areGarbageInASmallHeap(String carrier) throws Exception {
        loseInASmallHeap(carrier, 100_000);
    }

    @Tag("stress")
    @BothCarriers
    void millionLosersOfWaits_areGarbageInASmallHeap(String carrier) throws Exception {
        loseInASmallHeap(carrier, 1_000_000);
    }

    private static void loseInASmallHeap(String carrier, int waits) throws Exception {
        List<String> options = new ArrayList<>(ChildJvm.FLAGS);
        options.add("-Dtarry.carrier=" + carrier);
        options.add("-Xmx64m"); // the last one counts
        List<String> command =
                ChildJvm.command(options, LosersProgram.class, Integer.toString(waits));
        ChildJvm.Result result = ChildJvm.run(command, 250);
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).contains("done: " + waits);
    }

    private static void waitInVain(String carrier, int waits, int warmUp) {
        Runs.on(
                carrier,
                () -> {
                    CountDownLatch end = new CountDownLatch(1);
                    Thread thread = Thread.ofPlatform().daemon().start(() -> await(end));
                    CompletableFuture<String> future = new CompletableFuture<>();
                    Channel<String> channel = Channel.rendezvous();
                    Task<?> sleeper = Tarry.spawn(() -> Tarry.sleep(Duration.ofHours(1)));
                    try (Pipe pipe = Pipe.open();
                            var signals = Signals.subscribe(Signal.WINCH)) {
                        List<Event<?>> never =
                                List.of(
                                        Events.done(future),
                                        Events.end(thread),
                                        channel.receiving(),
                                        channel.sending("message"),
                                        channel.closed(),
                                        signals.receiving(),
                                        pipe.source().readable(),
                                        Events.readable(pipe.source().number()),
                                        Events.exit(ProcessHandle.current()),
                                        Events.trigger(),
                                        sleeper.done(),
                                        Events.every(Duration.ofDays(1)),
                                        Events.after(Duration.ofDays(1)));
                        run(never, waits, warmUp);
                        assertThat(future.getNumberOfDependents()).isLessThanOrEqualTo(1);
                        assertThat(pipe.source().isOpen()).isTrue();
                    } finally {
                        end.countDown();
                        sleeper.cancel();
                    }
                });
    }

    private static void run(List<Event<?>> never, int waits, int warmUp) {
        var reactor = Scheduler.current().reactor();
        pass(never, warmUp);
        int timers = reactor.timers();
        int registrations = reactor.registrations();
        long before = Heap.usedAfterGc();
        pass(never, waits);
        long grown = Heap.usedAfterGc() - before;
        System.out.printf("%,d waits in vain: heap grown by %,d bytes%n", waits, grown);
        assertThat(grown).isLessThan(SLACK);
        assertThat(reactor.timers()).isEqualTo(timers).isEqualTo(1); // the sleeper's
        assertThat(reactor.registrations()).isEqualTo(registrations);
    }

    private static void pass(List<Event<?>> never, int waits) {
        for (int i = 0; i < waits / 4; i++) {
            Event<?> one = never.get(i % never.size());
            assertThat(Tarry.await(one, Duration.ZERO)).isEmpty();
            assertThat(Tarry.await(one, MICROSECOND)).isEmpty();
            assertThat(Tarry.wait(never, Duration.ZERO)).isEmpty();
            assertThat(Tarry.wait(never, MICROSECOND, Order.LISTED)).isEmpty();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @BothCarriers
    void futuresThatCameAndWent_areForgottenWithTheirCompanions(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    long before = usedOnceForgotten();
                    waitForFreshFutures(50_000);
                    assertThat(usedOnceForgotten() - before).isLessThan(SLACK);
                });
    }

    /** A stage that gives a new copy of itself to everybody who asks. */
    @BothCarriers
    void oneStageWaitedForByManyEvents_keepsNothing(String carrier) {
        CompletableFuture<String> future = new CompletableFuture<>();
        CompletionStage<String> stage = future.minimalCompletionStage();
        Runs.on(
                carrier,
                () -> {
                    waitForTheStage(stage, 5_000);
                    long before = Heap.usedAfterGc();
                    waitForTheStage(stage, 60_000);
                    assertThat(Heap.usedAfterGc() - before).isLessThan(SLACK);
                    var done = Events.done(stage);
                    future.complete("value");
                    assertThat(Tarry.await(done).get()).isEqualTo("value");
                    assertThat(Tarry.await(Events.done(stage)).get()).isEqualTo("value");
                });
    }

    private static void waitForTheStage(CompletionStage<String> stage, int n) {
        for (int i = 0; i < n; i++) {
            Duration timeout = i % 2 == 0 ? Duration.ZERO : MICROSECOND;
            assertThat(Tarry.await(Events.done(stage), timeout)).isEmpty();
        }
    }

    // A map with weak keys drops the entries of collected ones when it is used again.
    private static long usedOnceForgotten() throws InterruptedException {
        Heap.forget();
        waitForFreshFutures(5_000);
        return Heap.usedAfterGc();
    }

    private static void waitForFreshFutures(int n) {
        for (int i = 0; i < n; i++) {
            Event<?> done = Events.done(new CompletableFuture<>());
            assertThat(Tarry.await(done, MICROSECOND)).isEmpty();
        }
    }

    @BothCarriers
    void tasksThatEnded_areForgotten(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    runTasks(5_000);
                    long before = Heap.usedAfterGc();
                    runTasks(100_000);
                    assertThat(Heap.usedAfterGc() - before).isLessThan(SLACK);
                    assertThat(Scheduler.current().tasks()).isEqualTo(1);
                });
    }

    private static void runTasks(int n) {
        for (int i = 0; i < n; i++) {
            byte[] captured = new byte[1_000];
            Tarry.spawn(() -> assertThat(captured).hasSize(1_000)).join();
        }
    }
}
