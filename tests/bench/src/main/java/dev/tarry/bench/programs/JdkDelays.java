package dev.tarry.bench.programs;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;

import sun.misc.Signal;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.concurrent.LinkedBlockingQueue;

/** How a platform thread waits for the same with the means of the JDK. */
final class JdkDelays {
    private JdkDelays() {}

    static void childExit(Delays delays) throws Exception {
        while (delays.more()) {
            Process child = Delays.child();
            delays.measure(child::destroyForcibly, () -> child.onExit().get());
        }
    }

    static void signal(Delays delays) throws Exception {
        var queue = new LinkedBlockingQueue<Signal>();
        var before = Signal.handle(new Signal("USR1"), queue::add);
        while (delays.more()) {
            delays.measure(Delays::raise, queue::take);
        }
        var unused = Signal.handle(new Signal("USR1"), before);
    }

    static void threadEnd(Delays delays) throws Exception {
        while (delays.more()) {
            delays.ending().join();
            delays.waited();
        }
    }

    static void pathChange(Delays delays) throws Exception {
        Path folder = Files.createTempDirectory("tarry-bench");
        try (WatchService service = folder.getFileSystem().newWatchService()) {
            var unused = folder.register(service, ENTRY_CREATE);
            while (delays.more()) {
                Path entry = folder.resolve("entry" + delays.count());
                delays.measure(() -> Files.createDirectory(entry), () -> take(service));
            }
        } finally {
            TarryDelays.delete(folder);
        }
    }

    private static Object take(WatchService service) throws InterruptedException {
        WatchKey key = service.take();
        Object changes = key.pollEvents();
        key.reset();
        return changes;
    }
}
