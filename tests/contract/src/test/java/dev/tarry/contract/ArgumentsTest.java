package dev.tarry.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.tarry.events.Event;
import dev.tarry.events.FiredEvents;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.Scheduler;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/** The edges of the arguments of a wait. */
class ArgumentsTest {
    private static final Duration LONGEST = Duration.ofSeconds(Long.MAX_VALUE);
    private static final Duration SHORTEST = Duration.ofSeconds(Long.MIN_VALUE);

    @OnBothCarriers
    void nulls_areRefusedAndTheTaskGoesOn(Variant variant) throws Exception {
        variant.run(
                () -> {
                    UserEvents.Flag flag = new UserEvents.Flag();
                    UserEvents.Box box = new UserEvents.Box(true);
                    box.put("thing");
                    assertThatNullPointerException()
                            .isThrownBy(() -> Tarry.wait(Arrays.asList(box, flag, null)))
                            .withMessageContaining("2");
                    assertThatNullPointerException()
                            .isThrownBy(() -> Tarry.wait((Collection<Event<?>>) null));
                    assertThatNullPointerException().isThrownBy(() -> Tarry.await((Event<?>) null));
                    assertThat(Tarry.wait(box, flag).get(box)).contains("thing");
                    flag.assertNobodyArmed();
                });
    }

    @OnBothCarriers
    void noEvents_isASleep(Variant variant) throws Exception {
        variant.run(
                () -> {
                    long start = System.nanoTime();
                    assertThat(Tarry.wait(List.of(), Duration.ofMillis(2))).isEmpty();
                    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(2_000_000);
                });
    }

    @OnBothCarriers
    void negativeTimeout_looksAndDoesNotWait(Variant variant) throws Exception {
        variant.run(
                () -> {
                    UserEvents.Box box = new UserEvents.Box(true);
                    for (Duration timeout : List.of(Duration.ofNanos(-1), SHORTEST)) {
                        assertThat(Tarry.wait(List.of(box), timeout)).isEmpty();
                        assertThat(Tarry.await(box, timeout)).isEmpty();
                        box.put("thing");
                        assertThat(Tarry.wait(List.of(box), timeout).get(box)).contains("thing");
                    }
                    box.assertNobodyArmed();
                });
    }

    @OnBothCarriers
    void longestTimeout_waitsUntilFired(Variant variant) throws Exception {
        variant.run(
                () -> {
                    UserEvents.Flag flag = new UserEvents.Flag();
                    Waiting one = Waiting.parked(List.of(flag), LONGEST);
                    Waiting two = Waiting.parked(List.of(flag), LONGEST.minusNanos(1));
                    Tarry.sleep(Duration.ofMillis(1)); // the shorter one is not behind them
                    assertThat(Scheduler.current().reactor().timers()).isEqualTo(2);
                    flag.raise();
                    assertThat(one.fired()).hasSize(1);
                    assertThat(two.fired()).hasSize(1);
                    assertThat(Scheduler.current().reactor().timers()).isZero();
                });
    }

    @OnBothCarriers
    void manyEvents_lastOneFires(Variant variant) throws Exception {
        variant.run(
                () -> {
                    List<UserEvents.Flag> flags = new ArrayList<>();
                    for (int i = 0; i < 1000; i++) {
                        flags.add(new UserEvents.Flag());
                    }
                    Waiting waiting = Waiting.parked(flags, null);
                    flags.getLast().raise();
                    FiredEvents<?> fired = waiting.fired();
                    assertThat(fired).hasSize(1);
                    assertThat(fired.get(flags.getLast())).contains("raised");
                    flags.forEach(UserEvents.Flag::assertNobodyArmed);
                });
    }
}
