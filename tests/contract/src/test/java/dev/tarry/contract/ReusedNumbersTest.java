package dev.tarry.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.events.Event;
import dev.tarry.events.Fd;
import dev.tarry.events.FiredEvents;
import dev.tarry.events.Outcome;
import dev.tarry.events.Pipe;
import dev.tarry.events.Readiness;
import dev.tarry.events.Sockets;
import dev.tarry.runtime.Tarry;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** W6: closing wakes, at once, and a number that comes back is another file. */
class ReusedNumbersTest {
    private static final int CYCLES = 10_000;
    private static final Duration BLINK = Duration.ofNanos(100_000);

    @OnBothCarriers
    void closedWhileWaitedForAndOpenedAgain_oldWaiterHearsOfTheCloseOnly(Variant variant)
            throws Exception {
        variant.run(
                () -> {
                    Pipe old = Pipe.open();
                    int reused = 0;
                    for (int i = 0; i < CYCLES; i++) {
                        int number = old.source().number();
                        Waiting waiting = Waiting.parked(List.of(old.source().readable()), null);
                        if (i % 2 == 0) {
                            FdKinds.write(old.sink(), "x"); // reported never, or too late
                        }
                        old.close();
                        Pipe next = Pipe.open();
                        reused += next.source().number() == number ? 1 : 0;
                        FdKinds.write(next.sink(), "y");
                        assertThat(Tarry.await(next.source().readable()).isReadable()).isTrue();
                        assertOnlyClosed(waiting.fired());
                        FdKinds.drain(next.source());
                        old = next;
                    }
                    old.close();
                    assertThat(reused).as("the number came back").isGreaterThan(CYCLES / 2);
                });
    }

    @OnBothCarriers
    void socketsOwnedAndBorrowedInTurn_oldWaiterHearsOfTheCloseOnly(Variant variant)
            throws Exception {
        variant.run(
                () -> {
                    for (int i = 0; i < CYCLES / 10; i++) {
                        Fd[] old = Sockets.pair();
                        Fd handle = i % 2 == 0 ? old[0] : Fd.borrow(old[0].number());
                        Waiting waiting = Waiting.parked(List.of(handle.readable()), null);
                        handle.close();
                        old[0].close();
                        old[1].close();
                        Fd[] next = Sockets.pair();
                        Event<Readiness> nextEvent =
                                i % 3 == 0
                                        ? next[0].readable()
                                        : Fd.borrow(next[0].number()).readable();
                        Waiting other = Waiting.parked(List.of(nextEvent), null);
                        FdKinds.write(next[1], "y");
                        assertThat(other.fired().get(nextEvent)).isPresent();
                        assertOnlyClosed(waiting.fired());
                        next[0].close();
                        next[1].close();
                    }
                });
    }

    private static void assertOnlyClosed(FiredEvents<?> fired) {
        assertThat(fired).hasSize(1);
        assertThat(fired.first().outcome()).isInstanceOf(Outcome.Closed.class);
    }

    @OnBothCarriers
    void closedByAnotherThread_wakesAllItsWaiters(Variant variant) throws Exception {
        variant.run(
                () -> {
                    for (int i = 0; i < 200; i++) {
                        Pipe pipe = Pipe.open();
                        var readable = List.of(pipe.source().readable());
                        Waiting one = Waiting.parked(readable, null);
                        Waiting two = Waiting.parked(readable, Duration.ofDays(1));
                        Thread.ofPlatform().start(pipe::close);
                        assertOnlyClosed(one.fired());
                        assertOnlyClosed(two.fired());
                    }
                });
    }

    /** Somebody else's descriptor: nobody tells us that it was closed and opened again. */
    @OnBothCarriers
    void borrowedNumberClosedAndOpenedBehindOurBack_newFileIsWaitedFor(Variant variant)
            throws Exception {
        variant.run(
                () -> {
                    Pipe first = Pipe.open();
                    int number = first.source().number();
                    Fd borrowed = Fd.borrow(number);
                    assertThat(Tarry.await(borrowed.readable(), BLINK)).isEmpty();
                    first.close();
                    Pipe second = Pipe.open();
                    assertThat(second.source().number()).as("the same again").isEqualTo(number);
                    Waiting waiting = Waiting.parked(List.of(borrowed.readable()), null);
                    // From elsewhere, so that the loop sleeps in the meantime.
                    Thread.ofPlatform().start(() -> writeOne(second.sink()));
                    assertThat(waiting.fired().get(borrowed.readable())).isPresent();
                    borrowed.close();
                    second.close();
                });
    }

    /** The owner goes on when somebody gives back what was borrowed. */
    @OnBothCarriers
    void borrowedHandleOfOurOwnDescriptorCloses_ownerStillHears(Variant variant) throws Exception {
        variant.run(
                () -> {
                    Pipe pipe = Pipe.open();
                    var readable = pipe.source().readable();
                    assertThat(Tarry.await(readable, Duration.ZERO)).isEmpty();
                    Fd borrowed = Fd.borrow(pipe.source().number());
                    Waiting ofBorrowed = Waiting.parked(List.of(borrowed.readable()), null);
                    borrowed.close();
                    assertOnlyClosed(ofBorrowed.fired());
                    Waiting ofOwner = Waiting.parked(List.of(readable), null);
                    FdKinds.write(pipe.sink(), "x");
                    assertThat(ofOwner.fired().get(readable)).isPresent();
                    pipe.close();
                });
    }

    private static void writeOne(Fd fd) {
        try {
            FdKinds.write(fd, "x");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
