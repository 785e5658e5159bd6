package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.runtime.Body;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.Scheduler;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** A task that holds the loop is named, with what keeps it. Each does so until it was told. */
@Timeout(60)
class WatchdogTest {
    private static final Duration LIMIT = Duration.ofMillis(50);

    private final BlockingQueue<LogRecord> told = new LinkedBlockingQueue<>();
    private final CountDownLatch once = new CountDownLatch(1);
    private static CountDownLatch pinned;
    private final Handler handler =
            new Handler() {
                @Override
                public void publish(LogRecord record) {
                    told.add(record);
                    once.countDown();
                }

                @Override
                public void flush() {}

                @Override
                public void close() {}
            };

    @BeforeEach
    void listen() {
        Logger.getLogger("dev.tarry").addHandler(handler);
        Logger.getLogger("dev.tarry").setUseParentHandlers(false);
    }

    @AfterEach
    void listenNoMore() {
        Logger.getLogger("dev.tarry").removeHandler(handler);
        Logger.getLogger("dev.tarry").setUseParentHandlers(true);
    }

    /** Holds the loop, and answers what the watchdog said of it. */
    private LogRecord held(String carrier, Body body) {
        Runs.on(
                carrier,
                Scheduler.builder().watchdog(LIMIT),
                () -> Tarry.spawn("greedy", body).join());
        LogRecord record = told.remove();
        assertThat(record.getMessage())
                .startsWith("task 'greedy' (#2) has held the loop of tarry-")
                .containsPattern("for more than \\d\\d+ ms");
        assertThat(record.getThrown().getStackTrace())
                .extracting(StackTraceElement::getClassName)
                .contains(WatchdogTest.class.getName());
        return record;
    }

    @BothCarriers
    void taskThatComputes_isNamedWithItsStack(String carrier) {
        LogRecord record = held(carrier, this::compute);
        assertThat(record.getMessage()).contains("it computes").contains("Tarry.yieldNow()");
        assertThat(record.getThrown().getStackTrace())
                .extracting(StackTraceElement::getMethodName)
                .contains("compute");
    }

    private void compute() {
        while (once.getCount() > 0) {
            Thread.onSpinWait();
        }
    }

    @BothCarriers
    void taskInsideANativeMethod_isNamedWithIt(String carrier, @TempDir Path dir) throws Exception {
        Path pipe = dir.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        Thread writer = Thread.ofPlatform().start(() -> openForWritingOnceTold(pipe));
        LogRecord record = held(carrier, () -> new FileInputStream(pipe.toFile()).close());
        writer.join();
        assertThat(record.getMessage())
                .contains("inside the native method java.io.FileInputStream.open0")
                .contains("Tarry.blocking(");
    }

    private void openForWritingOnceTold(Path pipe) {
        try {
            once.await();
            new FileOutputStream(pipe.toFile()).close(); // now the reader has opened it, too
        } catch (InterruptedException | IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Only here: on the loop carrier such a call lets the others run. */
    @Test
    void taskInABlockingCallOnTheHandoffCarrier_isNamed() {
        LogRecord record = held("handoff", () -> once.await());
        assertThat(record.getMessage()).contains("it is WAITING").contains("Tarry.blocking(");
    }

    /** Cannot leave its thread, and so cannot let the others run. */
    @Test
    void taskThatBlocksWhilePinned_isNamed() {
        pinned = once;
        LogRecord record = held("loop", () -> assertThat(Pinned.DONE).isTrue());
        assertThat(record.getMessage()).contains("it is WAITING").contains("Tarry.blocking(");
    }

    private static final class Pinned {
        static final boolean DONE = await();

        private static boolean await() {
            try {
                pinned.await(); // in a static initializer
                return true;
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    @BothCarriers
    void itsThread_endsWithTheLoop(String carrier) {
        Runs.on(
                carrier,
                Scheduler.builder().watchdog(Duration.ofHours(1)),
                () -> assertThat(watchdogs()).isEqualTo(1));
        assertThat(watchdogs()).isZero();
    }

    private static long watchdogs() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t.getName().endsWith("-watchdog"))
                .count();
    }

    @Test
    void limitThatIsNone_isRefused() {
        assertThatThrownBy(() -> Scheduler.builder().watchdog(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a millisecond or more, not PT0S");
    }

    @Test
    void property_isTakenInMilliseconds_andAnythingElseIsRefused() {
        System.setProperty("tarry.watchdog", "60000");
        try {
            Tarry.run(() -> assertThat(watchdogs()).isEqualTo(1));
            System.setProperty("tarry.watchdog", "soon");
            assertThatThrownBy(() -> Tarry.run(() -> {}))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("tarry.watchdog is a number of milliseconds");
        } finally {
            System.clearProperty("tarry.watchdog");
        }
    }
}
