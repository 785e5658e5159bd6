package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.events.Event;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.Scheduler;
import dev.tarry.testkit.VirtualClock;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.List;

/** Very many tasks that wait at once, in the small heap that the test JVM has. */
@Timeout(120)
class ManyTasksTest {
    private static final int MANY = 100_000;
    private static final int SOME = 10_000;
    private static final Duration LONG = Duration.ofHours(1);

    /** What the tasks wait for, and how they are woken. */
    private interface Parking {
        void park();
    }

    private int woken;

    /** Parks them all, runs {@code wakeAll}, and sees them all end. */
    private void parkAndWake(
            int tasks, String what, String carrier, Parking parking, Runnable wakeAll) {
        woken = 0;
        long empty = Heap.usedAfterGc();
        Scope.run(
                scope -> {
                    for (int i = 0; i < tasks; i++) {
                        scope.spawn(
                                () -> {
                                    parking.park();
                                    woken++;
                                });
                    }
                    Tarry.yieldNow(); // FIFO: all of them run first, and park
                    assertThat(woken).isZero();
                    assertThat(scope.size()).isEqualTo(tasks);
                    long each = (Heap.usedAfterGc() - empty) / tasks;
                    System.out.printf(
                            "%,d tasks parked %s on %s: %,d bytes of heap each%n",
                            tasks, what, carrier, each);
                    wakeAll.run();
                });
        assertThat(woken).isEqualTo(tasks);
    }

    @BothCarriers
    void hundredThousandParkedForAChannel_allAreWoken(String carrier) {
        int tasks = MANY;
        Runs.on(
                carrier,
                () -> {
                    Channel<Integer> channel = Channel.rendezvous();
                    parkAndWake(
                            tasks,
                            "for a channel",
                            carrier,
                            () -> assertThat(channel.receive()).isNotNull(),
                            () -> {
                                for (int i = 0; i < tasks; i++) {
                                    channel.send(i);
                                }
                            });
                });
    }

    @BothCarriers
    void parkedForATrigger_allAreWokenFromAnotherThread(String carrier) {
        parkedForATrigger(SOME, carrier);
    }

    @Tag("stress")
    @BothCarriers
    void hundredThousandParkedForATrigger_allAreWokenFromAnotherThread(String carrier) {
        parkedForATrigger(MANY, carrier);
    }

    private void parkedForATrigger(int tasks, String carrier) {
        Runs.on(
                carrier,
                () -> {
                    var trigger = Events.<Integer>trigger();
                    parkAndWake(
                            tasks,
                            "for a trigger",
                            carrier,
                            () -> assertThat(Tarry.await(trigger)).isNotNull(),
                            () ->
                                    Thread.ofPlatform()
                                            .start(
                                                    () -> {
                                                        for (int i = 0; i < tasks; i++) {
                                                            trigger.fire(i);
                                                        }
                                                    }));
                });
    }

    @BothCarriers
    void parkedForATimer_allAreWokenWhenItIsTime(String carrier) {
        parkedForATimer(SOME, carrier);
    }

    @Tag("stress")
    @BothCarriers
    void hundredThousandParkedForATimer_allAreWokenWhenItIsTime(String carrier) {
        parkedForATimer(MANY, carrier);
    }

    private void parkedForATimer(int tasks, String carrier) {
        Runs.on(
                carrier,
                Scheduler.builder().clock(new VirtualClock()),
                () -> {
                    Event<Duration> deadline = Events.after(LONG);
                    parkAndWake(
                            tasks, "for a timer", carrier, () -> Tarry.await(deadline), () -> {});
                    assertThat(Scheduler.current().reactor().timers()).isZero();
                });
    }

    @BothCarriers
    void parkedForSeveralEventsWithATimeout_closeWakesAllAndNoTimerIsLeft(String carrier) {
        parkedForSeveralEventsWithATimeout(SOME, carrier);
    }

    @Tag("stress")
    @BothCarriers
    void hundredThousandParkedForSeveralEventsWithATimeout_closeWakesAllAndNoTimerIsLeft(
            String carrier) {
        parkedForSeveralEventsWithATimeout(MANY, carrier);
    }

    private void parkedForSeveralEventsWithATimeout(int tasks, String carrier) {
        Runs.on(
                carrier,
                () -> {
                    Channel<Integer> a = Channel.rendezvous();
                    Channel<Integer> b = Channel.buffered(1);
                    var set = List.of(a.receiving(), b.receiving(), a.closed());
                    parkAndWake(
                            tasks,
                            "for three events",
                            carrier,
                            () -> assertThat(Tarry.wait(set, LONG)).hasSize(2),
                            a::close);
                    assertThat(Scheduler.current().reactor().timers()).isZero();
                });
    }
}
