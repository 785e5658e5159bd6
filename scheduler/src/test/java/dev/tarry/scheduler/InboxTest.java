package dev.tarry.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.events.WakeupGuard;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** The way in from other threads, with real threads; and a broken loop that must be caught. */
@Timeout(60)
class InboxTest {

    /** A loop that only takes its inbox, and sleeps on a semaphore instead of a poller. */
    private static final class SleepyLoop extends Thread {
        final Semaphore wakeups = new Semaphore(0);
        final WakeupGuard guard = new WakeupGuard(wakeups::release);
        final Inbox inbox = new Inbox(guard);
        private final boolean broken;
        private volatile boolean end;

        SleepyLoop(boolean broken) {
            super("sleepy-loop");
            this.broken = broken;
            setDaemon(true);
        }

        @Override
        public void run() {
            Random jitter = new Random(3);
            while (!end) {
                inbox.take();
                boolean sleep;
                if (broken) { // looks first, and says then that it will sleep
                    sleep = inbox.isEmpty();
                    spin(jitter.nextInt(200));
                    guard.beforeSleep();
                } else {
                    guard.beforeSleep();
                    spin(jitter.nextInt(200));
                    sleep = inbox.isEmpty();
                }
                if (sleep) {
                    wakeups.acquireUninterruptibly();
                }
                guard.afterSleep();
            }
        }

        /** Whether it sleeps, and nobody has called it. Final once all senders are done. */
        boolean sleepsFast() {
            // The first look may mix the state before a wake-up with the permits after it. If the
            // second one says the same, it went back to sleep since, and has taken its inbox.
            for (int look = 0; look < 2; look++) {
                if (getState() != State.WAITING || wakeups.availablePermits() > 0) {
                    return false;
                }
            }
            return true;
        }

        void end() throws InterruptedException {
            end = true;
            wakeups.release();
            join();
        }
    }

    private static void spin(int n) {
        for (int i = 0; i < n; i++) {
            Thread.onSpinWait();
        }
    }

    /** Sends one message after the other; answers in which round one was lost, or -1. */
    private static int firstLost(SleepyLoop loop, int rounds) {
        Random jitter = new Random(4);
        AtomicInteger handled = new AtomicInteger();
        loop.start();
        for (int round = 1; round <= rounds; round++) {
            spin(jitter.nextInt(400));
            loop.inbox.post(handled::incrementAndGet);
            while (handled.get() < round) {
                if (loop.sleepsFast() && handled.get() < round) {
                    return round;
                }
                Thread.onSpinWait();
            }
        }
        return -1;
    }

    @Test
    void postRacesWithFallingAsleep_noMessageIsLost() throws InterruptedException {
        SleepyLoop loop = new SleepyLoop(false);
        assertThat(firstLost(loop, 50_000)).isEqualTo(-1);
        loop.end();
    }

    @Test
    void loopThatLooksBeforeItSaysSo_isCaught() throws InterruptedException {
        SleepyLoop loop = new SleepyLoop(true);
        assertThat(firstLost(loop, 5_000_000)).isPositive();
        loop.end();
    }

    @Test
    void eightSenders_orderOfEachIsKept() throws InterruptedException {
        int messages = 20_000;
        SleepyLoop loop = new SleepyLoop(false);
        loop.start();
        List<List<Integer>> received = new ArrayList<>();
        List<Thread> senders = new ArrayList<>();
        Semaphore all = new Semaphore(0);
        for (int s = 0; s < 8; s++) {
            List<Integer> mine = new ArrayList<>();
            received.add(mine);
            senders.add(
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        for (int i = 0; i < messages; i++) {
                                            int number = i;
                                            loop.inbox.post(
                                                    () -> {
                                                        mine.add(number);
                                                        all.release();
                                                    });
                                        }
                                    }));
        }
        all.acquire(8 * messages);
        for (Thread sender : senders) {
            sender.join();
        }
        for (List<Integer> mine : received) {
            assertThat(mine).hasSize(messages).isSorted();
        }
        loop.end();
    }

    @Test
    void postAfterClose_isRefused() {
        Inbox inbox = new Inbox(new WakeupGuard(() -> {}));
        inbox.close(InboxTest::rethrow);
        assertThat(inbox.post(() -> {})).isFalse();
        assertThat(inbox.isEmpty()).isTrue();
    }

    @Test
    void postRacesWithClose_eachActionRunsOrIsRefused() throws InterruptedException {
        for (int round = 0; round < 2_000; round++) {
            Inbox inbox = new Inbox(new WakeupGuard(() -> {}));
            AtomicInteger ran = new AtomicInteger();
            int[] accepted = new int[1];
            Thread sender =
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        for (int i = 0; i < 50; i++) {
                                            accepted[0] += inbox.post(ran::incrementAndGet) ? 1 : 0;
                                        }
                                    });
            spin(round % 500);
            inbox.close(InboxTest::rethrow);
            sender.join();
            assertThat(ran.get()).isEqualTo(accepted[0]);
        }
    }

    @Test
    void flood_isTakenInBoundedParts() {
        Inbox inbox = new Inbox(new WakeupGuard(() -> {}));
        AtomicInteger ran = new AtomicInteger();
        Runnable[] again = new Runnable[1];
        again[0] =
                () -> {
                    ran.incrementAndGet();
                    inbox.post(again[0]);
                };
        inbox.post(again[0]);
        inbox.take(); // would never return
        assertThat(ran.get()).isPositive();
        assertThat(inbox.isEmpty()).isFalse();
    }

    private static void rethrow(Throwable failure) {
        throw new AssertionError(failure);
    }
}
