package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.tarry.events.Clock;
import dev.tarry.events.Event;
import dev.tarry.events.EventFailedException;
import dev.tarry.events.Fd;
import dev.tarry.events.Pipe;
import dev.tarry.events.Signal;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Signals;
import dev.tarry.runtime.Tarry;
import dev.tarry.runtime.TarryService;
import dev.tarry.scheduler.Scheduler;
import dev.tarry.scheduler.Task;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * An event that was made on one scheduler, in a wait on another: it works, or it says at once that
 * it belongs elsewhere. What must not be is that it seems to work.
 */
@Timeout(60)
class ForeignSchedulerTest {
    private static final Duration MOMENT = Duration.ofMillis(1);

    /** Runs {@code body} on another scheduler, while the caller's loop goes on. */
    private static <T> T elsewhere(
            Scheduler.Builder builder, java.util.concurrent.Callable<T> body) {
        CompletableFuture<T> result = new CompletableFuture<>();
        TarryService other = new TarryService(builder).start();
        try {
            other.submit(() -> result.complete(body.call()))
                    .whenComplete(
                            (value, failure) -> {
                                if (failure != null) {
                                    result.completeExceptionally(failure);
                                }
                            });
            return Tarry.await(Events.done(result)).get();
        } finally {
            other.close();
        }
    }

    private static Throwable failureElsewhere(Event<?> event) {
        return elsewhere(
                Scheduler.builder(), () -> catchThrowable(() -> Tarry.await(event, MOMENT)));
    }

    @BothCarriers
    void whatBelongsToOneScheduler_saysSo(String carrier, @TempDir Path directory) {
        Runs.on(
                carrier,
                () -> {
                    Channel<String> channel = Channel.buffered(1);
                    channel.send("message");
                    Task<?> ended = Tarry.spawn(() -> {});
                    ended.join();
                    try (var watch = Events.watch(directory);
                            var signals = Signals.subscribe(Signal.WINCH)) {
                        Map<String, Event<?>> events = new LinkedHashMap<>();
                        events.put("ticker", Events.every(MOMENT));
                        events.put("trigger", Events.trigger());
                        events.put("task", ended.done());
                        events.put("channel", channel.receiving());
                        events.put("path", watch.changed());
                        events.put("signals", signals.receiving());
                        Tarry.sleep(Duration.ofMillis(3)); // the ticker is due
                        Map<String, Throwable> wrong = new LinkedHashMap<>();
                        events.forEach(
                                (name, event) -> {
                                    Throwable failure = failureElsewhere(event);
                                    if (!saysSo(failure)) {
                                        wrong.put(name, failure);
                                    }
                                });
                        assertThat(wrong).isEmpty();
                    }
                    assertThat(channel.receive()).isEqualTo("message"); // nothing was taken
                });
    }

    private static boolean saysSo(Throwable failure) {
        return failure instanceof EventFailedException
                && (failure.getCause() instanceof WrongThreadException
                        || failure.getCause() instanceof IllegalStateException)
                && failure.getCause().getMessage().contains("belongs to ");
    }

    /** Its ticks stay with its own scheduler. */
    @BothCarriers
    void aTickerThatWasRefusedElsewhere_hasLostNoTick(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    var ticks = Events.every(MOMENT);
                    Tarry.sleep(Duration.ofMillis(5));
                    assertThat(failureElsewhere(ticks)).isNotNull();
                    assertThat(Tarry.await(ticks).count()).isGreaterThanOrEqualTo(5);
                });
    }

    // ---- what is a value

    @BothCarriers
    void aDeadline_worksOnEveryScheduler_atOnce(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    var deadline = Events.after(Duration.ofMillis(20));
                    var never = Events.after(Duration.ofDays(1));
                    List<CompletableFuture<Duration>> late = new ArrayList<>();
                    List<TarryService> services = new ArrayList<>();
                    for (int i = 0; i < 3; i++) {
                        TarryService service = Tarry.start();
                        services.add(service);
                        late.add(service.submit(() -> Tarry.await(deadline)));
                        assertThat(
                                        Tarry.await(
                                                        Events.done(
                                                                service.submit(
                                                                        () ->
                                                                                Tarry.await(
                                                                                        never,
                                                                                        MOMENT))))
                                                .get())
                                .isEmpty();
                    }
                    assertThat(Tarry.await(deadline).isNegative()).isFalse();
                    for (CompletableFuture<Duration> each : late) {
                        assertThat(Tarry.await(Events.done(each)).get().isNegative()).isFalse();
                    }
                    services.forEach(TarryService::close);
                });
    }

    @BothCarriers
    void aDeadlineOfAnotherClock_saysSo(String carrier) {
        Clock other = () -> System.nanoTime() + Duration.ofHours(1).toNanos();
        Runs.on(
                carrier,
                () -> {
                    var deadline = Events.after(Duration.ZERO);
                    Throwable failure =
                            elsewhere(
                                    Scheduler.builder().clock(other),
                                    () -> catchThrowable(() -> Tarry.await(deadline, MOMENT)));
                    assertThat(failure)
                            .isInstanceOf(EventFailedException.class)
                            .hasCauseInstanceOf(IllegalStateException.class)
                            .hasStackTraceContaining("goes by another clock");
                });
    }

    @BothCarriers
    void futuresThreadsAndDescriptors_areForAll(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    var done = Events.done(CompletableFuture.completedFuture("value"));
                    Thread thread = Thread.ofPlatform().start(() -> {});
                    var end = Events.end(thread);
                    Channel<String> shared = Channel.shared(1);
                    shared.send("message");
                    try (Pipe pipe = Pipe.open()) {
                        var writable = Fd.borrow(pipe.sink().number()).writable();
                        elsewhere(
                                Scheduler.builder(),
                                () -> {
                                    assertThat(Tarry.await(done).get()).isEqualTo("value");
                                    assertThat(Tarry.await(end)).isSameAs(thread);
                                    assertThat(Tarry.await(writable).isWritable()).isTrue();
                                    assertThat(shared.receive()).isEqualTo("message");
                                    return true;
                                });
                    }
                });
    }

    @BothCarriers
    void theEndOfATasksThread_canBeWaitedForRightAfterTheStart(String carrier) {
        Runs.on(
                carrier,
                () ->
                        Scope.run(
                                scope -> {
                                    Task<?> task = scope.spawn(() -> Tarry.sleep(MOMENT));
                                    assertThat(
                                                    Tarry.await(
                                                            Events.end(task.thread()),
                                                            Duration.ZERO))
                                            .isEmpty();
                                    assertThat(Tarry.await(Events.end(task.thread())))
                                            .isSameAs(task.thread());
                                    Task<?> cancelled = scope.spawn(() -> {});
                                    cancelled.cancel();
                                    var end = Events.end(cancelled.thread());
                                    assertThat(Tarry.await(end)).isSameAs(cancelled.thread());
                                    Task<?> fromElsewhere = scope.spawn(() -> Tarry.sleep(MOMENT));
                                    var itsEnd = Events.end(fromElsewhere.thread());
                                    Thread ended =
                                            elsewhere(
                                                    Scheduler.builder(), () -> Tarry.await(itsEnd));
                                    assertThat(ended).isSameAs(fromElsewhere.thread());
                                }));
    }

    @BothCarriers
    void aThreadThatWasNeverStarted_failsAtOnce(String carrier) {
        Runs.on(
                carrier,
                () ->
                        assertThatThrownBy(
                                        () ->
                                                Tarry.await(
                                                        Events.end(
                                                                Thread.ofVirtual()
                                                                        .unstarted(() -> {}))))
                                .hasCauseInstanceOf(IllegalThreadStateException.class));
    }
}
