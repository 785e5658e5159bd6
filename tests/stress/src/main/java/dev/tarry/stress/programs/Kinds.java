package dev.tarry.stress.programs;

import dev.tarry.events.Event;
import dev.tarry.events.Fd;
import dev.tarry.events.PathWatch;
import dev.tarry.events.Pipe;
import dev.tarry.events.Signal;
import dev.tarry.events.SignalSubscription;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Signals;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.Task;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Things of every kind that do not happen, for many tasks to wait for. */
final class Kinds implements AutoCloseable {
    private static final Duration LONG = Duration.ofDays(1);
    private static final int CHILDREN = 10;
    private static final int WATCHES = 20;
    private static final Signal URGENT = Signal.of("URG"); // which nobody else sends

    private final Random random;
    private final List<Pipe> pipes = new ArrayList<>();
    private final List<Process> children = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final CountDownLatch threadsEnd = new CountDownLatch(1);
    private final Path directory;

    // Loop only.
    private final List<PathWatch> watches = new ArrayList<>();
    private final List<SignalSubscription> signals = new ArrayList<>();
    private final Channel<String> channel = Channel.rendezvous();
    private final Channel<String> full = Channel.buffered(1);
    private @Nullable Task<?> sleeper;
    private final AtomicInteger parked = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();

    Kinds(int tasks, Random random) throws IOException {
        this.random = random;
        directory = Files.createTempDirectory("tarry-stress");
        for (int i = 0; i < Math.max(1, tasks / 20); i++) {
            pipes.add(Pipe.open());
        }
        for (int i = 0; i < CHILDREN; i++) {
            children.add(new ProcessBuilder("sleep", "1000").start());
            threads.add(Thread.ofVirtual().start(this::awaitEnd));
        }
    }

    private void awaitEnd() {
        try {
            threadsEnd.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** What belongs to a loop, and ends with it. */
    void open() throws IOException {
        for (int i = 0; i < WATCHES; i++) {
            watches.add(Events.watch(directory));
            signals.add(Signals.subscribe(URGENT));
        }
        full.send("first");
        sleeper = Tarry.spawn(() -> Tarry.sleep(LONG));
    }

    /** Waits for something, or for several things, until it is cancelled. */
    void waitFor(int number) throws Exception {
        parked.incrementAndGet();
        try {
            if (number % 500 == 499) {
                var unused = Tarry.blocking(() -> sleepOnThread());
            } else if (number % 10 == 9) {
                var unused =
                        Tarry.wait(List.of(event(number), event(number + 1), event(number + 2)));
            } else {
                var unused = Tarry.wait(event(number));
            }
            throw new AssertionError("number " + number + " happened");
        } finally {
            ended.incrementAndGet();
        }
    }

    private static String sleepOnThread() throws InterruptedException {
        Thread.sleep(LONG);
        return "slept";
    }

    private Event<?> event(int number) {
        Pipe pipe = pipes.get(random.nextInt(pipes.size()));
        return switch (number % 14) {
            case 0 -> pipe.source().readable();
            case 1 -> Events.readable(pipe.source().number());
            case 2 -> Fd.borrow(pipe.sink().number()).hangup();
            case 3 -> Events.exit(children.get(random.nextInt(CHILDREN)));
            case 4 -> Events.after(LONG);
            case 5 -> Events.every(LONG);
            case 6 -> signals.get(random.nextInt(WATCHES)).receiving();
            case 7 -> Events.end(threads.get(random.nextInt(CHILDREN)));
            case 8 -> channel.receiving();
            case 9 -> full.sending("no room");
            case 10 -> Events.done(new CompletableFuture<String>());
            case 11 -> watches.get(random.nextInt(WATCHES)).changed();
            case 12 -> Events.trigger();
            default -> Objects.requireNonNull(sleeper).done();
        };
    }

    int parked() {
        return parked.get();
    }

    int ended() {
        return ended.get();
    }

    /** Once the loop has ended. */
    @Override
    public void close() throws IOException {
        pipes.forEach(Pipe::close);
        threadsEnd.countDown();
        for (Process child : children) {
            var unused = child.destroyForcibly().onExit().join();
            child.getInputStream().close();
            child.getErrorStream().close();
            child.getOutputStream().close();
        }
        Files.delete(directory);
    }
}
