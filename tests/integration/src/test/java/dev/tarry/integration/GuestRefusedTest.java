package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.runtime.Body;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Guest;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;

import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;

/** Hosts that do not run the turns that their guests ask for: nothing hangs, cleanup runs. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GuestRefusedTest {
    private static final Duration LONG = Duration.ofHours(1);

    /** What tasks have seen, and on which platform thread: the loop carrier shows it. */
    private final List<String> seen = new CopyOnWriteArrayList<>();

    private final CountDownLatch cleanedUp = new CountDownLatch(2);

    /** One that sleeps, one that waits for another; both clean up, which takes a while. */
    private List<CompletableFuture<?>> twoTasks(Guest guest) throws Exception {
        CompletableFuture<Boolean> begun = new CompletableFuture<>();
        List<CompletableFuture<?>> both =
                List.of(
                        guest.submit(() -> thenCleanUp(() -> Tarry.sleep(LONG))),
                        guest.submit(
                                () ->
                                        thenCleanUp(
                                                () -> {
                                                    begun.complete(true);
                                                    Channel.rendezvous().receive();
                                                })));
        begun.get();
        return both;
    }

    private void thenCleanUp(Body body) throws Exception {
        try {
            body.run();
        } finally {
            var unused =
                    Scope.shield(
                            inner -> {
                                Tarry.sleep(Duration.ofMillis(2));
                                cleanedUp.countDown();
                                return true;
                            });
        }
    }

    private static void allFailWith(List<CompletableFuture<?>> futures, Class<?> type) {
        for (CompletableFuture<?> future : futures) {
            assertThatThrownBy(future::get).cause().isInstanceOf(type);
        }
    }

    private static void takesNothingMore(Guest guest) {
        assertThatThrownBy(guest.submit(() -> 1)::get)
                .cause()
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("has stopped")
                .hasCauseInstanceOf(RejectedExecutionException.class);
    }

    private static Optional<Thread> driver() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t.getName().equals("tarry-guest-driver"))
                .findAny();
    }

    private static void untilTheDriverHasEnded() throws InterruptedException {
        Optional<Thread> driver = driver();
        if (driver.isPresent()) {
            driver.get().join();
        }
    }

    @BothCarriers
    void oneTurnRefused_futuresFailAndTheHostsThreadCleansUp(String carrier) throws Exception {
        try (QueueHost host = new QueueHost()) {
            Guest guest = host.guest(carrier);
            List<CompletableFuture<?>> futures = twoTasks(guest);
            AtomicReference<Thread> cleaner = new AtomicReference<>();
            CompletableFuture<Boolean> parked = new CompletableFuture<>();
            var third =
                    guest.submit(
                            () -> {
                                try {
                                    parked.complete(true);
                                    Tarry.sleep(LONG);
                                } finally {
                                    cleaner.set(
                                            Scope.shield(
                                                    inner ->
                                                            guest.<Thread>host(
                                                                    Thread::currentThread)));
                                }
                            });
            parked.get();
            boolean[] refused = {false};
            host.refuses = () -> !refused[0] && (refused[0] = true); // the first one only
            var fourth = guest.submit(() -> Tarry.sleep(LONG));
            allFailWith(futures, RejectedExecutionException.class);
            allFailWith(List.of(third, fourth), RejectedExecutionException.class);
            cleanedUp.await();
            untilTheDriverHasEnded();
            takesNothingMore(guest);
            assertThat(cleaner.get()).isSameAs(host.thread());
            assertThatThrownBy(() -> host.start(() -> guest.turn(Duration.ZERO)).get())
                    .hasMessageContaining("is closed");
        }
    }

    @BothCarriers
    void everyTurnRefused_anotherThreadCleansUp(String carrier) throws Exception {
        try (QueueHost host = new QueueHost()) {
            Guest guest = host.guest(carrier);
            List<CompletableFuture<?>> futures = twoTasks(guest);
            AtomicReference<Throwable> noHost = new AtomicReference<>();
            CompletableFuture<Boolean> parked = new CompletableFuture<>();
            var third =
                    guest.submit(
                            () -> {
                                try {
                                    parked.complete(true);
                                    Tarry.sleep(LONG);
                                } finally {
                                    noHost.set(catchThrowable(() -> inVain(guest)));
                                }
                            });
            parked.get();
            host.refuses = () -> true;
            var fourth = guest.submit(() -> Tarry.sleep(LONG));
            allFailWith(futures, RejectedExecutionException.class);
            allFailWith(List.of(third, fourth), RejectedExecutionException.class);
            cleanedUp.await();
            untilTheDriverHasEnded();
            takesNothingMore(guest);
            assertThat(noHost.get())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("was given up by its host")
                    .hasCauseInstanceOf(RejectedExecutionException.class);
            assertThatThrownBy(() -> host.start(() -> guest.turn(Duration.ZERO)).get())
                    .hasMessageContaining("was given up by its host");
            host.call(
                    () -> {
                        guest.close(); // does nothing
                        return true;
                    });
        }
    }

    private static void inVain(Guest guest) throws Exception {
        var unused = Scope.shield(inner -> guest.host(() -> "host"));
    }

    private static Throwable catchThrowable(Body body) {
        try {
            body.run();
        } catch (Throwable t) {
            return t;
        }
        return new AssertionError("nothing was thrown");
    }

    @BothCarriers
    void executorThatWasShutDown_leavesNobodyWaiting(String carrier) throws Exception {
        ExecutorService host = Executors.newSingleThreadExecutor();
        Guest guest = host.submit(() -> Runs.with(carrier, () -> Guest.on(host))).get();
        List<CompletableFuture<?>> futures = twoTasks(guest);
        host.shutdownNow();
        var third = guest.submit(() -> Tarry.sleep(LONG));
        allFailWith(futures, RejectedExecutionException.class);
        allFailWith(List.of(third), RejectedExecutionException.class);
        cleanedUp.await();
        untilTheDriverHasEnded();
    }

    @BothCarriers
    void executorThatThrowsAnError_isNoDifferent(String carrier) throws Exception {
        try (QueueHost host = new QueueHost()) {
            Guest guest = host.guest(carrier);
            List<CompletableFuture<?>> futures = twoTasks(guest);
            boolean[] refused = {false};
            host.refuses =
                    () -> {
                        if (!refused[0]) {
                            refused[0] = true;
                            throw new OutOfMemoryError("no event");
                        }
                        return false;
                    };
            var third = guest.submit(() -> Tarry.sleep(LONG));
            allFailWith(futures, OutOfMemoryError.class);
            allFailWith(List.of(third), OutOfMemoryError.class);
            cleanedUp.await();
            untilTheDriverHasEnded();
        }
    }

    @BothCarriers
    void executorWithAnotherThread_isToldSo(String carrier) throws Exception {
        try (ExecutorService host = Executors.newFixedThreadPool(2)) {
            Guest guest = Runs.with(carrier, () -> Guest.on(host)); // not on a thread of its
            var future = guest.submit(() -> Tarry.sleep(LONG));
            assertThatThrownBy(future::get).hasRootCauseInstanceOf(WrongThreadException.class);
            untilTheDriverHasEnded();
        }
        Guest direct = Runs.with(carrier, () -> Guest.on(Runnable::run));
        var future = direct.submit(() -> Tarry.sleep(LONG));
        assertThatThrownBy(future::get).hasRootCauseInstanceOf(WrongThreadException.class);
        untilTheDriverHasEnded();
    }

    @BothCarriers
    void refusalWhileTheHostIsInADialog_waitsForItWithTheCleanup(String carrier) throws Exception {
        try (QueueHost host = new QueueHost()) {
            Guest guest = host.guest(carrier);
            List<CompletableFuture<?>> futures = twoTasks(guest);
            CompletableFuture<Boolean> closed = new CompletableFuture<>();
            CompletableFuture<Boolean> open = new CompletableFuture<>();
            var dialog =
                    guest.submit(
                            () -> {
                                try {
                                    guest.host(
                                            () -> {
                                                open.complete(true);
                                                host.dialog(closed);
                                                seen.add("code of the host");
                                            });
                                } finally {
                                    seen.add("cleanup of the task");
                                }
                            });
            open.get();
            host.refuses = () -> true;
            var last = guest.submit(() -> Tarry.sleep(LONG));
            allFailWith(futures, RejectedExecutionException.class);
            allFailWith(List.of(dialog, last), RejectedExecutionException.class);
            assertThat(cleanedUp.getCount()).isEqualTo(2);
            closed.complete(true);
            cleanedUp.await();
            untilTheDriverHasEnded();
            assertThat(seen).containsExactly("code of the host", "cleanup of the task");
        }
    }

    @BothCarriers
    void closeByTheHostAfterARefusal_cleansUpThere(String carrier) throws Exception {
        try (QueueHost host = new QueueHost()) {
            Guest guest = host.guest(carrier);
            List<CompletableFuture<?>> futures = twoTasks(guest);
            CountDownLatch hold = new CountDownLatch(1);
            Future<Boolean> closing =
                    host.start(
                            () -> {
                                hold.await();
                                guest.close();
                                return true;
                            });
            host.refuses = () -> true;
            var last = guest.submit(() -> Tarry.sleep(LONG));
            hold.countDown(); // beside the tries of the driver
            allFailWith(futures, Exception.class);
            allFailWith(List.of(last), Exception.class);
            closing.get();
            cleanedUp.await();
            untilTheDriverHasEnded();
        }
    }

    @BothCarriers
    void hostWithANewThread_goesOnThere(String carrier) throws Exception {
        try (QueueHost host = new QueueHost()) {
            Guest guest = host.guest(carrier);
            Thread before = host.thread();
            CompletableFuture<Object> go = new CompletableFuture<>();
            CompletableFuture<Boolean> begun = new CompletableFuture<>();
            var waiting =
                    guest.submit(
                            () -> {
                                begun.complete(true);
                                Tarry.await(Events.done(go)).get();
                                return guest.<Thread>host(Thread::currentThread);
                            });
            begun.get();
            host.end();
            host.restart();
            go.complete("go");
            assertThat(waiting.get()).isSameAs(host.thread()).isNotSameAs(before);
            host.call(
                    () -> {
                        guest.close();
                        return true;
                    });
        }
    }
}
