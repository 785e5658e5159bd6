package dev.tarry.events;

import static dev.tarry.events.Readiness.WRITE;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.events.libc.Libc;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;

/** What {@link Poller} says of time, wake-ups and its end. */
class PollerWakeupTest extends PollerFixture {
    // ---- time

    @Test
    void timeout_isNeverEarly() {
        Random random = new Random(1);
        for (int i = 0; i < 300; i++) {
            long timeout = i < 3 ? (i + 1) * 1_000_000L : 1 + random.nextInt(3_000_000);
            long began = System.nanoTime();
            assertThat(poll(timeout)).isEmpty();
            assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(timeout);
        }
    }

    @Test
    void timeout_zeroLooks_andTheLongestIsAccepted() throws IOException {
        Pipe pipe = pipe();
        assertThat(poller.addOneShot(pipe.sink().number(), WRITE, 1)).isZero();
        assertThat(poll(NO_WAIT)).containsOnlyKeys(1L);
        for (long timeout : new long[] {Long.MAX_VALUE, Long.MAX_VALUE / 2, Long.MIN_VALUE}) {
            poller.wakeup();
            assertThat(poll(timeout)).isEmpty();
        }
    }

    // ---- wake-ups

    @Test
    void wakeupsBeforeThePoll_endThatOneOnly() {
        for (int i = 0; i < 1_000; i++) {
            poller.wakeup();
        }
        assertThat(poll(FOREVER)).as("nothing is reported").isEmpty();
        long began = System.nanoTime();
        poll(2_500_000);
        assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(2_500_000);
    }

    @Test
    void wakeup_doesNotHideWhatIsReady() throws IOException {
        assertThat(poller.addOneShot(pipe().sink().number(), WRITE, 1)).isZero();
        poller.wakeup();
        assertThat(pollAll()).containsOnlyKeys(1L);
    }

    @Test
    void wakeupFromAnotherThread_endsThePollItMeetsOrTheNext() throws Exception {
        int rounds = 10_000;
        var turn = new SynchronousQueue<Integer>();
        Thread waker = Thread.ofPlatform().start(() -> wakeAtEachTurn(turn, rounds));
        for (int i = 0; i < rounds; i++) {
            assertThat(turn.take()).isEqualTo(i);
            assertThat(poll(FOREVER)).isEmpty();
        }
        waker.join();
    }

    // Sometimes before the other one sleeps, sometimes when it does.
    private void wakeAtEachTurn(SynchronousQueue<Integer> turn, int rounds) {
        try {
            for (int i = 0; i < rounds; i++) {
                turn.put(i);
                for (int spin = i % 100 * 20; spin > 0; spin--) {
                    Thread.onSpinWait();
                }
                poller.wakeup();
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void wakeupsFromManyThreads_whileItCloses_areHarmless() throws Exception {
        CountDownLatch begun = new CountDownLatch(4);
        List<Thread> wakers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            wakers.add(
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        for (int n = 0; n < 20_000; n++) {
                                            poller.wakeup();
                                            begun.countDown();
                                        }
                                    }));
        }
        begun.await();
        poller.close();
        try (Pipe pipe = Pipe.open()) { // may get the numbers that the poller had
            for (Thread waker : wakers) {
                waker.join();
            }
            assertThat(pipe.source().read(Libc.struct(8))).isZero();
        }
        poller.close();
    }

    @Test
    void wakeupAfterClose_doesNotReachWhoGotItsNumbers() {
        poller.close();
        Poller another = keep(backend.open());
        poller.wakeup();
        long began = System.nanoTime();
        another.poll(2_500_000, (token, readiness) -> {});
        assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(2_500_000);
    }

    // ---- closing

    @Test
    void close_leavesTheRegisteredDescriptorsOpen() throws IOException {
        Pipe pipe = pipe();
        assertThat(poller.addEdge(pipe.source().number(), 1)).isZero();
        poller.close();
        write(pipe.sink(), 3);
        assertThat(drain(pipe.source())).isEqualTo(3);
    }

    @Test
    void openAndClose_leaksNoDescriptor() throws IOException {
        backend.open().close(); // what an emulation opens once for all
        long before = descriptors();
        for (int i = 0; i < 100; i++) {
            Poller another = backend.open();
            assertThat(another).isNotNull();
            another.close();
        }
        while (descriptors() > before) { // an emulation closes them a little later
            Thread.yield();
        }
    }

    private static long descriptors() throws IOException {
        try (var all = Files.list(Path.of("/proc/self/fd"))) {
            return all.count();
        }
    }
}
