package dev.tarry.events;

import static dev.tarry.events.Readiness.READ;
import static dev.tarry.events.Readiness.WRITE;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.events.libc.Libc;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;

/** What lies between descriptors and the poller, with a poller that says what the test wants. */
class FdTableTest {
    private final ScriptedPoller poller = new ScriptedPoller();
    private final TestLoop loop = new TestLoop(poller);
    private final FdTable table = loop.reactor.fds();
    private Pipe pipe;

    @BeforeEach
    void open() throws IOException {
        pipe = Pipe.open();
    }

    @AfterEach
    void close() {
        pipe.close();
        loop.close();
    }

    private TestWaiter armed(BaseEvent<?> event) {
        TestWaiter waiter = new TestWaiter(loop.reactor, event);
        event.arm(waiter);
        return waiter;
    }

    @Test
    void registrationOfOursIsRefused_nothingIsLeftAndTheNextWaitTriesTheSame() {
        BaseEvent<Readiness> readable = pipe.source().readable();
        poller.answer = -Libc.ENOMEM;
        assertThat(readable.poll(loop.reactor)).isInstanceOf(Outcome.Failed.class);
        assertThat(table.size()).isZero();
        assertThat(readable.poll(loop.reactor)).isNull();
        armed(readable);
        loop.turn(false);
        assertThat(poller.calls).containsExactly("addEdge", "addEdge");
    }

    // ---- identity

    @Test
    void reportOfAnEarlierGeneration_isDropped() throws ErrnoException {
        int fd = pipe.source().number();
        FdSlot first = table.own(fd);
        long stale = first.token();
        table.remove(fd);
        FdSlot second = table.own(fd);

        poller.willReport(stale, READ);
        loop.turn(false);
        assertThat(second.ready & READ).isZero();

        poller.willReport(second.token(), READ);
        loop.turn(false);
        assertThat(second.ready & READ).isEqualTo(READ);
    }

    @Test
    void staleReportInTheBatchThatClosedIt_wakesNobody() throws ErrnoException {
        BaseEvent<Readiness> readable = Fd.borrow(pipe.source().number()).readable();
        armed(readable);
        loop.turn(false);
        long stale = poller.lastToken;
        table.remove(pipe.source().number());

        TestWaiter waiter = armed(readable); // the same number, another slot
        poller.willReport(stale, READ);
        loop.turn(false);
        assertThat(waiter.wakes).isZero();
    }

    @Test
    void reportOfAnUnknownNumber_isDropped() {
        poller.willReport(1L << 32 | 9_999, READ);
        loop.turn(false);
        assertThat(table.size()).isZero();
    }

    @Test
    void remove_wakesAllWaitersOnceDeregistered() throws ErrnoException {
        TestWaiter reader = armed(pipe.source().readable());
        table.remove(pipe.source().number());
        assertThat(reader.wakes).isEqualTo(1);
        assertThat(poller.calls).containsExactly("addEdge", "remove");
        assertThat(table.size()).isZero();
    }

    // ---- borrowed descriptors: one report for each arming

    @Test
    void armedAndDisarmedWithinATurn_costsNoCall() {
        BaseEvent<Readiness> readable = Fd.borrow(pipe.source().number()).readable();
        TestWaiter waiter = armed(readable);
        readable.disarm(waiter);
        loop.turn(false);
        assertThat(poller.calls).isEmpty();
    }

    @Test
    void secondWait_rearmsInsteadOfAdding() {
        BaseEvent<Readiness> readable = Fd.borrow(pipe.source().number()).readable();
        TestWaiter waiter = armed(readable);
        loop.turn(false);
        poller.willReport(poller.lastToken, READ);
        loop.turn(false);
        readable.disarm(waiter);
        armed(readable);
        loop.turn(false);
        assertThat(poller.calls).containsExactly("addOneShot " + READ, "rearm " + READ);
    }

    @Test
    void oneDirectionFires_theOtherIsArmedAgain() {
        Fd fd = Fd.borrow(pipe.source().number());
        TestWaiter reader = armed(fd.readable());
        TestWaiter writer = armed(fd.writable());
        loop.turn(false);
        poller.willReport(poller.lastToken, READ);
        loop.turn(false);
        assertThat(reader.wakes).isEqualTo(1);
        assertThat(writer.wakes).isZero();
        fd.readable().disarm(reader);
        loop.turn(false);
        assertThat(poller.calls).containsExactly("addOneShot " + (READ | WRITE), "rearm " + WRITE);
    }

    @Test
    void manyWaitersInOneDirection_allAreTold() {
        BaseEvent<Readiness> readable = Fd.borrow(pipe.source().number()).readable();
        TestWaiter a = armed(readable);
        TestWaiter b = armed(readable);
        loop.turn(false);
        poller.willReport(poller.lastToken, READ);
        loop.turn(false);
        assertThat(a.wakes).isEqualTo(1);
        assertThat(b.wakes).isEqualTo(1);
        assertThat(poller.calls).hasSize(1);
    }

    @Test
    void hangUp_endsEveryWait() {
        Fd fd = Fd.borrow(pipe.source().number());
        TestWaiter reader = armed(fd.readable());
        TestWaiter writer = armed(fd.writable());
        TestWaiter priority = armed(fd.priority());
        loop.turn(false);
        poller.willReport(poller.lastToken, Readiness.HANGUP);
        loop.turn(false);
        assertThat(reader.wakes + writer.wakes + priority.wakes).isEqualTo(3);
    }

    @Test
    void refusedRegistration_isToldOnceAndTriedAgain() {
        BaseEvent<Readiness> readable = Fd.borrow(pipe.source().number()).readable();
        poller.answer = -Libc.ENOMEM;
        TestWaiter waiter = armed(readable);
        loop.turn(false);
        assertThat(waiter.wakes).isEqualTo(1);
        readable.disarm(waiter);
        assertThat(readable.poll(loop.reactor))
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        f ->
                                assertThat(f.cause())
                                        .hasMessageContaining("epoll or so")
                                        .hasMessageContaining("ENOMEM"));
        assertThat(readable.poll(loop.reactor)).isNull();
        armed(readable);
        loop.turn(false);
        assertThat(poller.calls).containsExactly("addOneShot " + READ, "addOneShot " + READ);
    }

    // ---- descriptors of our own: edges, remembered

    @Test
    void refusedEdge_failsAndLeavesNoSlot() {
        poller.answer = -Libc.ENOMEM;
        assertThat(pipe.source().readable().poll(loop.reactor))
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        f -> assertThat(f.cause()).hasMessageContaining("epoll or so"));
        assertThat(table.size()).isZero();
    }

    @Test
    void edgeIsRememberedUntilAReadFindsNothing() throws IOException {
        BaseEvent<Readiness> readable = pipe.source().readable();
        assertThat(readable.poll(loop.reactor)).isNull();
        poller.willReport(poller.lastToken, READ); // spurious: there is nothing to read
        loop.turn(false);
        assertThat(readable.poll(loop.reactor)).isNotNull();
        assertThat(readable.poll(loop.reactor)).as("a level").isNotNull();
        assertThat(pipe.source().read(Libc.struct(8))).isZero();
        assertThat(readable.poll(loop.reactor)).isNull();
        assertThat(poller.calls).containsExactly("addEdge");
    }

    @Test
    void readyBeforeTheRegistration_isNoticedWithoutAnEdge() throws IOException {
        pipe.sink().write(Libc.struct(1));
        assertThat(pipe.source().readable().poll(loop.reactor)).isNotNull();
    }

    @Test
    void handleClosedBeforeItsRegistration_isNotRegistered() {
        pipe.source().close();
        assertThatThrownBy(() -> pipe.source().slot(loop.reactor))
                .as("the number may belong to another file by now")
                .isInstanceOf(ClosedException.class);
        assertThat(poller.calls).isEmpty();
    }
}
