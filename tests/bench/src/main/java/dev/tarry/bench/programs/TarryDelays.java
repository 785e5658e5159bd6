package dev.tarry.bench.programs;

import dev.tarry.events.Signal;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Signals;
import dev.tarry.runtime.Tarry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How a Tarry task waits for what {@link DelayBench} lets happen. */
final class TarryDelays {
    private TarryDelays() {}

    static void childExit(Delays delays) throws Exception {
        while (delays.more()) {
            Process child = Tarry.blocking(Delays::child);
            var exit = Events.exit(child);
            delays.measure(child::destroyForcibly, () -> Tarry.await(exit));
        }
    }

    static void signal(Delays delays) throws Exception {
        try (var usr1 = Signals.subscribe(Signal.USR1)) {
            while (delays.more()) {
                delays.measure(Delays::raise, () -> Tarry.await(usr1.receiving()));
            }
        }
    }

    static void threadEnd(Delays delays) {
        while (delays.more()) {
            Tarry.await(Events.end(delays.ending()));
            delays.waited();
        }
    }

    static void pathChange(Delays delays) throws Exception {
        Path folder = Files.createTempDirectory("tarry-bench");
        try (var watch = Events.watch(folder)) {
            while (delays.more()) {
                Path entry = folder.resolve("entry" + delays.count());
                delays.measure(
                        () -> Files.createDirectory(entry), () -> Tarry.await(watch.changed()));
            }
        } finally {
            delete(folder);
        }
    }

    static void delete(Path folder) throws IOException {
        try (var entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                Files.delete(entry);
            }
        }
        Files.delete(folder);
    }
}
