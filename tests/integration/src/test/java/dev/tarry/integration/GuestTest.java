package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.events.Backend;
import dev.tarry.events.Pipe;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Guest;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;
import dev.tarry.runtime.TcpListener;
import dev.tarry.runtime.TcpStream;
import dev.tarry.scheduler.Scheduler;
import dev.tarry.scheduler.Task;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.awt.EventQueue;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;

/** A scheduler inside loops of others: one that polls, an executor, the thread of Swing. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // polls are not interruptible
class GuestTest {
    private static final Duration LONG = Duration.ofHours(1);

    private static Guest guest(String carrier) {
        return Runs.with(carrier, Guest::open);
    }

    @BothCarriers
    void hostThatPolls_runsTimersSocketsChildrenAndWhatOthersSubmit(String carrier) {
        try (var host = new PollingHost(guest(carrier))) {
            List<String> seen = new ArrayList<>();
            Channel<String> channel = Channel.rendezvous();
            var all =
                    host.guest.submit(
                            () -> {
                                Tarry.sleep(Duration.ofMillis(5));
                                seen.add("timer");
                                seen.add(channel.receive());
                                seen.add(overASocket("line"));
                                Process child = new ProcessBuilder("/bin/true").start();
                                seen.add(Tarry.await(Events.exit(child)).toString());
                                return seen.size();
                            });
            Thread.ofPlatform()
                    .start(() -> host.guest.submit(() -> channel.send("from another thread")));
            host.runUntil(all);
            assertThat(all.join()).isEqualTo(4);
            assertThat(seen)
                    .containsExactly("timer", "from another thread", "line", "Exited[code=0]");
        }
    }

    private static String overASocket(String line) throws IOException {
        try (TcpListener listener = TcpListener.bind("127.0.0.1", 0);
                TcpStream here = TcpStream.connect("127.0.0.1", listener.port());
                TcpStream there = Tarry.await(listener.accepting())) {
            var reading = Tarry.spawn(() -> here.readLine());
            there.writeLine(line);
            return reading.join();
        }
    }

    @BothCarriers
    void guestThatSleeps_costsTheHostNoTurns(String carrier) {
        try (var host = new PollingHost(guest(carrier))) {
            Duration pause = Duration.ofMillis(30);
            long start = System.nanoTime();
            host.runUntil(host.guest.submit(() -> Tarry.sleep(pause)));
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(pause.toNanos());
            assertThat(host.turns).as("one starts it, one ends it").isLessThan(6);
        }
    }

    @BothCarriers
    void taskThatNeverWaitsLong_doesNotHoldTheHost(String carrier) {
        try (var host = new PollingHost(guest(carrier))) {
            int[] rounds = {0};
            var busy =
                    host.guest.submit(
                            () -> {
                                while (true) {
                                    Tarry.yieldNow();
                                    rounds[0]++;
                                }
                            });
            for (int turn = 0; turn < 100; turn++) {
                assertThat(host.guest.turn(LONG)).contains(Duration.ZERO);
                assertThat(host.sleepAtMost(Optional.of(Duration.ZERO))).isTrue();
            }
            assertThat(rounds[0]).isBetween(90, 100);
            assertThat(busy).isNotDone();
        }
    }

    @BothCarriers
    void whatTheHostDoesBetweenTurns_isSeenByItsOwnSleep(String carrier) {
        try (var host = new PollingHost(guest(carrier))) {
            AtomicReference<Task<?>> task = new AtomicReference<>();
            var asleep =
                    host.guest.submit(
                            () -> {
                                task.set(Task.current());
                                Tarry.sleep(LONG);
                            });
            host.guest.turn(Duration.ZERO);
            assertThat(host.guest.turn(Duration.ZERO)).get().isNotEqualTo(Duration.ZERO);
            task.get().cancel(); // on the thread of the loop, so nothing is posted
            assertThat(host.sleepAtMost(Optional.empty())).isTrue();
            host.runUntil(asleep);
            assertThat(asleep).isCompletedExceptionally();
        }
    }

    @BothCarriers
    void descriptorThatATaskWaitsFor_endsTheSleepOfTheHost(String carrier) throws IOException {
        try (Pipe pipe = Pipe.open();
                var host = new PollingHost(guest(carrier))) {
            var readable = Events.readable(pipe.source().number());
            var waiting = host.guest.submit(() -> Tarry.await(readable));
            host.guest.turn(Duration.ZERO);
            assertThat(pipe.sink().write(ByteBuffer.allocateDirect(1))).isEqualTo(1);
            assertThat(host.sleepAtMost(Optional.empty())).isTrue();
            host.runUntil(waiting);
        }
    }

    @BothCarriers
    void close_cancelsTheTasksAndRunsTheirCleanup(String carrier) {
        List<String> seen = new ArrayList<>();
        Guest guest = guest(carrier);
        var asleep =
                guest.submit(
                        () -> {
                            try {
                                Tarry.sleep(LONG);
                            } finally {
                                Scope.shield(
                                        s -> {
                                            Tarry.sleep(Duration.ofMillis(2));
                                            return seen.add("cleaned up");
                                        });
                            }
                        });
        guest.turn(Duration.ZERO);
        guest.close();
        assertThat(seen).containsExactly("cleaned up");
        assertThat(asleep).isCompletedExceptionally();
        assertThat(guest.submit(() -> 1)).isCompletedExceptionally();
        assertThatThrownBy(() -> guest.turn(Duration.ZERO))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is closed");
        guest.close(); // again does nothing
    }

    @BothCarriers
    void turn_isForTheHostsThreadOnly(String carrier) throws Exception {
        try (Guest guest = guest(carrier)) {
            var inside = guest.submit(() -> guest.turn(Duration.ZERO));
            guest.turn(Duration.ZERO);
            assertThatThrownBy(inside::join)
                    .rootCause()
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("not for a task inside a turn");

            AtomicReference<Throwable> outside = new AtomicReference<>();
            Thread other =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        try {
                                            guest.turn(Duration.ZERO);
                                        } catch (Throwable t) {
                                            outside.set(t);
                                        }
                                    });
            other.join();
            assertThat(outside.get()).isInstanceOf(WrongThreadException.class);
            assertThat(guest.turn(Duration.ZERO)).as("it goes on").isEmpty();
        }
    }

    @BothCarriers
    void interruptOfTheHost_isLeftToTheHost(String carrier) {
        try (Guest guest = guest(carrier)) {
            Thread hosting = Thread.currentThread();
            var interrupter = guest.submit(hosting::interrupt);
            guest.turn(Duration.ZERO);
            assertThat(interrupter).isCompleted();
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
            var after = guest.submit(() -> Thread.currentThread().isInterrupted());
            guest.turn(Duration.ZERO);
            assertThat(after.join()).isFalse();
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @BothCarriers
    void executorAsHost_isAskedForTurns(String carrier) throws Exception {
        try (ExecutorService host = Executors.newSingleThreadExecutor()) {
            Guest guest = host.submit(() -> Runs.with(carrier, () -> Guest.on(host))).get();
            List<CompletableFuture<Integer>> futures = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                int number = i;
                futures.add(
                        guest.submit(
                                () -> {
                                    Tarry.sleep(Duration.ofNanos(number * 50_000L));
                                    Tarry.yieldNow();
                                    return number;
                                }));
            }
            for (int i = 0; i < futures.size(); i++) {
                assertThat(futures.get(i).get()).isEqualTo(i);
            }
            var asleep = guest.submit(() -> Tarry.sleep(LONG));
            host.submit(guest::close).get();
            assertThat(asleep).isCompletedExceptionally();
        }
    }

    @Test
    void threadOfSwing_isAHost() throws Exception {
        System.setProperty("java.awt.headless", "true");
        AtomicReference<Guest> opened = new AtomicReference<>();
        EventQueue.invokeAndWait(() -> opened.set(Guest.on(EventQueue::invokeLater)));
        Guest guest = opened.get();
        CountDownLatch three = new CountDownLatch(3);
        guest.submit(
                () -> {
                    for (var tick = Events.every(Duration.ofMillis(2)); ; Tarry.await(tick)) {
                        three.countDown();
                    }
                });
        three.await();
        EventQueue.invokeAndWait(guest::close);
    }

    @Test
    void pollerWithoutADescriptor_isTurnedByTheHostOrRefused() {
        var poll = Scheduler.builder().poller(Backend.POLL.open());
        try (Guest guest = Guest.open(poll)) {
            assertThat(guest.fd()).isNegative();
            var slept = guest.submit(() -> Tarry.sleep(Duration.ofMillis(1)));
            while (!slept.isDone()) {
                guest.turn(LONG);
            }
        }
        assertThatThrownBy(
                        () ->
                                Guest.on(
                                        Runnable::run,
                                        Scheduler.builder().poller(Backend.POLL.open())))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("needs epoll");
    }

    @Test
    void virtualThread_isNoHost() throws Exception {
        AtomicReference<Throwable> refused = new AtomicReference<>();
        Thread.ofVirtual()
                .start(
                        () -> {
                            try {
                                Guest.open();
                            } catch (Throwable t) {
                                refused.set(t);
                            }
                        })
                .join();
        assertThat(refused.get()).hasMessageContaining("needs a platform thread");
    }
}
