package dev.tarry.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.events.Backend;
import dev.tarry.events.BaseEvent;
import dev.tarry.events.Event;
import dev.tarry.events.Outcome;
import dev.tarry.events.Pipe;
import dev.tarry.events.Poller;
import dev.tarry.events.Reactor;
import dev.tarry.events.Sockets;
import dev.tarry.events.Trigger;
import dev.tarry.events.Waiter;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.Scheduler;
import dev.tarry.scheduler.Task;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** W8: no spinning, no early timers, no starvation. */
class ProgressTest {
    private static final Duration A_WHILE = Duration.ofMillis(30);

    /** The real one, with a count of how often it was asked. */
    private static final class CountingPoller implements Poller {
        private final Poller real = Backend.choose().open();
        private int polls;

        @Override
        public int addOneShot(int fd, int interest, long token) {
            return real.addOneShot(fd, interest, token);
        }

        @Override
        public int rearm(int fd, int interest, long token) {
            return real.rearm(fd, interest, token);
        }

        @Override
        public int addEdge(int fd, long token) {
            return real.addEdge(fd, token);
        }

        @Override
        public void expect(int fd, int interest) {
            real.expect(fd, interest);
        }

        @Override
        public void remove(int fd) {
            real.remove(fd);
        }

        @Override
        public void poll(long timeoutNanos, Sink sink) {
            polls++;
            real.poll(timeoutNanos, sink);
        }

        @Override
        public void wakeup() {
            real.wakeup();
        }

        @Override
        public void close() {
            real.close();
        }
    }

    private interface Waits {
        List<Event<?>> make() throws Exception;
    }

    private static void sleepsThrough(Variant variant, Waits waits) throws Exception {
        CountingPoller poller = new CountingPoller();
        variant.run(
                Scheduler.builder().poller(poller),
                () -> {
                    List<Event<?>> events = waits.make();
                    int before = poller.polls;
                    assertThat(Tarry.wait(events, A_WHILE)).isEmpty();
                    assertThat(poller.polls - before).as("turns of the loop").isLessThan(10);
                });
    }

    @OnBothCarriers
    void nothingReady_loopSleeps(Variant variant) throws Exception {
        sleepsThrough(
                variant,
                () ->
                        List.of(
                                Pipe.open().source().readable(),
                                Events.readable(Pipe.open().source().number()),
                                Events.after(Duration.ofDays(1)),
                                Events.every(Duration.ofDays(1))));
    }

    @OnBothCarriers
    void readyForWhatNobodyWaitsFor_loopSleeps(Variant variant) throws Exception {
        sleepsThrough(
                variant,
                () -> {
                    var own = Sockets.pair(); // writable all the time
                    var borrowed = Sockets.pair();
                    FdKinds.write(own[1], "x");
                    FdKinds.write(borrowed[1], "x");
                    return List.of(
                            own[1].readable(),
                            Events.readable(borrowed[1].number()),
                            own[0].priority());
                });
    }

    @OnBothCarriers
    void readyOnceThenTimedOut_nothingGoesOnReporting(Variant variant) throws Exception {
        sleepsThrough(
                variant,
                () -> {
                    Pipe pipe = Pipe.open();
                    Event<?> readable = Events.readable(pipe.source().number());
                    Waiting waiting = Waiting.parked(List.of(readable), null);
                    FdKinds.write(pipe.sink(), "x"); // stays in the pipe
                    assertThat(waiting.fired()).hasSize(1);
                    return List.of(Events.after(Duration.ofDays(1)));
                });
    }

    // ---- starvation

    @OnAllVariants
    void alwaysReadyEvents_othersRunWithin128Waits(Variant variant) throws Exception {
        variant.run(
                () -> {
                    UserEvents.Flag ready = new UserEvents.Flag();
                    ready.raise();
                    UserEvents.Flag stop = new UserEvents.Flag();
                    UserEvents.Flag go = new UserEvents.Flag();
                    Waiting other = Waiting.parked(List.of(go), null);
                    Tarry.spawn(
                            () -> {
                                other.fired();
                                stop.raise();
                            });
                    go.raise();
                    // In a random order the other two have to be drawn first.
                    int most = Scheduler.IMMEDIATE_WAITS * (variant.seed() == null ? 3 : 30);
                    int waits = 0;
                    while (!Tarry.wait(ready, stop).has(stop)) {
                        assertThat(++waits).isLessThan(most);
                    }
                });
    }

    @OnAllVariants
    void alwaysReadyEvents_timersDescriptorsAndThreadsAreStillHeardOf(Variant variant)
            throws Exception {
        variant.run(
                () -> {
                    UserEvents.Flag ready = new UserEvents.Flag();
                    ready.raise();
                    Trigger<String> trigger = Events.trigger();
                    Pipe pipe = Pipe.open();
                    List<Waiting> others = new ArrayList<>();
                    others.add(Waiting.parked(List.of(trigger), null));
                    others.add(Waiting.parked(List.of(pipe.source().readable()), null));
                    others.add(
                            Waiting.started(List.of(Events.after(Duration.ofNanos(1_000))), null));
                    Thread.ofPlatform().start(() -> trigger.fire("x"));
                    FdKinds.write(pipe.sink(), "x");
                    Task<?> all = Tarry.spawn(() -> others.forEach(Waiting::fired));
                    while (!Tarry.wait(ready, all.done()).has(all.done())) {}
                    pipe.close();
                });
    }

    /** Allowed, though not wise: it says that it may be ready whenever it is armed. */
    private static final class Restless implements BaseEvent<String> {
        @Override
        public @Nullable Outcome<String> poll(Reactor reactor) {
            return null;
        }

        @Override
        public void arm(Waiter waiter) {
            waiter.wake();
        }

        @Override
        public void disarm(Waiter waiter) {}
    }

    @OnBothCarriers
    void eventWakesWheneverItIsArmed_othersRunAndTimeAndCancelEndIt(Variant variant)
            throws Exception {
        variant.run(
                () -> {
                    Restless restless = new Restless();
                    Waiting untilCancelled = Waiting.started(List.of(restless), null);
                    assertThat(Tarry.wait(List.of(restless), Duration.ofMillis(1))).isEmpty();
                    UserEvents.Box box = new UserEvents.Box(true);
                    Waiting beside = Waiting.started(List.of(restless, box), null);
                    Tarry.yieldNow();
                    box.put("thing");
                    assertThat(beside.fired().get(box)).contains("thing");
                    untilCancelled.task().cancel();
                    untilCancelled.assertCancelled();
                });
    }

    // ---- time

    @OnAllVariants
    void timers_areNeverEarly(Variant variant) throws Exception {
        variant.run(
                () -> {
                    Random random = new Random(7);
                    List<Task<?>> all = new ArrayList<>();
                    for (int i = 0; i < 300; i++) {
                        Duration delay = Duration.ofNanos(random.nextInt(20_000_000));
                        int way = i % 3;
                        all.add(Tarry.spawn(() -> assertNotEarly(way, delay)));
                    }
                    all.forEach(Task::join);
                });
    }

    private static void assertNotEarly(int way, Duration delay) {
        long start = System.nanoTime();
        switch (way) {
            case 0 -> Tarry.sleep(delay);
            case 1 -> assertThat(Tarry.await(Events.after(delay))).isNotNull();
            default -> Tarry.await(Events.every(delay.plusNanos(1)));
        }
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(delay.toNanos());
    }
}
