package dev.tarry.testkit;

import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Tarry;

import org.junit.jupiter.api.Timeout;

import java.time.Duration;

/** What the README shows. */
@Timeout(60)
class ReadmeExampleTest {
    private static void work(Channel<String> jobs) {
        while (Tarry.await(jobs.receiving(), Duration.ofHours(1)).isPresent()) {
            Tarry.sleep(Duration.ofMinutes(5));
        }
    }

    @TarryTest(seeds = 1000)
    void theWorkerGivesUpAfterAnHour() {
        var jobs = Channel.<String>rendezvous();
        var worker = Tarry.spawn(() -> work(jobs));
        Simulation.awaitAllBlocked(); // the worker waits for a job now
        assertFalse(Tarry.await(worker.done(), Duration.ofMinutes(59)).isPresent());
        worker.join();
    }
}
