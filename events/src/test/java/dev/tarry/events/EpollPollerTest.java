package dev.tarry.events;

import static dev.tarry.events.Readiness.HANGUP;
import static dev.tarry.events.Readiness.READ;
import static dev.tarry.events.Readiness.WRITE;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.events.libc.Libc;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;

/** What {@link Poller} promises, asked of epoll with real descriptors. */
@Timeout(60)
class EpollPollerTest {
    private static final long NO_WAIT = 0;
    private static final long FOREVER = -1;

    private final Poller poller = EpollPoller.open();

    @AfterEach
    void close() {
        poller.close();
    }

    private Map<Long, Integer> poll(long timeoutNanos) {
        Map<Long, Integer> reports = new TreeMap<>();
        poller.poll(
                timeoutNanos,
                (token, readiness) ->
                        assertThat(reports.put(token, readiness)).as("twice in a batch").isNull());
        return reports;
    }

    private static void write(Pipe pipe, int bytes) throws IOException {
        assertThat(pipe.sink().write(Libc.struct(bytes))).isEqualTo(bytes);
    }

    // ---- a loop inside another one

    @Test
    void itsDescriptor_isReadableWhileThereIsSomethingToTell() throws IOException {
        try (Pipe oneShot = Pipe.open();
                Pipe edge = Pipe.open()) {
            assertThat(poller.addOneShot(oneShot.source().number(), READ, 1)).isZero();
            assertThat(poller.addEdge(edge.source().number(), 2)).isZero();
            assertThat(isReadable()).isFalse();
            for (Pipe pipe : new Pipe[] {oneShot, edge}) {
                write(pipe, 1);
                assertThat(isReadable()).isTrue();
                assertThat(poll(NO_WAIT)).hasSize(1);
                assertThat(isReadable()).as("all has been told").isFalse();
            }
            poller.wakeup();
            assertThat(isReadable()).isTrue();
            assertThat(poll(NO_WAIT)).isEmpty();
            assertThat(isReadable()).isFalse();
        }
    }

    private boolean isReadable() {
        return Libc.pollNow(Libc.struct(8), poller.fd(), Libc.POLLIN) == Libc.POLLIN;
    }

    // ---- one report

    @Test
    void oneShot_reportsOnceUntilItIsRearmed() throws IOException {
        try (Pipe pipe = Pipe.open()) {
            int fd = pipe.source().number();
            assertThat(poller.addOneShot(fd, READ, 7)).isZero();
            assertThat(poll(NO_WAIT)).isEmpty();
            write(pipe, 1);
            assertThat(poll(FOREVER)).containsExactly(Map.entry(7L, READ));
            write(pipe, 1);
            assertThat(poll(NO_WAIT)).isEmpty();
            assertThat(poller.rearm(fd, READ, 8)).isZero();
            assertThat(poll(FOREVER)).as("still ready").containsExactly(Map.entry(8L, READ));
        }
    }

    @Test
    void oneShot_addedTwice_isOneRegistrationWithTheNewToken() throws IOException {
        try (Pipe pipe = Pipe.open()) {
            int fd = pipe.source().number();
            assertThat(poller.addOneShot(fd, READ, 1)).isZero();
            assertThat(poller.addOneShot(fd, READ, 2)).isZero();
            write(pipe, 1);
            assertThat(poll(FOREVER)).containsOnlyKeys(2L);
        }
    }

    @Test
    void rearm_afterCloseAndReopenBehindItsBack_addsIt() throws IOException {
        Pipe pipe = Pipe.open();
        int fd = pipe.source().number();
        assertThat(poller.addOneShot(fd, READ, 1)).isZero();
        pipe.close();
        try (Pipe again = Pipe.open()) {
            assertThat(again.source().number()).as("the same number").isEqualTo(fd);
            assertThat(poller.rearm(fd, READ, 2)).isZero();
            write(again, 1);
            assertThat(poll(FOREVER)).containsExactly(Map.entry(2L, READ));
        }
    }

    @Test
    void hangUp_isReportedThoughNobodyAsked() throws IOException {
        try (Pipe pipe = Pipe.open()) {
            assertThat(poller.addOneShot(pipe.source().number(), 0, 1)).isZero();
            pipe.sink().close();
            assertThat(poll(FOREVER)).containsExactly(Map.entry(1L, HANGUP));
        }
    }

    // ---- edges

    @Test
    void edge_reportsNewDataNotOldData() throws IOException {
        try (Pipe pipe = Pipe.open()) {
            assertThat(poller.addEdge(pipe.source().number(), 1)).isZero();
            write(pipe, 1);
            assertThat(poll(FOREVER)).containsExactly(Map.entry(1L, READ));
            assertThat(poll(NO_WAIT)).as("nothing new").isEmpty();
            write(pipe, 1);
            assertThat(poll(FOREVER)).containsExactly(Map.entry(1L, READ));
        }
    }

    @Test
    void edge_whatWasReadyBefore_isReportedOnce() throws IOException {
        try (Pipe pipe = Pipe.open()) {
            write(pipe, 1);
            assertThat(poller.addEdge(pipe.source().number(), 1)).isZero();
            assertThat(poller.addEdge(pipe.sink().number(), 2)).isZero();
            assertThat(poll(FOREVER)).containsExactly(Map.entry(1L, READ), Map.entry(2L, WRITE));
            assertThat(poll(NO_WAIT)).isEmpty();
        }
    }

    @Test
    void edge_spaceAfterAFullPipe_isReported() throws IOException {
        try (Pipe pipe = Pipe.open()) {
            assertThat(poller.addEdge(pipe.sink().number(), 1)).isZero();
            ByteBuffer block = Libc.struct(64 * 1024);
            while (pipe.sink().write(block.clear()) > 0) {}
            poll(NO_WAIT);
            while (pipe.source().read(block.clear()) > 0) {}
            assertThat(poll(FOREVER)).containsExactly(Map.entry(1L, WRITE));
        }
    }

    // ---- refusals

    @Test
    void regularFile_isRefusedWithEperm(@TempDir Path dir) throws IOException {
        Path path = Files.createFile(dir.resolve("file"));
        try (var file = new java.io.FileInputStream(path.toFile())) {
            int fd = numberOf(path);
            assertThat(poller.addOneShot(fd, READ, 1)).isEqualTo(-Libc.EPERM);
            assertThat(poller.addEdge(fd, 1)).isEqualTo(-Libc.EPERM);
            assertThat(file.read()).isEqualTo(-1); // open until here
        }
    }

    private static int numberOf(Path open) throws IOException {
        try (var all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path link : all) {
                if (Files.exists(link) && Files.isSameFile(link, open)) {
                    return Integer.parseInt(link.getFileName().toString());
                }
            }
        }
        throw new AssertionError(open + " is not open");
    }

    @Test
    void closedNumber_isRefusedWithEbadf() throws IOException {
        Pipe pipe = Pipe.open();
        int fd = pipe.source().number();
        pipe.close();
        assertThat(poller.addOneShot(fd, READ, 1)).isEqualTo(-Libc.EBADF);
        assertThat(poller.rearm(fd, READ, 1)).isEqualTo(-Libc.EBADF);
        assertThat(poller.addEdge(fd, 1)).isEqualTo(-Libc.EBADF);
        poller.remove(fd); // no error
    }

    @Test
    void removed_reportsNothingMore() throws IOException {
        try (Pipe pipe = Pipe.open()) {
            assertThat(poller.addEdge(pipe.source().number(), 1)).isZero();
            poller.remove(pipe.source().number());
            write(pipe, 1);
            assertThat(poll(NO_WAIT)).isEmpty();
        }
    }

    // ---- many, and tokens

    @Test
    void moreReadyThanFitIntoOneBatch_allAreReportedWithTheirTokens() throws IOException {
        Pipe[] pipes = new Pipe[600];
        try {
            Map<Long, Integer> expected = new TreeMap<>();
            for (int i = 0; i < pipes.length; i++) {
                pipes[i] = Pipe.open();
                write(pipes[i], 1);
                long token = (long) i << 40 | 0xCAFEL << 8 | i & 0xff;
                expected.put(token, READ);
                assertThat(poller.addOneShot(pipes[i].source().number(), READ, token)).isZero();
            }
            Map<Long, Integer> reports = new TreeMap<>();
            Map<Long, Integer> more;
            while (!(more = poll(NO_WAIT)).isEmpty()) {
                reports.putAll(more);
            }
            assertThat(reports).isEqualTo(expected);
        } finally {
            for (Pipe pipe : pipes) {
                if (pipe != null) {
                    pipe.close();
                }
            }
        }
    }

    // ---- time

    @Test
    void timeout_isNeverEarly() {
        Random random = new Random(1);
        for (int i = 0; i < 300; i++) {
            long timeout = 1 + random.nextInt(3_000_000);
            long began = System.nanoTime();
            assertThat(poll(timeout)).isEmpty();
            assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(timeout);
        }
    }

    @Test
    void longestTimeout_isAccepted() {
        poller.wakeup();
        assertThat(poll(Long.MAX_VALUE / 2)).isEmpty();
    }

    // ---- wake-ups

    @Test
    void wakeupBeforeThePoll_endsIt() {
        poller.wakeup();
        poller.wakeup();
        assertThat(poll(FOREVER)).as("is not reported").isEmpty();
    }

    @Test
    void wakeup_endsOnePollOnly() {
        poller.wakeup();
        poll(FOREVER);
        long began = System.nanoTime();
        poll(2_000_000);
        assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(2_000_000);
    }

    @Test
    void wakeupFromAnotherThread_endsEveryPoll() throws Exception {
        int rounds = 20_000;
        int[] polls = new int[1];
        // Each side waits for the other, so the wake-up comes before the poll or while it sleeps.
        CountDownLatch done = new CountDownLatch(1);
        var turn = new java.util.concurrent.SynchronousQueue<Integer>();
        Thread waker =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    try {
                                        for (int i = 0; i < rounds; i++) {
                                            turn.put(i);
                                            poller.wakeup();
                                        }
                                        done.countDown();
                                    } catch (InterruptedException e) {
                                        throw new AssertionError(e);
                                    }
                                });
        for (int i = 0; i < rounds; i++) {
            assertThat(turn.take()).isEqualTo(i);
            poll(FOREVER);
            polls[0]++;
        }
        done.await();
        waker.join();
        assertThat(polls[0]).isEqualTo(rounds);
    }

    @Test
    void wakeupAfterClose_isHarmless() throws IOException {
        Poller closed = EpollPoller.open();
        closed.close();
        try (Pipe pipe = Pipe.open()) { // gets the numbers that the poller had
            closed.wakeup();
            assertThat(pipe.source().read(Libc.struct(8))).isZero();
        }
        closed.close();
    }

    @Test
    void openAndClose_leaksNoDescriptor() throws IOException {
        long before = descriptors();
        for (int i = 0; i < 100; i++) {
            EpollPoller.open().close();
        }
        assertThat(descriptors()).isEqualTo(before);
    }

    private static long descriptors() throws IOException {
        try (var all = Files.list(Path.of("/proc/self/fd"))) {
            return all.count();
        }
    }
}
