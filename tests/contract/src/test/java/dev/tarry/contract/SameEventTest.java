package dev.tarry.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.events.Event;
import dev.tarry.events.Fd;
import dev.tarry.events.FiredEvents;
import dev.tarry.events.Pipe;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.CancelledException;
import dev.tarry.scheduler.Task;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** W7 and W10: the same event several times, and waits in places where one does not expect them. */
class SameEventTest {
    private static final int TASKS = 50;

    @OnAllVariants
    void levelTwiceInOneSet_isToldTwice(Variant variant) throws Exception {
        variant.run(
                () -> {
                    UserEvents.Flag flag = new UserEvents.Flag();
                    Waiting waiting = Waiting.parked(List.of(flag, flag), null);
                    flag.raise();
                    assertThat(waiting.fired()).hasSize(2);
                    assertThat(Tarry.wait(flag, flag, flag)).hasSize(3);
                    flag.assertNobodyArmed();
                });
    }

    @OnAllVariants
    void claimTwiceInOneSet_isTakenOnce(Variant variant) throws Exception {
        for (boolean commits : new boolean[] {true, false}) {
            variant.run(
                    () -> {
                        UserEvents.Box box = new UserEvents.Box(commits);
                        Waiting waiting = Waiting.parked(List.of(box, box), null);
                        box.put("one");
                        box.put("two");
                        assertThat(waiting.fired()).hasSize(1);
                        assertThat(waiting.fired().get(box)).contains("one");
                        assertThat(box.size()).isOne();
                        assertThat(Tarry.wait(box, box).get(box)).contains("two");
                        box.assertNobodyArmed();
                    });
        }
    }

    @OnAllVariants
    void bothSidesOfOneRendezvousInOneSet_doNotMeet(Variant variant) throws Exception {
        variant.run(
                () -> {
                    Channel<String> channel = Channel.rendezvous();
                    List<Event<?>> both = List.of(channel.sending("mine"), channel.receiving());
                    assertThat(Tarry.wait(both, Duration.ofNanos(1))).isEmpty();
                    Waiting one = Waiting.parked(both, null);
                    Waiting two = Waiting.started(both, null);
                    int sent = 0;
                    for (FiredEvents<?> fired : List.of(one.fired(), two.fired())) {
                        assertThat(fired).hasSize(1);
                        sent += fired.has(both.getFirst()) ? 1 : 0;
                    }
                    assertThat(sent).as("one sends to the other").isOne();
                });
    }

    @OnAllVariants
    void sameDescriptorInManyTasks_allAreTold(Variant variant) throws Exception {
        variant.run(
                () -> {
                    for (boolean own : new boolean[] {true, false}) {
                        Pipe pipe = Pipe.open();
                        Fd fd = own ? pipe.source() : Fd.borrow(pipe.source().number());
                        List<Waiting> all = new ArrayList<>();
                        for (int i = 0; i < TASKS; i++) {
                            all.add(Waiting.parked(List.of(fd.readable()), null));
                        }
                        FdKinds.write(pipe.sink(), "x");
                        for (Waiting waiting : all) {
                            assertThat(waiting.fired().get(fd.readable())).isPresent();
                        }
                        fd.close();
                        pipe.close();
                    }
                });
    }

    @OnAllVariants
    void claimInManyTasks_eachThingGoesToOne(Variant variant) throws Exception {
        for (boolean commits : new boolean[] {true, false}) {
            variant.run(
                    () -> {
                        UserEvents.Box box = new UserEvents.Box(commits);
                        List<Waiting> all = new ArrayList<>();
                        for (int i = 0; i < TASKS; i++) {
                            all.add(Waiting.parked(List.of(box), null));
                        }
                        List<String> put = new ArrayList<>();
                        for (int i = 0; i < TASKS; i++) {
                            put.add("thing " + i);
                            box.put("thing " + i);
                        }
                        List<String> got = new ArrayList<>();
                        for (Waiting waiting : all) {
                            got.add(waiting.fired().get(box).orElseThrow());
                        }
                        assertThat(got).containsExactlyInAnyOrderElementsOf(put);
                        assertThat(box.size()).isZero();
                    });
        }
    }

    @OnAllVariants
    void waitInFinallyOfACancelledTask_throws_andBehindAShieldWorks(Variant variant)
            throws Exception {
        variant.run(
                () -> {
                    UserEvents.Flag never = new UserEvents.Flag();
                    AtomicReference<Throwable> inFinally = new AtomicReference<>();
                    AtomicReference<FiredEvents<?>> shielded = new AtomicReference<>();
                    Channel<String> channel = Channel.buffered(1);
                    Task<?> task =
                            Tarry.spawn(
                                    () -> {
                                        try {
                                            Tarry.wait(never);
                                        } finally {
                                            inFinally.set(thrownBy(() -> Tarry.wait(never)));
                                            shielded.set(
                                                    Scope.shield(
                                                            s -> Tarry.wait(channel.receiving())));
                                            inFinally.set(thrownBy(() -> Tarry.wait(never)));
                                        }
                                    });
                    Stage.untilWaiting(task);
                    task.cancel();
                    Tarry.yieldNow();
                    Stage.untilWaiting(task);
                    assertThat(inFinally.get()).isInstanceOf(CancelledException.class);
                    inFinally.set(null);
                    channel.send("late");
                    Stage.untilEnded(task);
                    assertThat(shielded.get().get(channel.receiving())).contains("late");
                    assertThat(inFinally.get()).isInstanceOf(CancelledException.class);
                });
    }

    private static Throwable thrownBy(Runnable code) {
        try {
            code.run();
            return null;
        } catch (Throwable t) {
            return t;
        }
    }

    @OnAllVariants
    void eventOfEachKind_isReusableAloneAndInOtherSets(Variant variant) throws Exception {
        for (Kind kind : Kind.values()) {
            TestClock clock = new TestClock();
            variant.run(
                    clock,
                    () -> {
                        try (Stage stage = new Stage(clock)) {
                            useAgainAndAgain(kind.open(stage, 0, true));
                        }
                    });
        }
    }

    private static void useAgainAndAgain(Subject<?> subject) throws Exception {
        UserEvents.Flag other = new UserEvents.Flag();
        for (int i = 0; i < 3; i++) {
            subject.assertNotReady();
            assertThat(Tarry.wait(List.of(subject.event()), Duration.ofNanos(1))).isEmpty();
            assertThat(Tarry.wait(List.of(other, subject.event()), Duration.ofNanos(1))).isEmpty();
            Waiting cancelled = Waiting.parked(List.of(subject.event(), other), null);
            cancelled.task().cancel();
            cancelled.assertCancelled();
        }
        Waiting alone = Waiting.parked(List.of(subject.event()), null);
        subject.fire();
        subject.awaitArrival();
        subject.assertToldIn(alone.fired());
        if (subject.isClaim()) {
            subject.assertNotReady();
            assertThatThrownBy(alone.fired().iterator()::remove)
                    .isInstanceOf(UnsupportedOperationException.class);
        } else {
            subject.assertStillReady();
            subject.assertToldIn(Tarry.wait(other, subject.event()));
        }
        other.assertNobodyArmed();
    }
}
