package dev.tarry.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What it makes of what it sees, at times that the test says. */
class WatchdogTest {
    private static final Logger LOGGER = Logger.getLogger("dev.tarry");

    private final List<String> told = new ArrayList<>();
    private final Handler handler =
            new Handler() {
                @Override
                public void publish(LogRecord record) {
                    told.add(record.getMessage());
                }

                @Override
                public void flush() {}

                @Override
                public void close() {}
            };

    private Watchdog watchdog;

    @BeforeEach
    void listen() {
        LOGGER.addHandler(handler);
        LOGGER.setUseParentHandlers(false);
    }

    @AfterEach
    void listenNoMore() {
        LOGGER.removeHandler(handler);
        LOGGER.setUseParentHandlers(true);
    }

    private void watch() {
        watchdog = new Watchdog(Scheduler.current(), Duration.ofMillis(10));
    }

    private void look(long millis) {
        watchdog.look(millis * 1_000_000);
    }

    @Test
    void runThatLasts_isToldAtTheLimit_andThenEachTimeItHasDoubled() throws Exception {
        Tasks.run(
                () -> {
                    watch();
                    look(1000);
                    look(1009);
                    assertThat(told).isEmpty();
                    look(1010);
                    assertThat(told).hasSize(1);
                    assertThat(told.getFirst()).contains("for more than 10 ms");
                    look(1019);
                    assertThat(told).hasSize(1);
                    look(1025);
                    look(1039);
                    assertThat(told).hasSize(2);
                    look(1041);
                    assertThat(told).hasSize(3);
                });
    }

    @Test
    void manyShortRuns_areNobodysFault() throws Exception {
        Tasks.run(
                () -> {
                    watch();
                    for (int millis = 0; millis < 1000; millis += 9) {
                        look(millis);
                        Task.current().yield();
                    }
                    assertThat(told).isEmpty();
                });
    }

    @Test
    void loopThatSleeps_holdsNobodyUp() {
        try (Scheduler asleep = Scheduler.builder().build()) {
            watchdog = new Watchdog(asleep, Duration.ofMillis(10));
            look(0);
            look(1000);
            assertThat(told).isEmpty();
        }
    }
}
