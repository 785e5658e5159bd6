package dev.tarry.integration.regress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.events.ErrnoException;
import dev.tarry.events.Event;
import dev.tarry.events.Fd;
import dev.tarry.events.Outcome;
import dev.tarry.events.Pipe;
import dev.tarry.events.Readiness;
import dev.tarry.events.libc.Libc;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Tarry;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;

/** The owner of a borrowed number does what it likes with it, and nobody hangs. */
@Timeout(30)
class BorrowedFdTest {
    private static final Duration SHORT = Duration.ofMillis(5);

    @Test
    void closedByItsOwnerInTheTurnInWhichItIsArmed_fails() {
        Tarry.run(
                () -> {
                    Pipe pipe = Pipe.open();
                    var event = Events.readable(pipe.source().number());
                    var unused = Tarry.spawn(() -> closeBehindOurBack(pipe));

                    var fired = Tarry.wait(event);

                    assertThat(fired.outcome(event).orElseThrow())
                            .isInstanceOfSatisfying(
                                    Outcome.Failed.class,
                                    failed ->
                                            assertThat(failed.cause())
                                                    .isInstanceOf(ErrnoException.class)
                                                    .hasMessageContaining("EBADF"));
                });
    }

    /** Nobody tells us of that, so it takes up to a second, and no other event to come. */
    @Test
    void closedByItsOwnerWhileOneWaitsWithoutLimit_fails() {
        Tarry.run(
                () -> {
                    Pipe pipe = Pipe.open();
                    var event = Events.readable(pipe.source().number());
                    var waiting = Tarry.spawn(() -> Tarry.wait(event));
                    Tarry.sleep(SHORT); // it is armed
                    closeBehindOurBack(pipe);

                    assertThat(waiting.join().outcome(event).orElseThrow())
                            .isInstanceOfSatisfying(
                                    Outcome.Failed.class,
                                    failed ->
                                            assertThat(failed.cause())
                                                    .hasMessageContaining("EBADF"));
                });
    }

    @Test
    void numberGivenToAnotherFileWhileOneWaits_isWatchedInItsPlace() {
        Tarry.run(
                () -> {
                    Pipe first = Pipe.open();
                    int number = first.source().number();
                    var waiting = Tarry.spawn(() -> Tarry.await(Events.readable(number)));
                    Tarry.sleep(SHORT); // it is armed
                    closeBehindOurBack(first);
                    try (Pipe second = openAt(number)) {
                        second.sink().write(ByteBuffer.allocateDirect(1));
                        assertThat(waiting.join().isReadable()).isTrue();
                    }
                });
    }

    @Test
    void numberGivenToAnotherFileBetweenTwoWaits_isArmedForThatFile() {
        Tarry.run(
                () -> {
                    Pipe first = Pipe.open();
                    int number = first.source().number();
                    var event = Events.readable(number);
                    assertThat(Tarry.await(event, SHORT)).isEmpty();
                    first.close();
                    try (Pipe second = openAt(number)) {
                        writeWhenOthersWait(second);
                        assertThat(Tarry.await(event).isReadable()).isTrue();
                    }
                });
    }

    @Test
    void numberGivenToAnotherFileWhileOneWaits_isArmedForTheNextOneToWait() {
        Tarry.run(
                () -> {
                    Pipe first = Pipe.open();
                    int number = first.source().number();
                    Event<Readiness> event = Events.readable(number);
                    var early = Tarry.spawn("early", () -> Tarry.await(event));
                    Tarry.sleep(SHORT);
                    closeBehindOurBack(first);
                    try (Pipe second = openAt(number)) {
                        writeWhenOthersWait(second);
                        assertThat(Tarry.await(event).isReadable()).isTrue();
                        assertThat(early.join().isReadable()).isTrue();
                    }
                });
    }

    @Test
    void handleClosedAfterItsNumberBecameOurs_leavesTheNewOwnerAlone() {
        Tarry.run(
                () -> {
                    Pipe first = Pipe.open();
                    int number = first.source().number();
                    Fd borrowed = Fd.borrow(number);
                    assertThat(Tarry.await(borrowed.readable(), SHORT)).isEmpty();
                    first.close();
                    try (Pipe second = openAt(number)) {
                        assertThat(Tarry.await(second.source().readable(), SHORT)).isEmpty();
                        borrowed.close();
                        writeWhenOthersWait(second);
                        assertThat(Tarry.await(second.source().readable()).isReadable()).isTrue();
                    }
                });
    }

    @Test
    void handleClosedWhileItsNumberIsOurs_wakesItsOwnWaiters() {
        Tarry.run(
                () -> {
                    try (Pipe pipe = Pipe.open()) {
                        assertThat(Tarry.await(pipe.source().readable(), SHORT)).isEmpty();
                        Fd borrowed = Fd.borrow(pipe.source().number());
                        var unused = Tarry.spawn(borrowed::close);
                        var fired = Tarry.wait(borrowed.readable());
                        assertThat(fired.first().outcome()).isInstanceOf(Outcome.Closed.class);
                    }
                });
    }

    @Test
    void numberThatCannotBe_failsAndTakesNoMemory() {
        Tarry.run(
                () -> {
                    for (int number : new int[] {1_000_000_000, Integer.MAX_VALUE}) {
                        var event = Events.readable(number);
                        var fired = Tarry.wait(List.of(event), Duration.ZERO);
                        assertThat(fired.first().outcome())
                                .isInstanceOfSatisfying(
                                        Outcome.Failed.class,
                                        failed ->
                                                assertThat(failed.cause())
                                                        .isInstanceOf(ErrnoException.class));
                    }
                });
    }

    private static void closeBehindOurBack(Pipe pipe) {
        Libc.close(pipe.source().number());
        Libc.close(pipe.sink().number());
    }

    /** The system gives the lowest number that is free. */
    private static Pipe openAt(int number) throws IOException {
        Pipe pipe = Pipe.open();
        assertThat(pipe.source().number()).isEqualTo(number);
        return pipe;
    }

    private static void writeWhenOthersWait(Pipe pipe) {
        var unused =
                Tarry.spawn(
                        () -> {
                            Tarry.sleep(SHORT);
                            pipe.sink().write(ByteBuffer.allocateDirect(1));
                        });
    }
}
