package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.events.Outcome;
import dev.tarry.events.Signal;
import dev.tarry.events.SignalDelivery;
import dev.tarry.events.libc.Libc;
import dev.tarry.runtime.Child;
import dev.tarry.runtime.Signals;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.Scheduler;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Signals from outside: none lost, none refused without a reason, and the old handler comes back.
 */
@Timeout(120)
class SignalsTest {
    private static final int DELIVERIES = 1_000;
    private static final List<Signal> SIGNALS = List.of(Signal.USR1, Signal.HUP, Signal.TERM);

    /** Sends each signal once for each line it reads: what the kernel has not merged, arrives. */
    private static Child sender() throws Exception {
        long me = ProcessHandle.current().pid();
        StringBuilder kills = new StringBuilder();
        for (Signal signal : SIGNALS) {
            kills.append("kill -").append(signal).append(' ').append(me).append("; ");
        }
        return Child.start(
                new ProcessBuilder("/bin/sh", "-c", "while read line; do " + kills + "done"));
    }

    @BothCarriers
    void thousandDeliveriesOfEach_areAllSeenByTwoSubscriptions(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    Signal[] all = SIGNALS.toArray(Signal[]::new);
                    try (var a = Signals.subscribe(all);
                            var b = Signals.subscribe(all);
                            Child sender = sender()) {
                        for (int round = 1; round <= DELIVERIES; round++) {
                            sender.stdin().writeLine("go");
                            assertThat(received(a))
                                    .containsExactlyInAnyOrderElementsOf(each(round));
                            assertThat(received(b))
                                    .containsExactlyInAnyOrderElementsOf(each(round));
                        }
                        assertThat(Tarry.await(a.receiving(), Duration.ZERO)).isEmpty();
                        assertThat(Tarry.await(b.receiving(), Duration.ZERO)).isEmpty();
                    }
                });
    }

    private static List<String> received(dev.tarry.events.SignalSubscription subscription) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < SIGNALS.size(); i++) {
            SignalDelivery delivery = Tarry.await(subscription.receiving());
            all.add(delivery.signal() + " " + delivery.count());
        }
        return all;
    }

    private static List<String> each(int round) {
        return SIGNALS.stream().map(signal -> signal + " " + round).toList();
    }

    @BothCarriers
    void deliveryBetweenTwoWaits_isNotLost(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    try (var usr1 = Signals.subscribe(Signal.USR1)) {
                        for (int i = 0; i < 50; i++) {
                            raise(Signal.USR1);
                            Tarry.yieldNow();
                            assertThat(Tarry.await(usr1.receiving()).count()).isEqualTo(i + 1);
                        }
                    }
                });
    }

    /** A handler that was there before us, installed as any program would. */
    private static final class HandlerOfOthers implements AutoCloseable {
        private final sun.misc.Signal signal;
        private final sun.misc.SignalHandler original;

        HandlerOfOthers(String name, Runnable action) {
            signal = new sun.misc.Signal(name);
            original = sun.misc.Signal.handle(signal, delivered -> action.run());
        }

        @Override
        public void close() {
            sun.misc.Signal.handle(signal, original);
        }
    }

    private static void raise(Signal signal) {
        assertThat(Libc.kill((int) ProcessHandle.current().pid(), signal.number())).isZero();
    }

    @BothCarriers
    void close_tellsTheWaiterAndBringsTheEarlierHandlerBack(String carrier) throws Exception {
        CountDownLatch earlier = new CountDownLatch(1);
        try (var unused = new HandlerOfOthers("USR1", earlier::countDown)) {
            Runs.on(
                    carrier,
                    () -> {
                        var subscription = Signals.subscribe(Signal.USR1);
                        var second = Signals.subscribe(Signal.USR1);
                        var waiter = Tarry.spawn(() -> Tarry.wait(subscription.receiving()));
                        Tarry.yieldNow();
                        subscription.close();
                        assertThat(waiter.join().first().outcome())
                                .isInstanceOf(Outcome.Closed.class);
                        raise(Signal.USR1);
                        assertThat(Tarry.await(second.receiving()).count()).isEqualTo(1);
                        assertThat(earlier.getCount()).as("not yet").isEqualTo(1);
                        second.close();
                    });
            raise(Signal.USR1);
            earlier.await();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"KILL", "STOP", "QUIT", "SEGV", "ILL", "FPE", "BUS", "TRAP", "PIPE", "USR2"})
    void refusedSignal_saysWhy(String name) {
        Runs.on(
                "loop",
                () ->
                        assertThatThrownBy(() -> Signals.subscribe(Signal.HUP, Signal.of(name)))
                                .isInstanceOf(IllegalArgumentException.class)
                                .hasMessageContaining("signal " + name)
                                .hasMessageMatching(
                                        ".*(cannot be caught|is used by the JVM itself).*"));
    }

    @BothCarriers
    void refusedTogetherWithOthers_nothingStaysSubscribed(String carrier) throws Exception {
        CountDownLatch earlier = new CountDownLatch(1);
        try (var unused = new HandlerOfOthers("USR1", earlier::countDown)) {
            Runs.on(
                    carrier,
                    () ->
                            assertThatThrownBy(() -> Signals.subscribe(Signal.USR1, Signal.KILL))
                                    .isInstanceOf(IllegalArgumentException.class));
            raise(Signal.USR1);
            earlier.await();
        }
    }

    @BothCarriers
    void twoSchedulers_eachSeesTheSignal(String carrier) {
        Runs.on(
                carrier,
                () -> {
                    try (var here = Signals.subscribe(Signal.USR1)) {
                        CountDownLatch subscribed = new CountDownLatch(1);
                        Thread other =
                                Thread.ofPlatform()
                                        .start(
                                                () ->
                                                        Tarry.run(
                                                                () -> {
                                                                    try (var there =
                                                                            Signals.subscribe(
                                                                                    Signal.USR1)) {
                                                                        subscribed.countDown();
                                                                        Tarry.await(
                                                                                there.receiving());
                                                                    }
                                                                }));
                        Tarry.blocking(
                                () -> {
                                    subscribed.await();
                                    return null;
                                });
                        raise(Signal.USR1);
                        Tarry.await(here.receiving());
                        Tarry.await(dev.tarry.runtime.Events.end(other));
                        assertThat(Scheduler.current().tasks()).isEqualTo(1);
                    }
                });
    }

    /** With -Xrs, the JVM leaves HUP, INT and TERM to the system. */
    static final class Subscriber {
        public static void main(String[] args) {
            Tarry.run(
                    () -> {
                        try (var term = Signals.subscribe(Signal.TERM)) {
                            System.out.println("subscribed to " + term.signals());
                        } catch (IllegalArgumentException e) {
                            System.out.println(e.getMessage());
                        }
                    });
        }
    }

    @Test
    void jvmStartedWithXrs_refusesTermAndNamesTheFlag() throws Exception {
        List<String> flags = new ArrayList<>(ChildJvm.FLAGS);
        flags.add("-Xrs");
        var result = ChildJvm.run(flags, Subscriber.class);
        assertThat(result.out()).contains("TERM").contains("-Xrs").doesNotContain("subscribed");
        assertThat(result.err()).isEmpty();
        assertThat(ChildJvm.run(ChildJvm.FLAGS, Subscriber.class).out())
                .isEqualTo("subscribed to [TERM]\n");
    }
}
