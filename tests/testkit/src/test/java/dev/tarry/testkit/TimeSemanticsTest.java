package dev.tarry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.events.BaseEvent;
import dev.tarry.events.Event;
import dev.tarry.events.FiredEvents;
import dev.tarry.events.Ticker;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;

import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.List;
import java.util.Random;

/** What deadlines, ticks and timeouts promise, against each other and against messages. */
@Timeout(300)
class TimeSemanticsTest {
    private static final long MILLI = 1_000_000;

    @Seeded
    void ticksBesideMessages_areAllCountedAndNeverEarly(Simulation simulation) {
        Random random = simulation.random();
        simulation.clock().lateness(Duration.ofNanos(random.nextInt(3) * MILLI / 2));
        Channel<Integer> channel = Channel.rendezvous();
        Event<Ticker.Ticks> ticks = Events.every(Duration.ofMillis(2));
        Tarry.spawn(
                () -> {
                    for (int i = 0; i < 8; i++) {
                        Tarry.sleep(Duration.ofMillis(random.nextInt(5)));
                        channel.send(i);
                    }
                    channel.close();
                });
        long counted = 0;
        int received = 0;
        while (true) {
            FiredEvents<?> fired = Tarry.wait(ticks, channel.receiving());
            counted += fired.get(ticks).map(Ticker.Ticks::count).orElse(0L);
            assertThat(simulation.clock().nanos()).isGreaterThanOrEqualTo(counted * 2 * MILLI);
            if (fired.has(channel.receiving())) {
                if (!fired.stream().toList().getLast().outcome().isValue()) {
                    break; // closed, which is no claim: a tick may have come with it
                }
                assertThat(fired).hasSize(1);
                assertThat(fired.get(channel.receiving())).contains(received++);
            }
        }
        counted += Tarry.await(ticks, Duration.ZERO).map(Ticker.Ticks::count).orElse(0L);
        assertThat(received).isEqualTo(8);
        assertThat(counted).isEqualTo(simulation.clock().nanos() / (2 * MILLI));
    }

    /** All levels that hold are told, and one claim; a passed deadline holds for ever. */
    @Seeded
    void deadlinesAndSeveralClaims_allLevelsAndOneClaim(Simulation simulation) {
        Random random = simulation.random();
        List<Channel<Integer>> channels = List.of(Channel.buffered(2), Channel.rendezvous());
        long first = random.nextInt(4) * MILLI;
        long second = random.nextInt(4) * MILLI;
        Event<Duration> early = Events.after(Duration.ofNanos(first));
        Event<Duration> late = Events.after(Duration.ofNanos(second));
        int[] sent = {0};
        Scope.run(
                scope -> {
                    for (Channel<Integer> channel : channels) {
                        Duration pause = Duration.ofMillis(random.nextInt(4));
                        scope.spawn(
                                () -> {
                                    Tarry.sleep(pause);
                                    channel.send(++sent[0]);
                                });
                    }
                    int received = 0;
                    while (received < 2) {
                        FiredEvents<?> fired =
                                Tarry.wait(
                                        channels.get(0).receiving(),
                                        early,
                                        channels.get(1).receiving(),
                                        late);
                        long now = simulation.clock().nanos();
                        assertThat(fired.has(early)).isEqualTo(now >= first);
                        assertThat(fired.has(late)).isEqualTo(now >= second);
                        long claims =
                                fired.stream()
                                        .filter(f -> ((BaseEvent<?>) f.event()).isClaim())
                                        .count();
                        assertThat(claims).isLessThanOrEqualTo(1);
                        received += (int) claims;
                        if (claims == 0) {
                            Tarry.sleep(Duration.ofMillis(1));
                        }
                    }
                });
    }

    /** A message in the instant in which the time runs out is taken, or is still there. */
    @Seeded
    void messageInTheInstantOfTheTimeout_isTakenOrStillThere(Simulation simulation) {
        Random random = simulation.random();
        Channel<Integer> channel =
                random.nextBoolean() ? Channel.rendezvous() : Channel.buffered(1);
        Duration instant = Duration.ofMillis(1 + random.nextInt(2));
        int[] handedOver = {0};
        Tarry.spawn(
                () -> {
                    Tarry.sleep(Duration.ofMillis(1 + random.nextInt(2)));
                    if (Tarry.await(channel.sending(1), Duration.ZERO).isPresent()) {
                        handedOver[0]++;
                    }
                });
        int received = Tarry.await(channel.receiving(), instant).isPresent() ? 1 : 0;
        assertThat(simulation.clock().nanos()).isLessThanOrEqualTo(instant.toNanos());
        Tarry.sleep(Duration.ofMillis(5));
        received += channel.tryReceive().isPresent() ? 1 : 0;
        assertThat(received).isEqualTo(handedOver[0]);
    }
}
