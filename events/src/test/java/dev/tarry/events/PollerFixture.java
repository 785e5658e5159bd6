package dev.tarry.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tarry.events.libc.Libc;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A poller of each backend, and what its tests need. A backend that this machine lacks is reported
 * as not run.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(Backend.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // poll is not interruptible
abstract class PollerFixture {
    static final long NO_WAIT = 0;
    static final long FOREVER = -1;

    @Parameter Backend backend;

    private final List<AutoCloseable> opened = new ArrayList<>();
    Poller poller;

    @BeforeEach
    void open() {
        String name = backend.name().toLowerCase(Locale.ROOT);
        assumeTrue(backend.isAvailable(), name + ": not run here");
        poller = keep(newPoller());
    }

    /** For those who put something around it. */
    Poller newPoller() {
        return backend.open();
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened.reversed()) {
            each.close();
        }
    }

    final <T extends AutoCloseable> T keep(T resource) {
        opened.add(resource);
        return resource;
    }

    final Pipe pipe() throws IOException {
        return keep(Pipe.open());
    }

    final Fd[] pair() throws IOException {
        Fd[] pair = Sockets.pair();
        keep(pair[0]);
        keep(pair[1]);
        return pair;
    }

    /** What one call reports, by token. */
    final Map<Long, Integer> poll(long timeoutNanos) {
        Map<Long, Integer> reports = new TreeMap<>();
        poller.poll(
                timeoutNanos,
                (token, readiness) ->
                        assertThat(reports.put(token, readiness))
                                .as("%d is told twice in one call", token)
                                .isNull());
        return reports;
    }

    /** All that is reported until a call reports nothing. */
    final Map<Long, Integer> pollAll() {
        Map<Long, Integer> reports = new TreeMap<>();
        for (Map<Long, Integer> more; !(more = poll(NO_WAIT)).isEmpty(); ) {
            more.forEach((token, bits) -> reports.merge(token, bits, (a, b) -> a | b));
        }
        return reports;
    }

    final void assertReported(long token, int bits) {
        assertThat(poll(FOREVER).getOrDefault(token, 0) & bits).as("bits").isEqualTo(bits);
    }

    static void write(Fd fd, int bytes) throws IOException {
        assertThat(fd.write(Libc.struct(bytes))).isEqualTo(bytes);
    }

    static int drain(Fd fd) throws IOException {
        ByteBuffer buffer = Libc.struct(4096);
        int total = 0;
        for (int n; (n = fd.read(buffer.clear())) > 0; ) {
            total += n;
        }
        return total;
    }

    static void fill(Fd fd) throws IOException {
        ByteBuffer block = Libc.struct(64 * 1024);
        while (fd.write(block.clear()) > 0) {}
    }
}
