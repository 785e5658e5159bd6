package dev.tarry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.events.Fd;
import dev.tarry.events.Readiness;
import dev.tarry.events.Sockets;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.Task;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.nio.ByteBuffer;
import java.time.Duration;

@Timeout(60)
class ScriptedPollerTest {
    private final ScriptedPoller poller = new ScriptedPoller();
    private Fd fd;
    private Fd peer;

    @BeforeEach
    void open() throws Exception {
        Fd[] pair = Sockets.pair();
        fd = pair[0];
        peer = pair[1];
    }

    @AfterEach
    void close() {
        fd.close();
        peer.close();
    }

    private SimulationResult run(dev.tarry.runtime.Body body) {
        return Simulation.builder().poller(poller).stall(Duration.ofMillis(200)).run(body);
    }

    @Test
    void aReport_wakesWhoWaits() {
        run(
                () -> {
                    Task<Readiness> waiter = Tarry.spawn(() -> Tarry.await(fd.readable()));
                    Simulation.awaitAllBlocked();
                    assertThat(poller.report(fd.number(), Readiness.READ)).isTrue();
                    assertThat(waiter.join().isReadable()).isTrue();
                });
    }

    /** For a borrowed descriptor the system is asked again, and the wait goes on. */
    @Test
    void aSpuriousReport_doesNotEndTheWait() {
        run(
                () -> {
                    Fd borrowed = Fd.borrow(fd.number());
                    Task<Readiness> waiter = Tarry.spawn(() -> Tarry.await(borrowed.readable()));
                    Simulation.awaitAllBlocked();
                    for (int i = 0; i < 3; i++) {
                        assertThat(poller.report(fd.number(), Readiness.READ)).isTrue();
                        Simulation.awaitAllBlocked();
                        assertThat(waiter.outcome()).isNull();
                        assertThat(poller.isArmed(fd.number())).isTrue(); // again
                    }
                    peer.write(ByteBuffer.allocateDirect(1));
                    poller.report(fd.number(), Readiness.READ);
                    assertThat(waiter.join().isReadable()).isTrue();
                });
    }

    /** The number is given away and waited for again: what is late for the old one is dropped. */
    @Test
    void aStaleToken_wakesNobody() {
        run(
                () -> {
                    Fd old = Fd.borrow(fd.number());
                    Tarry.await(old.readable(), Duration.ofMillis(1));
                    old.close();
                    Task<Readiness> waiter = Tarry.spawn(() -> Tarry.await(fd.readable()));
                    Simulation.awaitAllBlocked();
                    poller.reportStale(Readiness.READ | Readiness.WRITE);
                    Simulation.awaitAllBlocked();
                    assertThat(waiter.outcome()).isNull();
                    waiter.cancel();
                });
    }

    @Test
    void sleepsThatEndEarly_fireNoTimerEarly() {
        poller.returnEarly(5);
        VirtualClock clock = new VirtualClock();
        clock.patience(Duration.ofMillis(1));
        SimulationResult run =
                Simulation.builder()
                        .poller(poller)
                        .clock(clock)
                        .run(() -> Tarry.sleep(Duration.ofSeconds(3)));
        assertThat(run.elapsed()).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void aLateTimer_isOnlyLate() {
        VirtualClock clock = new VirtualClock();
        clock.lateness(Duration.ofMillis(30));
        SimulationResult run =
                Simulation.builder().clock(clock).run(() -> Tarry.sleep(Duration.ofSeconds(3)));
        assertThat(run.elapsed()).isEqualTo(Duration.ofMillis(3030));
    }

    @Test
    void aScriptThatIsOver_endsTheRunWithAReport() {
        assertThatThrownBy(() -> run(() -> Tarry.await(fd.readable())))
                .hasStackTraceContaining("nothing has come from outside for PT0.2S")
                .hasStackTraceContaining("'main' WAITING for [socket fd");
    }
}
