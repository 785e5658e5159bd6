package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Guest;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.CancelledException;
import dev.tarry.scheduler.RunQueue;
import dev.tarry.scheduler.Scheduler;
import dev.tarry.scheduler.Task;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

/** Code that tasks of a guest run on the thread of the host. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // polls are not interruptible
class GuestCallsTest {

    private static PollingHost polling(String carrier) {
        return new PollingHost(Runs.with(carrier, Guest::open));
    }

    @BothCarriers
    void code_runsOnTheThreadOfTheHostOutsideAnyTask(String carrier) {
        try (PollingHost host = polling(carrier)) {
            var done =
                    host.guest.submit(
                            () -> {
                                Task<?> me = Task.current();
                                Thread there =
                                        host.guest.host(
                                                () -> {
                                                    assertThat(Scheduler.currentTask()).isNull();
                                                    return Thread.currentThread();
                                                });
                                assertThat(Task.current()).isSameAs(me);
                                return there;
                            });
            host.runUntil(done);
            assertThat(done.join()).isSameAs(Thread.currentThread());
        }
    }

    @BothCarriers
    void executorAsHost_runsTheCodeOfManyTasksWhileTheyDoOtherThings(String carrier)
            throws Exception {
        try (QueueHost host = new QueueHost()) {
            Guest guest = host.guest(carrier);
            List<Integer> seen = new ArrayList<>(); // the host's, without a lock
            Channel<Integer> numbers = host.call(() -> Channel.buffered(2));
            List<CompletableFuture<?>> all = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                all.add(
                        guest.submit(
                                () -> {
                                    for (int k = 0; k < 50; k++) {
                                        Tarry.sleep(Duration.ofNanos(1000L * k));
                                        numbers.send(guest.host(() -> onHost(host, seen)));
                                    }
                                }));
            }
            var sum =
                    guest.submit(
                            () -> {
                                int total = 0;
                                for (int k = 0; k < 1000; k++) {
                                    total += numbers.receive();
                                }
                                return total;
                            });
            assertThat(sum.get()).isEqualTo(999 * 1000 / 2);
            assertThat(all).allSatisfy(f -> assertThat(f.get()).isNull());
            host.call(() -> close(guest));
        }
    }

    private static int onHost(QueueHost host, List<Integer> seen) {
        assertThat(Thread.currentThread()).isSameAs(host.thread());
        seen.add(seen.size());
        return seen.size() - 1;
    }

    private static boolean close(Guest guest) {
        guest.close();
        return true;
    }

    @BothCarriers
    void whatTheCodeThrows_isThrownInTheTask(String carrier) {
        try (PollingHost host = polling(carrier)) {
            for (Throwable thrown :
                    List.of(new IOException("io"), new StackOverflowError(), new Error("error"))) {
                var done =
                        host.guest.submit(
                                () ->
                                        host.guest.host(
                                                () -> {
                                                    throwIt(thrown);
                                                }));
                host.runUntil(done);
                assertThatThrownBy(done::join).cause().isSameAs(thrown);
            }
        }
    }

    private static void throwIt(Throwable t) throws Exception {
        switch (t) {
            case Error e -> throw e;
            case Exception e -> throw e;
            default -> throw new AssertionError(t);
        }
    }

    @BothCarriers
    void cancelBeforeTheCodeBegins_keepsItFromRunning(String carrier) {
        try (PollingHost host = polling(carrier)) {
            AtomicReference<Task<?>> asking = new AtomicReference<>();
            List<String> seen = new ArrayList<>();
            var asked =
                    host.guest.submit(
                            () -> {
                                asking.set(Task.current());
                                host.guest.host(() -> seen.add("ran"));
                                seen.add("went on");
                            });
            // runs in the same turn, before the host does
            var cancelling = host.guest.submit(() -> asking.get().cancel());
            host.runUntil(CompletableFuture.allOf(cancelling, asked.handle((v, e) -> true)));
            assertThat(seen).isEmpty();
            assertThatThrownBy(asked::join).hasCauseInstanceOf(CancelledException.class);
        }
    }

    @BothCarriers
    void codeInACancelledTask_isNotRun(String carrier) {
        try (PollingHost host = polling(carrier)) {
            List<String> seen = new ArrayList<>();
            var done =
                    host.guest.submit(
                            () -> {
                                Task.current().cancel();
                                host.guest.host(() -> seen.add("ran"));
                            });
            host.runUntil(done);
            assertThatThrownBy(done::join).hasCauseInstanceOf(CancelledException.class);
            assertThat(seen).isEmpty();
        }
    }

    @BothCarriers
    void cancelWhileTheCodeRuns_isThrownByTheNextWait(String carrier) {
        try (PollingHost host = polling(carrier)) {
            List<String> seen = new ArrayList<>();
            var done =
                    host.guest.submit(
                            () -> {
                                Task<?> me = Task.current();
                                seen.add(
                                        host.guest.host(
                                                () -> {
                                                    me.cancel();
                                                    host.guest.turn(Duration.ZERO); // it hears
                                                    return "value";
                                                }));
                                Tarry.sleep(Duration.ofHours(1));
                            });
            host.runUntil(done);
            assertThat(seen).containsExactly("value");
            assertThatThrownBy(done::join).hasCauseInstanceOf(CancelledException.class);
        }
    }

    @BothCarriers
    void codeWithALoopInside_letsTasksAndTheirCodeRun(String carrier) {
        try (PollingHost host = polling(carrier)) {
            List<String> seen = new ArrayList<>();
            CompletableFuture<String> closed = new CompletableFuture<>();
            var dialog = host.guest.submit(() -> host.guest.host(() -> host.runUntil(closed)));
            var other =
                    host.guest.submit(
                            () -> {
                                // asked for in the same turn, and waits behind the dialog
                                host.guest.host(() -> seen.add("beside it"));
                                Tarry.sleep(Duration.ofMillis(2));
                                host.guest.host(() -> seen.add("later"));
                                host.guest.host(() -> closed.complete("closed"));
                            });
            host.runUntil(CompletableFuture.allOf(dialog, other));
            assertThat(seen).containsExactly("beside it", "later");
        }
    }

    @BothCarriers
    void executorWithALoopInside_goesOnWithTurns(String carrier) throws Exception {
        try (QueueHost host = new QueueHost()) {
            Guest guest = host.guest(carrier);
            CompletableFuture<String> outer = new CompletableFuture<>();
            CompletableFuture<String> inner = new CompletableFuture<>();
            List<CompletableFuture<?>> all = new ArrayList<>();
            all.add(guest.submit(() -> guest.host(() -> host.dialog(outer))));
            all.add(guest.submit(() -> guest.host(() -> host.dialog(inner))));
            all.add(
                    guest.submit(
                            () -> {
                                Tarry.sleep(Duration.ofMillis(2));
                                guest.host(() -> outer.complete("first")); // below the other
                                guest.host(() -> inner.complete("second"));
                            }));
            for (CompletableFuture<?> one : all) {
                one.get();
            }
            host.call(() -> close(guest));
        }
    }

    @BothCarriers
    void closeInTheCode_endsTheGuestAndThenTheCode(String carrier) {
        try (PollingHost host = polling(carrier)) {
            List<String> seen = new ArrayList<>();
            var done =
                    host.guest.submit(
                            () -> {
                                try {
                                    host.guest.host(
                                            () -> {
                                                host.guest.close();
                                                seen.add("closed");
                                            });
                                    seen.add("went on");
                                } finally {
                                    seen.add("cleaned up");
                                }
                            });
            host.runUntil(done);
            assertThat(seen).containsExactly("cleaned up", "closed");
            assertThatThrownBy(done::join).hasCauseInstanceOf(CancelledException.class);
        }
    }

    @BothCarriers
    void closeInTheCodeOfAnExecutorsGuest_endsIt(String carrier) throws Exception {
        try (QueueHost host = new QueueHost()) {
            Guest guest = host.guest(carrier);
            var done = guest.submit(() -> guest.host(guest::close));
            assertThatThrownBy(done::get).hasCauseInstanceOf(CancelledException.class);
            assertThat(host.call(() -> guest.submit(() -> 1))).isCompletedExceptionally();
        }
    }

    @BothCarriers
    void cleanupAtTheClose_mayUseTheThreadOfTheHost(String carrier) {
        List<Object> seen = new ArrayList<>();
        try (PollingHost host = polling(carrier)) {
            var unused =
                    host.guest.submit(
                            () -> {
                                try {
                                    Tarry.sleep(Duration.ofHours(1));
                                } finally {
                                    seen.add(
                                            Scope.shield(
                                                    inner ->
                                                            host.guest.<Thread>host(
                                                                    Thread::currentThread)));
                                }
                            });
            host.guest.turn(Duration.ZERO);
        }
        assertThat(seen).containsExactly(Thread.currentThread());
    }

    @BothCarriers
    void codeThatHasNothingToDoWithTheWait_isTaskOfTheGuestOnly(String carrier) {
        try (PollingHost host = polling(carrier)) {
            assertThatThrownBy(() -> host.guest.host(() -> 1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("this needs a task");
            var elsewhere =
                    CompletableFuture.supplyAsync(
                            () ->
                                    Tarry.call(
                                            () -> {
                                                assertThatThrownBy(() -> host.guest.host(() -> 1))
                                                        .hasMessageContaining(
                                                                "is not a task of the guest");
                                                return true;
                                            }));
            assertThat(elsewhere.join()).isTrue();
        }
    }

    @Test
    void turnInATurn_isRefused() {
        try (Guest guest = Guest.open()) {
            CompletableFuture<Object> asked = new CompletableFuture<>();
            AtomicReference<Throwable> refused = new AtomicReference<>();
            var unused =
                    asked.whenComplete(
                            (value, failure) -> {
                                try {
                                    guest.turn(Duration.ZERO);
                                } catch (Throwable t) {
                                    refused.set(t);
                                }
                            });
            // completed by a task: inside a turn, on the thread of a task
            var done = guest.submit(() -> asked.complete("now"));
            guest.turn(Duration.ZERO);
            assertThat(done).isCompleted();
            assertThat(refused.get())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("inside a turn");
            var trigger = guest.submit(() -> Tarry.await(Events.after(Duration.ZERO)));
            guest.turn(Duration.ZERO);
            guest.turn(Duration.ZERO);
            assertThat(trigger).isCompleted();
        }
    }

    /** First in, first out, until it breaks. */
    private static final class BreakingQueue implements RunQueue {
        private final RunQueue queue = RunQueue.fifo();
        private boolean broken;

        @Override
        public void add(Runnable ready) {
            queue.add(ready);
        }

        @Override
        public Runnable take() {
            if (broken) {
                throw new IllegalStateException("broken");
            }
            return queue.take();
        }

        @Override
        public int size() {
            return queue.size();
        }
    }

    @BothCarriers
    void guestThatFails_runsCleanupButNoCodeForTheHost(String carrier) {
        BreakingQueue queue = new BreakingQueue();
        Guest guest = Runs.with(carrier, () -> Guest.open(Scheduler.builder().runQueue(queue)));
        List<String> seen = new ArrayList<>();
        var asking = guest.submit(() -> askInTheCleanup(guest, seen));
        // queued by the turn that breaks, and never run
        var asked = guest.submit(() -> guest.host(() -> seen.add("ran")));
        var breaking =
                guest.submit(
                        () -> {
                            queue.broken = true;
                            Tarry.yieldNow();
                        });
        guest.submit(() -> {}); // cannot be taken

        assertThatThrownBy(() -> guest.turn(Duration.ZERO))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("has failed");
        assertThat(seen).containsExactly("cleanup", "is closed");
        for (var future : List.of(asking, asked, breaking)) {
            assertThat(future).isCompletedExceptionally();
        }
        guest.close(); // does nothing
    }

    private static void askInTheCleanup(Guest guest, List<String> seen) throws Exception {
        try {
            Tarry.sleep(Duration.ofHours(1));
        } finally {
            seen.add("cleanup");
            Scope.shielded(
                    inner -> {
                        try {
                            guest.host(() -> seen.add("ran"));
                        } catch (IllegalStateException e) {
                            seen.add(e.getMessage().contains("is closed") ? "is closed" : "?");
                        }
                    });
        }
    }
}
