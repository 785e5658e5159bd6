package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.Scheduler;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/** Code that knows nothing of Tarry, inside tasks. */
@Timeout(60)
class JdkCallsTest {

    /** Blocks until it is told that another task has run meanwhile. */
    private interface Blocking {
        void untilReleasedBy(AtomicBoolean anotherRan) throws Exception;
    }

    private static void anotherTaskRunsDuring(Blocking blocking) {
        AtomicBoolean anotherRan = new AtomicBoolean();
        Runs.on(
                "loop",
                () ->
                        Scope.run(
                                scope -> {
                                    scope.spawn(() -> blocking.untilReleasedBy(anotherRan));
                                    scope.spawn(() -> anotherRan.set(true));
                                }));
    }

    @Test
    void threadSleep_letsTheOthersRun() {
        anotherTaskRunsDuring(
                anotherRan -> {
                    while (!anotherRan.get()) {
                        Thread.sleep(1);
                    }
                });
    }

    @Test
    void blockingQueueFedByAnotherThread_letsTheOthersRun() {
        LinkedBlockingQueue<String> queue = new LinkedBlockingQueue<>();
        anotherTaskRunsDuring(
                anotherRan -> {
                    Thread.ofPlatform().start(() -> feed(queue, anotherRan));
                    assertThat(queue.take()).isEqualTo("done");
                });
    }

    private static void feed(LinkedBlockingQueue<String> queue, AtomicBoolean when) {
        while (!when.get()) {
            Thread.onSpinWait();
        }
        queue.add("done");
    }

    @Test
    void lockHeldByAnotherTask_letsItRun() {
        ReentrantLock lock = new ReentrantLock();
        List<String> log = new ArrayList<>();
        Runs.on(
                "loop",
                () ->
                        Scope.run(
                                scope -> {
                                    lock.lock();
                                    scope.spawn(
                                            () -> {
                                                lock.lock();
                                                log.add("second");
                                                lock.unlock();
                                            });
                                    Tarry.yieldNow();
                                    log.add("first");
                                    lock.unlock();
                                }));
        assertThat(log).containsExactly("first", "second");
    }

    @Test
    void synchronizedHeldByATaskThatWaits_doesNotStopTheOthers() {
        Object monitor = new Object();
        List<String> log = new ArrayList<>();
        Runs.on(
                "loop",
                () ->
                        Scope.run(
                                scope -> {
                                    synchronized (monitor) {
                                        scope.spawn(
                                                () -> {
                                                    synchronized (monitor) {
                                                        log.add("second");
                                                    }
                                                });
                                        Tarry.yieldNow();
                                        log.add("first");
                                    }
                                }));
        assertThat(log).containsExactly("first", "second");
    }

    @Test
    void jdkSocketsOfTwoTasks_talkToEachOther() {
        Runs.on("loop", JdkCallsTest::talk);
    }

    private static void talk() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Scope.run(
                    scope -> {
                        scope.spawn(() -> answer(server));
                        ask(server.getLocalPort());
                    });
        }
    }

    private static void answer(ServerSocket server) throws Exception {
        try (Socket socket = server.accept()) {
            socket.getOutputStream().write(socket.getInputStream().read() + 1);
        }
    }

    private static void ask(int port) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(41);
            if (socket.getInputStream().read() != 42) {
                throw new AssertionError();
            }
        }
    }

    @Test
    void virtualThreadsStartedByATask_runOnTheLoopAndCanOutliveTheTask() {
        Runs.on(
                "loop",
                () -> {
                    List<Thread> started = new ArrayList<>();
                    int[] unguarded = new int[1]; // one at a time: plain ++ is enough
                    Scope.run(
                            scope ->
                                    scope.spawn(
                                            () -> {
                                                for (int i = 0; i < 10; i++) {
                                                    started.add(
                                                            Thread.startVirtualThread(
                                                                    () -> count(unguarded)));
                                                }
                                            }));
                    for (Thread thread : started) {
                        thread.join();
                    }
                    assertThat(unguarded[0]).isEqualTo(10_000);
                    assertThat(Scheduler.current().tasks()).isEqualTo(1);
                });
    }

    private static void count(int[] counter) {
        assertThat(Scheduler.currentTask()).as("is no task").isNull();
        for (int i = 0; i < 1_000; i++) {
            int read = counter[0];
            if (i % 100 == 0) {
                Thread.yield();
                read = counter[0];
            }
            counter[0] = read + 1;
        }
    }
}
