package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.events.Fd;
import dev.tarry.events.Outcome;
import dev.tarry.events.PathChange;
import dev.tarry.events.Pipe;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.Scheduler;
import dev.tarry.scheduler.Task;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** Descriptors that close, come back with the same number, or were never any good. */
@Timeout(60)
class FdTest {

    @BothCarriers
    void thousandTimesClosedWhileWaitedForAndReused_eachWaitHearsOfItsOwn(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    int last = -1;
                    int reused = 0;
                    for (int i = 0; i < 1_000; i++) {
                        Pipe pipe = Pipe.open();
                        int number = pipe.source().number();
                        reused += number == last ? 1 : 0;
                        last = number;
                        var readable =
                                i % 2 == 0
                                        ? pipe.source().readable()
                                        : Events.readable(number); // borrowed
                        Task<?> waiter = Tarry.spawn(() -> Tarry.wait(readable));
                        Tarry.yieldNow();
                        if (i % 2 == 1) {
                            pipe.sink().write(ByteBuffer.allocateDirect(1));
                            waiter.join();
                        }
                        pipe.close();
                        waiter.join();
                    }
                    assertThat(reused).as("the number came back").isGreaterThan(900);
                    assertThat(Scheduler.current().reactor().registrations()).isLessThan(3);
                });
    }

    @BothCarriers
    void closedHandle_firesClosedToEveryWaiter(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    try (Pipe pipe = Pipe.open()) {
                        Task<?>[] waiters = new Task<?>[10];
                        for (int i = 0; i < waiters.length; i++) {
                            waiters[i] =
                                    Tarry.spawn(
                                            () ->
                                                    assertThat(
                                                                    Tarry.wait(
                                                                                    pipe.source()
                                                                                            .readable())
                                                                            .first()
                                                                            .outcome())
                                                            .isInstanceOf(Outcome.Closed.class));
                        }
                        Tarry.yieldNow();
                        pipe.source().close();
                        for (Task<?> waiter : waiters) {
                            waiter.join();
                        }
                    }
                });
    }

    @BothCarriers
    void numberThatIsNotOpen_failsWithEbadfAndTheOthersStillWork(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    Pipe closed = Pipe.open();
                    int number = closed.source().number();
                    closed.close();
                    var bad = Events.readable(number);
                    var good = Events.after(Duration.ZERO);
                    var fired = Tarry.wait(bad, good);
                    assertThat(fired.has(good)).isTrue();
                    assertThat(fired.outcome(bad).orElseThrow().toString()).contains("EBADF");
                    assertThatThrownBy(() -> Fd.own(number))
                            .isInstanceOf(IOException.class)
                            .hasMessageContaining("EBADF");
                });
    }

    @BothCarriers
    void regularFileAndDevNull_areAlwaysReady(String carrier, @TempDir Path dir) {
        Runs.on(
                carrier,
                () -> {
                    for (Path path : new Path[] {dir.resolve("file"), Path.of("/dev/null")}) {
                        try (var file = new RandomAccessFile(path.toFile(), "rw")) {
                            int number = numberOf(path.toRealPath());
                            assertThat(Tarry.await(Events.readable(number)).isReadable()).isTrue();
                            assertThat(Tarry.await(Events.writable(number)).isWritable()).isTrue();
                            assertThat(file.getFilePointer()).isZero(); // open until here
                        }
                    }
                });
    }

    private static int numberOf(Path path) {
        return Proc.descriptors().entrySet().stream()
                .filter(e -> e.getValue().equals(path.toString()))
                .map(Map.Entry::getKey)
                .reduce((first, second) -> second)
                .orElseThrow();
    }

    @BothCarriers
    void pathThatIsMissing_isNamed(String carrier, @TempDir Path dir) {
        Runs.on(
                carrier,
                () ->
                        assertThatThrownBy(() -> Events.watch(dir.resolve("missing")))
                                .isInstanceOf(IOException.class)
                                .hasMessageContaining(dir.resolve("missing").toString())
                                .hasMessageContaining("ENOENT"));
    }

    @BothCarriers
    void changesWhileNobodyWaits_areTakenOneByOne(String carrier, @TempDir Path dir) {
        Runs.on(
                carrier,
                () -> {
                    try (var watch = Events.watch(dir)) {
                        Path a = Files.createDirectory(dir.resolve("a"));
                        Path b = Files.move(a, dir.resolve("b"));
                        Files.delete(b);
                        for (var expected :
                                new PathChange[] {
                                    new PathChange(PathChange.Kind.CREATED, a),
                                    new PathChange(PathChange.Kind.DELETED, a),
                                    new PathChange(PathChange.Kind.CREATED, b),
                                    new PathChange(PathChange.Kind.DELETED, b)
                                }) {
                            assertThat(Tarry.await(watch.changed())).isEqualTo(expected);
                        }
                        assertThat(Tarry.await(watch.changed(), Duration.ZERO)).isEmpty();
                    }
                });
    }
}
