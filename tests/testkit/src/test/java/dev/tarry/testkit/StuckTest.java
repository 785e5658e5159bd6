package dev.tarry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tarry.events.Fd;
import dev.tarry.events.Sockets;
import dev.tarry.runtime.Body;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.DeadlockException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Runs that do not end: what it is called, who waits for what, and how soon. */
@Timeout(60)
class StuckTest {
    private final List<String> cleanedUp = new ArrayList<>();

    private static SimulationFailedError failure(Simulation.Builder builder, Body body) {
        SimulationFailedError failure =
                catchThrowableOfType(
                        SimulationFailedError.class, () -> builder.seed(4711).run(body));
        assertThat(failure)
                .hasMessageStartingWith("with seed 4711, ")
                .hasMessageContaining("-Dtarry.seed=4711");
        return failure;
    }

    private void receiveForEver() {
        try {
            Channel.<String>rendezvous().receive();
        } finally {
            cleanedUp.add("receive");
        }
    }

    private void beat() {
        try {
            while (true) {
                Tarry.sleep(Duration.ofSeconds(1));
            }
        } finally {
            cleanedUp.add("heartbeat");
        }
    }

    @Test
    void aDeadlockAfterTheBody_isADeadlock_atOnce() {
        SimulationFailedError failure =
                failure(Simulation.builder(), () -> Tarry.spawn("forgotten", this::receiveForEver));
        assertThat(failure)
                .hasCauseInstanceOf(DeadlockException.class)
                .hasMessageContaining("every task waits")
                .hasMessageContaining("'forgotten' WAITING for [receive");
        assertThat(failure.run().elapsed()).isZero();
        assertThat(cleanedUp).containsExactly("receive", "receive"); // run once more
    }

    @Test
    void aDeadlockBesideAReader_isNamed() {
        Simulation.Builder builder = Simulation.builder().stall(Duration.ofMillis(100));
        SimulationFailedError failure =
                failure(
                        builder,
                        () -> {
                            Fd[] pair = Sockets.pair();
                            try (var a = pair[0];
                                    var b = pair[1]) {
                                Tarry.spawn("reader", () -> Tarry.await(a.readable()));
                                receiveForEver();
                            }
                        });
        assertThat(failure)
                .hasCauseInstanceOf(StuckException.class)
                .hasMessageContaining("a deadlock")
                .hasMessageContaining("nothing has come from outside for PT0.1S")
                .hasMessageContaining("'main' WAITING for [receive")
                .hasMessageContaining("'reader' WAITING for [socket");
        assertThat(cleanedUp).containsExactly("receive", "receive"); // run once more
    }

    /** The loop looks after such a one every second, so that it never sleeps without end. */
    @Test
    void aDeadlockBesideAReaderOfABorrowedDescriptor_isNamed() {
        Simulation.Builder builder = Simulation.builder().stall(Duration.ofMillis(1500));
        SimulationFailedError failure =
                failure(
                        builder,
                        () -> {
                            Fd[] pair = Sockets.pair();
                            try (var a = pair[0];
                                    var b = pair[1]) {
                                Tarry.await(Events.readable(a.number()));
                            }
                        });
        assertThat(failure)
                .hasCauseInstanceOf(StuckException.class)
                .hasMessageContaining("nothing has come from outside for PT1.5S")
                .hasMessageContaining("'main' WAITING for [fd");
    }

    @Test
    void aReaderThatIsLeftBehind_isALeak_afterNoRealTime() {
        SimulationFailedError failure =
                failure(
                        Simulation.builder().stall(Duration.ofDays(1)),
                        () -> {
                            Fd[] pair = Sockets.pair();
                            Tarry.spawn(
                                    "reader",
                                    () -> {
                                        try (var a = pair[0];
                                                var b = pair[1]) {
                                            Tarry.await(a.readable());
                                        }
                                    });
                        });
        assertThat(failure)
                .hasCauseInstanceOf(LeakException.class)
                .hasMessageContaining("tasks, PT1M after its end")
                .hasMessageContaining("'reader' WAITING for [socket");
        assertThat(failure.run().elapsed()).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void aHeartbeatBesideAForgottenReceive_isALivelock() {
        SimulationFailedError failure =
                failure(
                        Simulation.builder(),
                        () -> {
                            Tarry.spawn("heartbeat", this::beat);
                            receiveForEver();
                        });
        assertThat(failure)
                .hasCauseInstanceOf(StuckException.class)
                .hasMessageContaining("a livelock: no end after 200000 steps")
                .hasMessageContaining("by task 'heartbeat' (#2) (10000)")
                .hasMessageContaining("'main' WAITING for [receive")
                .hasMessageContaining("mostSteps");
        assertThat(cleanedUp)
                .containsExactlyInAnyOrder("heartbeat", "receive", "heartbeat", "receive");
    }

    @Test
    void aLivelockAfterTheBody_isALeak_andNamed() {
        SimulationFailedError failure =
                failure(
                        Simulation.builder().mostSteps(1000),
                        () -> Tarry.spawn("busy", this::yieldForEver));
        assertThat(failure)
                .hasCauseInstanceOf(StuckException.class)
                .hasMessageContaining("no end after 1000 steps")
                .hasMessageContaining("'busy'");
    }

    private void yieldForEver() {
        while (true) {
            Tarry.yieldNow();
        }
    }

    @Test
    void aLivelockThatCancellingDoesNotEnd_isEndedAllTheSame() {
        SimulationFailedError failure =
                failure(
                        Simulation.builder().mostSteps(1000),
                        () ->
                                Scope.shield(
                                        s -> {
                                            yieldForEver();
                                            return 0;
                                        }));
        assertThat(failure)
                .hasCauseInstanceOf(StuckException.class)
                .hasMessageContaining("no end after 1000 steps")
                .hasMessageContaining("by task 'main' (#1)");
    }

    @Test
    void aSleepThatCancellingDoesNotEnd_isEndedAllTheSame() {
        SimulationFailedError failure =
                failure(
                        Simulation.builder().stall(Duration.ofMillis(100)),
                        () -> Scope.shield(s -> Tarry.await(Events.trigger())));
        assertThat(failure)
                .hasCauseInstanceOf(StuckException.class)
                .hasMessageContaining("nothing has come from outside for PT0.1S")
                .hasMessageContaining("'main' WAITING for");
    }

    /** What JUnit does when the time of a test is over. */
    @Test
    void anInterrupt_saysWhoWaitedForWhat() {
        Thread loop = Thread.currentThread();
        SimulationFailedError failure =
                failure(
                        Simulation.builder(),
                        () -> {
                            Tarry.spawn("other", this::receiveForEver);
                            Simulation.awaitAllBlocked();
                            var interrupter = Thread.ofPlatform().start(loop::interrupt);
                            Tarry.await(Events.end(interrupter));
                            receiveForEver();
                        });
        assertThat(Thread.interrupted()).isTrue();
        assertThat(failure)
                .hasCauseInstanceOf(StuckException.class)
                .hasMessageContaining("interrupted, as by the time limit of a test")
                .hasMessageContaining("'other' WAITING for [receive");
    }

    @Test
    void aSimulationAfterAStuckOne_isNotStuck() {
        failure(Simulation.builder().mostSteps(1000), this::yieldForEver);
        var unused = Simulation.run(1, Tarry::yieldNow);
        assertThat(unused.steps()).isEqualTo(2);
    }
}
