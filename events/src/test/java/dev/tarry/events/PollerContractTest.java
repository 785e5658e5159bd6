package dev.tarry.events;

import static dev.tarry.events.Readiness.ERROR;
import static dev.tarry.events.Readiness.HANGUP;
import static dev.tarry.events.Readiness.PRIORITY;
import static dev.tarry.events.Readiness.READ;
import static dev.tarry.events.Readiness.READ_HANGUP;
import static dev.tarry.events.Readiness.WRITE;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.tarry.events.libc.Kqueue;
import dev.tarry.events.libc.Libc;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.FileInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What {@link Poller} says of registrations and reports, asked with real descriptors. */
class PollerContractTest extends PollerFixture {
    private static final int F_DUPFD = 0;

    // ---- one-shot

    @Test
    void oneShot_isSilentUntilReady_thenReportsOnceUntilRearmed() throws IOException {
        Pipe pipe = pipe();
        int fd = pipe.source().number();
        assertThat(poller.addOneShot(fd, READ, 7)).isZero();
        assertThat(poll(NO_WAIT)).isEmpty();
        write(pipe.sink(), 1);
        assertReported(7, READ);
        write(pipe.sink(), 1);
        assertThat(poll(NO_WAIT)).as("it has reported").isEmpty();
        assertThat(poller.rearm(fd, READ, 8)).isZero();
        assertReported(8, READ);
        assertThat(poll(NO_WAIT)).isEmpty();
    }

    @Test
    void oneShot_bothDirections_isOneReport() throws IOException {
        Fd[] pair = pair();
        write(pair[1], 1);
        assertThat(poller.addOneShot(pair[0].number(), READ | WRITE, 1)).isZero();
        assertThat(poll(FOREVER)).containsExactly(Map.entry(1L, READ | WRITE));
        assertThat(poll(NO_WAIT)).isEmpty();
    }

    @Test
    void oneShot_oneDirectionHasFired_theOtherOneIsSilentToo() throws IOException {
        Fd[] pair = pair();
        fill(pair[0]);
        assertThat(poller.addOneShot(pair[0].number(), READ | WRITE, 1)).isZero();
        write(pair[1], 1);
        assertThat(poll(FOREVER)).containsExactly(Map.entry(1L, READ));
        drain(pair[1]);
        assertThat(poll(NO_WAIT)).as("writable now").isEmpty();
        assertThat(poller.rearm(pair[0].number(), WRITE, 2)).isZero();
        assertThat(poll(FOREVER)).containsExactly(Map.entry(2L, WRITE));
    }

    @Test
    void oneShot_reportsOnlyWhatItAsksFor() throws IOException {
        Fd[] pair = pair();
        write(pair[1], 1);
        assertThat(poller.addOneShot(pair[0].number(), WRITE, 1)).isZero();
        assertThat(poll(FOREVER)).containsExactly(Map.entry(1L, WRITE));
    }

    @Test
    void addedTwiceOrRearmedBeforeItFired_isOneRegistrationWithTheNewTokenAndInterest()
            throws IOException {
        Fd[] pair = pair();
        int fd = pair[0].number();
        assertThat(poller.addOneShot(fd, READ, 1)).isZero();
        assertThat(poller.addOneShot(fd, READ, 2)).isZero();
        assertThat(poller.rearm(fd, WRITE, 3)).isZero();
        write(pair[1], 1);
        assertThat(pollAll()).containsExactly(Map.entry(3L, WRITE));
    }

    @Test
    void rearm_ofAnUnknownNumber_addsIt() throws IOException {
        Pipe pipe = pipe();
        assertThat(poller.rearm(pipe.source().number(), READ, 1)).isZero();
        write(pipe.sink(), 1);
        assertReported(1, READ);
    }

    @Test
    void rearm_closedAndOpenedBehindOurBack_armedOrFired() throws IOException {
        for (boolean fired : new boolean[] {false, true}) {
            Pipe pipe = Pipe.open();
            int fd = pipe.source().number();
            assertThat(poller.addOneShot(fd, READ, 1)).isZero();
            if (fired) {
                write(pipe.sink(), 1);
                assertReported(1, READ);
            }
            pipe.close();
            Pipe again = pipe();
            assertThat(again.source().number()).as("the same number").isEqualTo(fd);
            assertThat(poller.rearm(fd, READ, 2)).isZero();
            write(again.sink(), 1);
            assertReported(2, READ);
            poller.remove(fd);
            again.close();
        }
    }

    @Test
    void rearm_closedBehindOurBackWhileADuplicateIsOpen() throws IOException {
        assumeFalse(
                backend == Backend.KQUEUE && Kqueue.isEmulated(),
                "kqueue: not run here, libkqueue would use what it has freed");
        Pipe pipe = pipe();
        int fd = pipe.source().number();
        Fd duplicate = keep(Fd.own(Libc.functions().fcntl(fd, F_DUPFD, 0)));
        assertThat(poller.addOneShot(fd, READ, 1)).isZero();
        pipe.source().close();
        Pipe again = pipe();
        assertThat(again.source().number()).as("the same number").isEqualTo(fd);
        assertThat(poller.rearm(fd, READ, 2)).isZero();
        write(pipe.sink(), 1); // readable by the duplicate, whose registration is stale
        write(again.sink(), 1);
        assertThat(pollAll().get(2L)).isEqualTo(READ);
        assertThat(drain(duplicate)).isEqualTo(1);
        assertThat(pollAll()).as("no spinning").isEmpty();
    }

    // ---- edges

    @Test
    void edge_whatWasReadyBefore_isReportedOnce() throws IOException {
        Fd[] pair = pair();
        write(pair[1], 1);
        assertThat(poller.addEdge(pair[0].number(), 1)).isZero();
        assertThat(pollAll()).containsExactly(Map.entry(1L, READ | WRITE));
        assertThat(poll(NO_WAIT)).isEmpty();
    }

    @Test
    void edge_afterDraining_isReportedAgain() throws IOException {
        Pipe pipe = pipe();
        int fd = pipe.source().number();
        assertThat(poller.addEdge(fd, 1)).isZero();
        for (int i = 0; i < 3; i++) {
            write(pipe.sink(), 1);
            assertReported(1, READ);
            assertThat(drain(pipe.source())).isEqualTo(1);
            poller.expect(fd, READ);
            assertThat(poll(NO_WAIT)).isEmpty();
        }
    }

    @Test
    void edge_spaceAfterItWasFull_isReported() throws IOException {
        Pipe pipe = pipe();
        int fd = pipe.sink().number();
        assertThat(poller.addEdge(fd, 1)).isZero();
        fill(pipe.sink());
        pollAll();
        poller.expect(fd, WRITE);
        drain(pipe.source());
        assertReported(1, WRITE);
    }

    @Test
    void edge_dataAndEndTogether_bothAreTold() throws IOException {
        Fd[] pair = pair();
        assertThat(poller.addEdge(pair[0].number(), 1)).isZero();
        pollAll();
        write(pair[1], 1);
        Sockets.shutdownOutput(pair[1]);
        // Who reads the data and finds no more must know that no edge will come for the end.
        assertReported(1, READ | READ_HANGUP);
    }

    @Test
    void edge_racingWithAnotherThread_noneIsLost() throws Exception {
        int bytes = 20_000;
        Pipe pipe = pipe();
        int fd = pipe.source().number();
        assertThat(poller.addEdge(fd, 1)).isZero();
        Thread writer = Thread.ofPlatform().start(() -> writeOneByOne(pipe.sink(), bytes));
        for (int read = 0; read < bytes; ) {
            poll(FOREVER);
            read += drain(pipe.source());
            poller.expect(fd, READ);
        }
        writer.join();
        assertThat(drain(pipe.source())).isZero();
    }

    private static void writeOneByOne(Fd sink, int bytes) {
        try {
            for (int i = 0; i < bytes; ) {
                i += sink.write(Libc.struct(1));
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    // ---- hang-up, error, priority

    @ParameterizedTest
    @ValueSource(ints = {0, HANGUP})
    void hangUp_isReportedThoughNobodyAsked(int interest) throws IOException {
        Pipe pipe = pipe();
        Fd[] pair = pair();
        assertThat(poller.addOneShot(pipe.source().number(), interest, 1)).isZero();
        assertThat(poller.addOneShot(pair[0].number(), interest, 2)).isZero();
        write(pipe.sink(), 1);
        write(pair[1], 1);
        Sockets.shutdownOutput(pair[1]);
        assertThat(poll(NO_WAIT)).as("nobody asked for data, or its end").isEmpty();
        pipe.sink().close();
        pair[1].close();
        Map<Long, Integer> reports = pollAll();
        assertThat(reports).containsOnlyKeys(1L, 2L);
        assertThat(reports.values()).allMatch(bits -> (bits & (HANGUP | READ)) == HANGUP);
    }

    @Test
    void edge_hangUpIsNotOurOwnShutdown() throws IOException {
        Fd[] pair = pair();
        assertThat(poller.addEdge(pair[0].number(), 1)).isZero();
        Sockets.shutdownOutput(pair[0]);
        assertThat(pollAll().getOrDefault(1L, 0) & HANGUP).isZero();
        pair[1].close();
        poller.expect(pair[0].number(), READ);
        assertThat(pollAll().getOrDefault(1L, 0) & HANGUP).isEqualTo(HANGUP);
    }

    @Test
    void error_isReportedThoughNobodyAsked() throws IOException {
        Pipe pipe = pipe();
        assertThat(poller.addOneShot(pipe.sink().number(), 0, 1)).isZero();
        pipe.source().close();
        assertThat(poll(FOREVER).get(1L) & (ERROR | HANGUP)).isNotZero();
        assertThat(poll(NO_WAIT)).as("one report").isEmpty();
    }

    @Test
    void reset_isAnError() throws Exception {
        Fd listener = keep(Sockets.listen(new InetSocketAddress("127.0.0.1", 0), 1));
        Socket peer = keep(new Socket());
        peer.connect(Sockets.localAddress(listener));
        Fd connection = keep(Sockets.accept(listener).fd());
        assertThat(poller.addOneShot(connection.number(), READ, 1)).isZero();
        peer.setSoLinger(true, 0);
        peer.close();
        assertReported(1, READ | ERROR);
    }

    @Test
    void urgentData_isReportedAsPriority_orRefused() throws Exception {
        Fd listener = keep(Sockets.listen(new InetSocketAddress("127.0.0.1", 0), 1));
        Socket peer = keep(new Socket());
        peer.connect(Sockets.localAddress(listener));
        Fd connection = keep(Sockets.accept(listener).fd());
        int result = poller.addOneShot(connection.number(), PRIORITY, 1);
        if (backend == Backend.KQUEUE) {
            assertThat(result).isEqualTo(-Libc.EOPNOTSUPP);
            return;
        }
        assertThat(result).isZero();
        peer.sendUrgentData('!');
        assertReported(1, PRIORITY);
    }

    // ---- refusals, removal

    @Test
    void closedNumber_isRefusedAtRegistration() throws IOException {
        Pipe pipe = Pipe.open();
        int fd = pipe.source().number();
        pipe.close();
        for (int bad : new int[] {fd, -1}) {
            assertThat(poller.addOneShot(bad, READ, 1)).isEqualTo(-Libc.EBADF);
            assertThat(poller.rearm(bad, WRITE, 1)).isEqualTo(-Libc.EBADF);
            assertThat(poller.addEdge(bad, 1)).isEqualTo(-Libc.EBADF);
            poller.remove(bad);
        }
        assertThat(poll(NO_WAIT)).isEmpty();
    }

    @Test
    void numberClosedAfterItsReport_isRefusedAtRearm() throws IOException {
        Pipe pipe = pipe();
        int fd = pipe.source().number();
        assertThat(poller.addOneShot(fd, READ, 1)).isZero();
        write(pipe.sink(), 1);
        assertReported(1, READ);
        pipe.source().close();
        assertThat(poller.rearm(fd, READ, 2)).isEqualTo(-Libc.EBADF);
        poller.remove(fd);
    }

    @Test
    void filesAreRefusedWithEperm_orReady(@TempDir Path dir) throws IOException {
        Path atItsEnd = Files.createFile(dir.resolve("file"));
        for (Path path : new Path[] {atItsEnd, Path.of("/dev/null")}) {
            try (var file = new FileInputStream(path.toFile())) {
                int fd = numberOf(path);
                int result = poller.addOneShot(fd, READ | WRITE, 1);
                assertThat(result).isIn(0, -Libc.EPERM);
                if (result == 0) {
                    assertReported(1, READ | WRITE);
                }
                assertThat(poller.addEdge(fd, 2)).isEqualTo(result);
                assertThat(file.read()).isEqualTo(-1); // open until here
            }
            pollAll();
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
    void removed_reportsNothingMore_andItsNumberIsFreeForAnother() throws IOException {
        Fd[] pair = pair();
        int fd = pair[0].number();
        assertThat(poller.addEdge(fd, 1)).isZero();
        poller.remove(fd);
        poller.remove(fd); // unknown now
        write(pair[1], 1);
        assertThat(poll(NO_WAIT)).isEmpty();
        pair[0].close();
        Pipe pipe = pipe();
        assertThat(pipe.source().number()).as("the same number").isEqualTo(fd);
        assertThat(poller.addEdge(fd, 2)).isZero();
        write(pipe.sink(), 1);
        assertReported(2, READ);
    }

    @Test
    void unknownNumbers_canBeRemoved() {
        for (int fd : new int[] {-1, 0, 19_999, Integer.MAX_VALUE}) {
            poller.remove(fd);
        }
    }

    // ---- tokens, and many of them

    @Test
    void tokens_comeBackUnchanged() throws IOException {
        long[] tokens = {0, 1, -2, Long.MIN_VALUE, Long.MAX_VALUE, 0xFFFF_FFFFL, 1L << 32};
        for (long token : tokens) {
            int fd = pipe().sink().number();
            assertThat(poller.addOneShot(fd, WRITE, token)).isZero();
        }
        assertThat(pollAll()).containsOnlyKeys(Arrays.stream(tokens).boxed().toList());
    }

    @Test
    void thousandDescriptors_readyBothWays_eachIsReported() throws IOException {
        for (boolean edge : new boolean[] {false, true}) {
            List<Fd> all = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                Collections.addAll(all, pair());
            }
            Map<Long, Integer> expected = new TreeMap<>();
            for (Fd fd : all) {
                write(fd, 1);
                long token = (long) fd.number() << 32 | 0xCAFE;
                expected.put(token, READ | WRITE);
                int result =
                        edge
                                ? poller.addEdge(fd.number(), token)
                                : poller.addOneShot(fd.number(), READ | WRITE, token);
                assertThat(result).isZero();
            }
            assertThat(pollAll()).isEqualTo(expected);
            for (Fd fd : all) {
                poller.remove(fd.number());
                fd.close();
            }
        }
    }
}
