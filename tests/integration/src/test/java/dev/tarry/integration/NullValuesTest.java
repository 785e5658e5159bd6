package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.events.Event;
import dev.tarry.events.Outcome;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Tarry;

import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** An event that fires with null, as the futures of methods that return nothing do. */
@Timeout(60)
class NullValuesTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @BothCarriers
    void nullOfAFuture_isNeverTakenForATimeout(String carrier) throws Exception {
        Runs.on(
                carrier,
                () -> {
                    var done = Events.done(CompletableFuture.<Void>completedFuture(null));
                    for (Duration limit : List.of(LONG, Duration.ZERO)) {
                        assertThat(Tarry.await(done, limit)).contains(new Outcome.Value<>(null));
                        var fired = Tarry.wait(List.of(done), limit);
                        assertThat(fired.has(done)).isTrue();
                        assertThat(fired.get(done)).contains(new Outcome.Value<>(null));
                    }
                    assertThat(Tarry.await(done).get()).isNull();
                    Event<Outcome<Void>> never = Events.done(new CompletableFuture<>());
                    assertThat(Tarry.await(never, Duration.ZERO)).isEmpty();
                    assertThat(Tarry.wait(done, never).get(never)).isEmpty();
                });
    }

    @BothCarriers
    void nullOfATask_isAValueInItsOutcome(String carrier) throws Exception {
        Runs.on(
                carrier,
                () -> {
                    var task = Tarry.spawn(() -> {});
                    assertThat(Tarry.await(task.done(), LONG).orElseThrow())
                            .isEqualTo(new Outcome.Value<>(null));
                    assertThat(task.join()).isNull();
                });
    }

    @BothCarriers
    void nullMessages_areRefusedWhereTheyAreSent(String carrier) throws Exception {
        Runs.on(
                carrier,
                () -> {
                    for (Channel<String> channel :
                            List.of(
                                    Channel.<String>rendezvous(),
                                    Channel.<String>buffered(1),
                                    Channel.<String>shared(1))) {
                        refuses(() -> channel.send(null));
                        refuses(() -> channel.trySend(null));
                        refuses(() -> channel.sending(null));
                        assertThat(Tarry.await(channel.receiving(), Duration.ZERO)).isEmpty();
                    }
                    var trigger = Events.<String>trigger();
                    refuses(() -> trigger.fire(null));
                    assertThat(Tarry.await(trigger, Duration.ZERO)).isEmpty();
                });
    }

    private static void refuses(Runnable send) {
        assertThatThrownBy(send::run).isInstanceOf(NullPointerException.class);
    }
}
