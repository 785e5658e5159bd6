package dev.tarry.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.events.ChildProcess;
import dev.tarry.events.Deadline;
import dev.tarry.events.ExitStatus;
import dev.tarry.events.PathChange;
import dev.tarry.events.PathWatch;
import dev.tarry.events.Pipe;
import dev.tarry.events.ProcessExit;
import dev.tarry.events.Signal;
import dev.tarry.events.SignalSubscription;
import dev.tarry.events.ThreadEnd;
import dev.tarry.events.Ticker;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Signals;
import dev.tarry.runtime.Tarry;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/**
 * The kinds of events that the system and the JVM tell: processes, signals, threads, paths, time.
 */
final class SystemKinds {
    private static final Duration SOON = Duration.ofHours(1);
    private static final Duration PAST_SOON = Duration.ofMinutes(61);
    private static final Duration FAR = Duration.ofDays(1000);

    /** Their default is to do nothing, so a late one harms nobody. */
    private static final Signal[] SIGNALS = {Signal.WINCH, Signal.of("URG")};

    private SystemKinds() {}

    static Subject<?> processExit(Stage stage, int index, boolean soon) throws IOException {
        Process cat = new ProcessBuilder("cat").start();
        stage.atEnd(
                () -> {
                    cat.destroyForcibly();
                    cat.waitFor();
                });
        ProcessExit exit = stage.keep(ProcessExit.of(cat));
        return Subject.of(exit)
                .firedBy(() -> cat.getOutputStream().close())
                .arrivedAfter(cat::waitFor)
                .tells(status -> assertThat(status).isEqualTo(new ExitStatus.Exited(0)))
                .closedBy(exit::close);
    }

    /** A child that we start and reap ourselves; unlike the event above it has nothing to close. */
    static Subject<?> childExit(Stage stage, int index, boolean soon) throws IOException {
        Pipe pipe = stage.keep(Pipe.open());
        ProcessBuilder builder =
                new ProcessBuilder("cat")
                        .redirectOutput(Redirect.DISCARD)
                        .redirectError(Redirect.DISCARD);
        ChildProcess cat =
                ChildProcess.start(
                        builder, new ChildProcess.Pipes(pipe.source(), null, null), false);
        stage.atEnd(cat::kill);
        return Subject.of(cat.exit())
                .firedBy(() -> pipe.sink().close())
                .arrivedAfter(() -> awaitEnd(cat.pid()))
                .tells(status -> assertThat(status).isEqualTo(new ExitStatus.Exited(0)));
    }

    private static void awaitEnd(long pid) {
        Path stat = Path.of("/proc/" + pid + "/stat");
        try {
            while (!Files.readString(stat).contains(") Z ")) {
                Thread.onSpinWait();
            }
        } catch (IOException e) {
            // reaped already
        }
    }

    static Subject<?> signal(Stage stage, int index, boolean soon) {
        Signal signal = SIGNALS[index];
        SignalSubscription subject = stage.keep(Signals.subscribe(signal));
        // Told after the subject, since it subscribed later.
        SignalSubscription witness = stage.keep(Signals.subscribe(signal));
        return Subject.of(subject.receiving())
                .firedBy(() -> sun.misc.Signal.raise(new sun.misc.Signal(signal.name())))
                .arrivedAfter(() -> Tarry.await(witness.receiving()))
                .tells(delivery -> assertThat(delivery.signal()).isEqualTo(signal))
                .closedBy(subject::close);
    }

    static Subject<?> pathChange(Stage stage, int index, boolean soon) throws IOException {
        Path directory = Files.createTempDirectory("tarry-matrix");
        Path made = directory.resolve("made");
        stage.atEnd(
                () -> {
                    Files.deleteIfExists(made);
                    Files.delete(directory);
                });
        PathWatch watch = stage.keep(Events.watch(directory));
        PathChange change = new PathChange(PathChange.Kind.CREATED, made);
        return Subject.of(watch.changed())
                .firedBy(() -> Files.createDirectory(made))
                .arrivedAfter(stage::settle)
                .tells(told -> assertThat(told).isEqualTo(change))
                .closedBy(watch::close);
    }

    static Subject<?> platformThreadEnd(Stage stage, int index, boolean soon) throws Exception {
        return threadEnd(stage, Thread.ofPlatform().name("subject"));
    }

    static Subject<?> virtualThreadEnd(Stage stage, int index, boolean soon) throws Exception {
        return threadEnd(stage, Thread.ofVirtual().name("subject"));
    }

    // Started elsewhere: a virtual thread that a task starts runs on the task's own loop.
    private static Subject<?> threadEnd(Stage stage, Thread.Builder builder) throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        Thread[] started = new Thread[1];
        stage.elsewhere(() -> started[0] = builder.start(() -> awaitUninterrupted(end)));
        stage.atEnd(end::countDown);
        return Subject.of(ThreadEnd.of(started[0]))
                .firedBy(end::countDown)
                .arrivedAfter(() -> started[0].join())
                .tells(thread -> assertThat(thread).isSameAs(started[0]));
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e); // nobody does that
        }
    }

    static Subject<?> deadline(Stage stage, int index, boolean soon) {
        return Subject.of(Deadline.after(stage.reactor(), soon ? SOON : FAR))
                .firedAtOnceBy(() -> stage.clock().advance(PAST_SOON))
                .tells(late -> assertThat(late).isGreaterThan(PAST_SOON.minus(SOON)));
    }

    static Subject<?> ticker(Stage stage, int index, boolean soon) {
        return Subject.of(Ticker.every(stage.reactor(), soon ? SOON : FAR))
                .firedBy(() -> stage.clock().advance(PAST_SOON))
                .tells(ticks -> assertThat(ticks.count()).isBetween(1L, 2L));
    }
}
