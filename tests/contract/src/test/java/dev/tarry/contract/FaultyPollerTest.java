package dev.tarry.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.events.Event;
import dev.tarry.events.Fd;
import dev.tarry.events.Outcome;
import dev.tarry.events.Pipe;
import dev.tarry.events.Readiness;
import dev.tarry.events.Trigger;
import dev.tarry.events.libc.Libc;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.FdStream;
import dev.tarry.runtime.Tarry;
import dev.tarry.runtime.TcpListener;
import dev.tarry.scheduler.Scheduler;
import dev.tarry.scheduler.TaskState;
import dev.tarry.testkit.ScriptedPoller;

import java.time.Duration;
import java.util.List;

/** A system that reports what is not so, too early, or about what has gone: waits survive it. */
class FaultyPollerTest {

    private interface Play {
        void run(ScriptedPoller poller, Pipe pipe) throws Exception;
    }

    private static void play(Variant variant, Play play) throws Exception {
        ScriptedPoller poller = new ScriptedPoller();
        variant.run(
                Scheduler.builder().poller(poller),
                () -> {
                    try (Pipe pipe = Pipe.open()) {
                        play.run(poller, pipe);
                    }
                });
    }

    /** Lets the poller deliver all that it has, and the tasks hear of it. */
    private static void deliver() {
        for (int i = 0; i < 20; i++) {
            var unused = Tarry.wait(List.of(), Duration.ZERO);
            Tarry.yieldNow();
        }
    }

    private static void assertGoesOnWaiting(Waiting waiting) {
        deliver();
        assertThat(waiting.task().state()).isEqualTo(TaskState.WAITING);
    }

    @OnAllVariants
    void spuriousReportOfABorrowedDescriptor_isAskedForAgain(Variant variant) throws Exception {
        play(
                variant,
                (poller, pipe) -> {
                    Fd borrowed = Fd.borrow(pipe.source().number());
                    Waiting waiting = Waiting.parked(List.of(borrowed.readable()), null);
                    deliver();
                    for (int i = 0; i < 5; i++) {
                        int before = poller.armings();
                        poller.reportToken(poller.tokenOf(borrowed.number()), Readiness.READ);
                        assertGoesOnWaiting(waiting);
                        assertThat(poller.armings()).as("armed again").isGreaterThan(before);
                    }
                    FdKinds.write(pipe.sink(), "x");
                    assertGoesOnWaiting(waiting); // nobody has reported that yet
                    poller.reportToken(poller.tokenOf(borrowed.number()), Readiness.READ);
                    assertThat(waiting.fired().get(borrowed.readable())).isPresent();
                });
    }

    @OnAllVariants
    void spuriousReportOfOurs_claimOnItTakesNothing(Variant variant) throws Exception {
        play(
                variant,
                (poller, pipe) -> {
                    FdStream stream = new FdStream(pipe.source(), null);
                    Waiting waiting = Waiting.parked(List.of(stream.readingLine()), null);
                    for (int i = 0; i < 5; i++) {
                        poller.reportToken(poller.tokenOf(pipe.source().number()), Readiness.READ);
                        assertGoesOnWaiting(waiting);
                    }
                    FdKinds.write(pipe.sink(), "line\n");
                    poller.reportToken(poller.tokenOf(pipe.source().number()), Readiness.READ);
                    assertThat(waiting.fired().get(stream.readingLine())).contains("line");
                });
    }

    @OnAllVariants
    void readyThenReadByAnother_theOthersGoOnWaiting(Variant variant) throws Exception {
        play(
                variant,
                (poller, pipe) -> {
                    FdStream stream = new FdStream(pipe.source(), null);
                    Waiting one = Waiting.parked(List.of(stream.readingLine()), null);
                    Waiting two = Waiting.parked(List.of(stream.readingLine()), null);
                    FdKinds.write(pipe.sink(), "only\n");
                    poller.reportToken(poller.tokenOf(pipe.source().number()), Readiness.READ);
                    deliver();
                    boolean firstHasIt = one.task().state() == TaskState.DONE;
                    Waiting lucky = firstHasIt ? one : two;
                    Waiting other = firstHasIt ? two : one;
                    assertThat(lucky.fired().get(stream.readingLine())).contains("only");
                    assertGoesOnWaiting(other);
                    FdKinds.write(pipe.sink(), "next\n");
                    poller.reportToken(poller.tokenOf(pipe.source().number()), Readiness.READ);
                    assertThat(other.fired().get(stream.readingLine())).contains("next");
                });
    }

    @OnAllVariants
    void tokensOfWhatHasGoneOrNeverWas_areDropped(Variant variant) throws Exception {
        play(
                variant,
                (poller, pipe) -> {
                    int number = pipe.source().number();
                    Waiting old = Waiting.parked(List.of(pipe.source().readable()), null);
                    long stale = poller.tokenOf(number);
                    pipe.close();
                    assertThat(old.fired().first().outcome()).isInstanceOf(Outcome.Closed.class);
                    try (Pipe next = Pipe.open()) {
                        assertThat(next.source().number()).isEqualTo(number);
                        Waiting waiting = Waiting.parked(List.of(next.source().readable()), null);
                        for (long token : new long[] {stale, -2, 0, Long.MAX_VALUE, 1L << 40}) {
                            poller.reportToken(token, Readiness.READ);
                            assertGoesOnWaiting(waiting);
                        }
                        poller.reportToken(poller.tokenOf(number), Readiness.READ);
                        assertThat(waiting.fired().get(next.source().readable())).isPresent();
                    }
                });
    }

    @OnAllVariants
    void pollReturnsEarly_timersAreNotEarly(Variant variant) throws Exception {
        play(
                variant,
                (poller, pipe) -> {
                    poller.returnEarly(50);
                    int before = poller.polls();
                    long start = System.nanoTime();
                    Tarry.sleep(Duration.ofMillis(200));
                    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(200_000_000);
                    assertThat(poller.polls() - before).as("was early").isGreaterThan(1);
                });
    }

    @OnAllVariants
    void wakeUpOfAnotherThread_endsTheSleep(Variant variant) throws Exception {
        play(
                variant,
                (poller, pipe) -> {
                    for (int i = 0; i < 200; i++) {
                        Trigger<Integer> trigger = Events.trigger();
                        int value = i;
                        Thread.ofPlatform().start(() -> trigger.fire(value));
                        assertThat(Tarry.await(trigger)).isEqualTo(value);
                    }
                });
    }

    /** As long as there is no memory for it: nobody spins, and all are told. */
    @OnAllVariants
    void registrationIsRefused_linesConnectionsAndReadinessFailWithTheErrno(Variant variant)
            throws Exception {
        play(
                variant,
                (poller, pipe) -> {
                    try (TcpListener listener = TcpListener.bind("127.0.0.1", 0);
                            Fd borrowed = Fd.borrow(pipe.source().number())) {
                        FdStream stream = new FdStream(pipe.source(), null);
                        poller.refuse(Libc.ENOMEM);
                        List<Event<?>> all =
                                List.of(
                                        stream.readable(),
                                        stream.readingLine(),
                                        listener.accepting(),
                                        borrowed.readable());
                        for (Event<?> event : all) {
                            assertThat(Tarry.wait(event).first().outcome().toString())
                                    .as("%s", event)
                                    .contains("Failed", "ENOMEM");
                        }
                        poller.refuse(0);
                        FdKinds.write(pipe.sink(), "line\n");
                        assertThat(Tarry.await(stream.readingLine())).isEqualTo("line");
                        assertThat(Tarry.await(borrowed.readable(), Duration.ZERO)).isEmpty();
                    }
                });
    }
}
