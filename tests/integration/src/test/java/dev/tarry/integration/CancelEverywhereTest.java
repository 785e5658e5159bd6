package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.ScopeTimeoutException;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.CancelledException;
import dev.tarry.scheduler.Outsider;
import dev.tarry.scheduler.Task;
import dev.tarry.scheduler.TaskFailedException;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Exchanger;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * Whatever a task is doing when it is cancelled, by whatever way, and whichever call of the JDK it
 * is in, or comes to next: that call ends. One that did not would never end, nor would its scope.
 */
@Timeout(300)
class CancelEverywhereTest {
    private static final Duration SOON = Duration.ofMillis(5);

    /** A call of the JDK that waits for what never comes. */
    private enum Call {
        SLEEP {
            @Override
            void enter() throws Exception {
                Thread.sleep(Duration.ofDays(1));
            }
        },
        QUEUE {
            @Override
            void enter() throws Exception {
                new LinkedBlockingQueue<>().take();
            }
        },
        SYNCHRONOUS_QUEUE {
            @Override
            void enter() throws Exception {
                new SynchronousQueue<>().put("message");
            }
        },
        EXCHANGER {
            @Override
            void enter() throws Exception {
                new Exchanger<>().exchange("thing");
            }
        },
        LATCH {
            @Override
            void enter() throws Exception {
                new CountDownLatch(1).await();
            }
        },
        SEMAPHORE {
            @Override
            void enter() throws Exception {
                new Semaphore(0).acquire();
            }
        },
        CONDITION {
            @Override
            void enter() throws Exception {
                ReentrantLock lock = new ReentrantLock();
                lock.lock();
                try {
                    lock.newCondition().await();
                } finally {
                    lock.unlock();
                }
            }
        },
        MONITOR {
            @Override
            void enter() throws Exception {
                Object monitor = new Object();
                synchronized (monitor) {
                    while (true) {
                        monitor.wait();
                    }
                }
            }
        },
        FUTURE {
            @Override
            void enter() throws Exception {
                new CompletableFuture<>().get();
            }
        },
        THREAD {
            @Override
            void enter() throws Exception {
                Thread never = Thread.ofPlatform().daemon().start(Call::sleepForEver);
                try {
                    never.join();
                } finally {
                    never.interrupt();
                }
            }
        },
        CHANNEL {
            @Override
            void enter() throws Exception {
                try (var channel = ServerSocketChannel.open()) {
                    channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                    channel.accept();
                }
            }
        },
        SOCKET {
            @Override
            void enter() throws Exception {
                try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                    socket.accept();
                }
            }
        };

        abstract void enter() throws Exception;

        private static void sleepForEver() {
            try {
                Thread.sleep(Duration.ofDays(1));
            } catch (InterruptedException e) {
                // over
            }
        }
    }

    /** What the task is doing when the cancel comes. */
    private enum Moment {
        /** It is in the call. */
        IN_THE_CALL {
            @Override
            void run(Stage stage) throws Exception {
                stage.cancelAt(1);
                stage.call.enter();
            }
        },
        /** An interrupt has ended one call, and it goes on to the next. */
        IN_THE_NEXT_CALL {
            @Override
            void run(Stage stage) throws Exception {
                stage.cancelAt(1);
                for (int i = 0; i < 3; i++) {
                    try {
                        stage.call.enter();
                    } catch (Exception e) {
                        // and on
                    }
                }
                stage.call.enter();
            }
        },
        /** It waits; the wait throws, and its cleanup comes to the call. */
        IN_A_WAIT {
            @Override
            void run(Stage stage) throws Exception {
                stage.cancelAt(1);
                try {
                    stage.never.receive();
                } finally {
                    stage.call.enter();
                }
            }
        },
        /** It has yielded, and is ready. */
        READY_AFTER_A_YIELD {
            @Override
            void run(Stage stage) throws Exception {
                stage.cancelAt(1);
                try {
                    while (!Thread.currentThread().isInterrupted()) {
                        Tarry.yieldNow();
                    }
                } catch (CancelledException e) {
                    // and on
                }
                stage.call.enter();
            }
        },
        /** A message has been committed to it, and it has not run since. */
        READY_WITH_A_MESSAGE {
            @Override
            void run(Stage stage) throws Exception {
                stage.cancelAt(2);
                stage.messages.receive();
                stage.call.enter();
            }
        },
        /** The call before was over, and it has not run since. */
        READY_AFTER_A_CALL {
            @Override
            void run(Stage stage) throws Exception {
                stage.cancelAt(3);
                stage.permits.acquire();
                stage.call.enter();
            }
        },
        /** It runs. */
        RUNNING {
            @Override
            void run(Stage stage) throws Exception {
                stage.how.cancel(stage);
                while (!Thread.currentThread().isInterrupted() && stage.how.isHeardWhileRunning()) {
                    Thread.onSpinWait();
                }
                stage.call.enter();
            }
        },
        /** It has not begun. */
        NOT_BEGUN {
            @Override
            void run(Stage stage) throws Exception {
                stage.call.enter();
            }
        },
        /** It is behind a shield, where it is left alone, and comes out of it. */
        BEHIND_A_SHIELD {
            @Override
            void run(Stage stage) throws Exception {
                stage.cancelAt(1);
                Scope.shielded(
                        shield -> {
                            Tarry.sleep(SOON.multipliedBy(2));
                            Thread.sleep(1);
                        });
                stage.call.enter();
            }
        };

        abstract void run(Stage stage) throws Exception;

        boolean needsOthersDuringTheCall() {
            return this == IN_THE_CALL || this == IN_THE_NEXT_CALL || this == READY_AFTER_A_CALL;
        }
    }

    /** The way in which it is cancelled. */
    private enum How {
        ITSELF {
            @Override
            void cancel(Stage stage) {
                stage.task.cancel();
            }
        },
        ITS_SCOPE {
            @Override
            void cancel(Stage stage) {
                stage.scope.cancel();
            }
        },
        A_SIBLING_FAILS {
            @Override
            void cancel(Stage stage) {
                stage.scope.spawn(
                        () -> {
                            throw new IllegalStateException("the sibling");
                        });
            }

            @Override
            boolean isHeardWhileRunning() {
                return false; // one runs at a time
            }
        },
        A_LIMIT {
            @Override
            void cancel(Stage stage) {
                // comes by itself
            }

            @Override
            boolean isHeardWhileRunning() {
                return false; // the loop is busy with the one that runs
            }
        },
        ANOTHER_THREAD {
            @Override
            void cancel(Stage stage) {
                Outsider outsider = Tarry.expectOutsider("who cancels");
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    stage.scope.cancel();
                                    outsider.close();
                                });
            }
        },
        AN_INTERRUPT {
            @Override
            void cancel(Stage stage) {
                stage.task.thread().interrupt();
            }
        };

        abstract void cancel(Stage stage);

        boolean isHeardWhileRunning() {
            return true;
        }
    }

    /** What one test plays with. */
    private static final class Stage {
        final Call call;
        final How how;
        final Channel<String> never = Channel.rendezvous();
        final Channel<String> messages = Channel.rendezvous();
        final Semaphore permits = new Semaphore(0);
        Scope scope;
        Task<?> task;

        Stage(Call call, How how) {
            this.call = call;
            this.how = how;
        }

        /**
         * Another task cancels, in its turn; before that, in the same turn, it makes the task ready
         * in the way of {@code kind}.
         */
        void cancelAt(int kind) {
            if (how == How.A_LIMIT && kind == 1) {
                return; // comes by itself
            }
            Tarry.spawn(
                    () -> {
                        Tarry.yieldNow();
                        if (kind == 2) {
                            messages.send("message");
                        } else if (kind == 3) {
                            permits.release();
                        }
                        how.cancel(this);
                    });
        }
    }

    private static void play(String carrier, Call call, Moment moment, How how) {
        Stage stage = new Stage(call, how);
        boolean[] ended = new boolean[1];
        Runs.on(
                carrier,
                () -> {
                    try {
                        inScope(
                                how,
                                scope -> {
                                    stage.scope = scope;
                                    stage.task =
                                            scope.spawn(
                                                    () -> {
                                                        try {
                                                            moment.run(stage);
                                                        } finally {
                                                            ended[0] = true;
                                                        }
                                                    });
                                    if (moment == Moment.NOT_BEGUN) {
                                        how.cancel(stage);
                                    }
                                    var unused = Tarry.await(stage.task.done());
                                });
                    } catch (ScopeTimeoutException | CancelledException e) {
                        // that is what was done
                    } catch (TaskFailedException e) {
                        assertThat(e)
                                .hasCauseInstanceOf(
                                        how == How.AN_INTERRUPT
                                                ? Exception.class
                                                : IllegalStateException.class);
                    }
                    assertThat(Thread.interrupted()).as("left behind").isFalse();
                });
        assertThat(ended[0]).isTrue();
    }

    private static void inScope(How how, Scope.VoidScopeBody<Exception> body) throws Exception {
        if (how == How.A_LIMIT) {
            Scope.within(
                    SOON,
                    scope -> {
                        body.run(scope);
                        return null;
                    });
        } else {
            Scope.run(body);
        }
    }

    private static boolean isPossible(String carrier, Moment moment, How how) {
        if (moment == Moment.IN_THE_NEXT_CALL && how == How.AN_INTERRUPT) {
            return false; // an interrupt in a call of the JDK is no cancel, and told once
        }
        if (carrier.equals("loop")) {
            return true;
        }
        // On this carrier nobody else of the scheduler runs during the call.
        if (how == How.A_SIBLING_FAILS) {
            return moment == Moment.IN_A_WAIT
                    || moment == Moment.READY_AFTER_A_YIELD
                    || moment == Moment.BEHIND_A_SHIELD;
        }
        return !moment.needsOthersDuringTheCall()
                || moment == Moment.IN_THE_CALL && how == How.A_LIMIT;
    }

    @TestFactory
    Stream<DynamicTest> everyMoment() {
        List<DynamicTest> tests = new ArrayList<>();
        for (String carrier : List.of("handoff", "loop")) {
            for (Moment moment : Moment.values()) {
                for (How how : How.values()) {
                    for (Call call : Call.values()) {
                        if (isPossible(carrier, moment, how)) {
                            tests.add(
                                    dynamicTest(
                                            String.join(
                                                    ", ",
                                                    carrier,
                                                    moment.name(),
                                                    how.name(),
                                                    call.name()),
                                            () -> play(carrier, call, moment, how)));
                        }
                    }
                }
            }
        }
        return tests.stream();
    }
}
