package dev.tarry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tarry.runtime.Body;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Tarry;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.opentest4j.TestAbortedException;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a failure says about how to see it again is true. */
@Timeout(60)
class ReplayTest {
    private static final Pattern REPLAY =
            Pattern.compile("-Dtarry.trace=([0-9a-f]{16}) -Dtarry.(seed|schedule)=([\\d.]*)");

    private static SimulationFailedError failureOf(Body body) {
        return catchThrowableOfType(SimulationFailedError.class, () -> Simulation.run(1, body));
    }

    // ---- does it come again?

    @Test
    void aFailureThatComesAgain_isCalledSo() {
        int[] runs = {0};
        SimulationFailedError failure =
                failureOf(
                        () -> {
                            runs[0]++;
                            Tarry.spawn(Tarry::yieldNow).join();
                            throw new IllegalStateException("oops");
                        });
        assertThat(runs[0]).isEqualTo(2);
        assertThat(failure.cameAgain()).isTrue();
        assertThat(failure)
                .hasMessageContaining("run once more, it came again")
                .hasCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void aFailureThatDoesNotComeAgain_isCalledSo() {
        int[] runs = {0};
        SimulationFailedError failure =
                failureOf(() -> assertThat(++runs[0]).as("runs").isNotEqualTo(1));
        assertThat(failure.cameAgain()).isFalse();
        assertThat(failure)
                .hasMessageContaining("runs")
                .hasMessageContaining("DID NOT COME AGAIN")
                .hasMessageContaining("something decides that is not in the simulation");
    }

    @Test
    void aFailureThatDoesNotComeAgain_saysWhereTheRunsPart() {
        int[] runs = {0};
        SimulationFailedError failure =
                failureOf(
                        () -> {
                            Tarry.yieldNow();
                            if (++runs[0] == 1) {
                                Tarry.yieldNow();
                                throw new IllegalStateException("oops");
                            }
                            Tarry.sleep(java.time.Duration.ofSeconds(1));
                        });
        assertThat(failure)
                .hasMessageContaining("DID NOT COME AGAIN")
                .hasMessageContaining("at step 3: the first run went on with task #1 at PT0S");
    }

    @Test
    void anotherFailure_isCalledAnother() {
        int[] runs = {0};
        SimulationFailedError failure =
                failureOf(
                        () -> {
                            throw ++runs[0] == 1
                                    ? new IllegalStateException("one")
                                    : new IllegalArgumentException("two");
                        });
        assertThat(failure.cameAgain()).isFalse();
        assertThat(failure)
                .hasRootCauseMessage("one")
                .hasMessageContaining("IT WAS ANOTHER FAILURE")
                .hasMessageContaining("two");
    }

    @Test
    void aFailureOfTheSecondRunOnly_isCalledSo() {
        int[] runs = {0};
        assertThatThrownBy(
                        () ->
                                Simulation.runTwice(
                                        1, () -> assertThat(++runs[0]).as("runs").isOne()))
                .hasMessageContaining("the run before, with the same seed, was good");
    }

    @Test
    void anAssumption_isNotTriedAgain() {
        int[] runs = {0};
        SimulationFailedError failure =
                failureOf(
                        () -> {
                            runs[0]++;
                            throw new TestAbortedException("not here");
                        });
        assertThat(failure).hasCauseInstanceOf(TestAbortedException.class);
        assertThat(runs[0]).isOne();
    }

    @Test
    void aRunWithAClockOfTheCallers_isNotRunAgain() {
        int[] runs = {0};
        assertThatThrownBy(
                        () ->
                                Simulation.builder()
                                        .clock(new VirtualClock(5))
                                        .run(() -> assertThat(++runs[0]).isZero()))
                .isInstanceOf(SimulationFailedError.class);
        assertThat(runs[0]).isOne();
    }

    // ---- the trace sees values

    private enum Way {
        SENT {
            @Override
            void tell(int value) {
                Channel.<Integer>buffered(1).send(value);
            }
        },
        TRIED {
            @Override
            void tell(int value) {
                assertThat(Channel.<Integer>buffered(1).trySend(value)).isTrue();
            }
        },
        HANDED_OVER {
            @Override
            void tell(int value) {
                Channel<Integer> channel = Channel.rendezvous();
                Tarry.spawn(() -> channel.send(value));
                channel.receive();
            }
        },
        CHOSEN {
            @Override
            void tell(int value) {
                Channel<Integer> channel = Channel.buffered(1);
                Tarry.wait(List.of(channel.sending(value)));
            }
        },
        SHARED {
            @Override
            void tell(int value) {
                Channel<Integer> channel = Channel.shared(1);
                channel.send(value);
                channel.receive();
            }
        },
        FUTURE {
            @Override
            void tell(int value) {
                Tarry.await(Events.done(CompletableFuture.completedFuture(value)));
            }
        },
        LATER {
            @Override
            void tell(int value) {
                CompletableFuture<Integer> future = new CompletableFuture<>();
                Tarry.spawn(() -> future.complete(value));
                Tarry.wait(List.of(Events.done(future)));
            }
        },
        RESULT {
            @Override
            void tell(int value) {
                Tarry.spawn(() -> value).join();
            }
        };

        abstract void tell(int value);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void valuesThatDiffer_areSeen(Way way) {
        var same = Simulation.runTwice(1, () -> way.tell(7));
        assertThat(Simulation.run(1, () -> way.tell(7))).isEqualTo(same);
        int[] runs = {0};
        assertThatThrownBy(() -> Simulation.runTwice(1, () -> way.tell(++runs[0])))
                .hasCauseInstanceOf(DivergedException.class);
    }

    // ---- a replay of another run

    private static boolean other; // what another JVM would do otherwise

    /** Run by the tests below only. */
    static class Programs {
        @TarryTest(seeds = 100)
        void failsWithOneOrder() {
            StringBuilder order = new StringBuilder();
            for (String name : other ? List.of("b", "a") : List.of("a", "b")) {
                Tarry.spawn(() -> order.append(name));
            }
            Simulation.awaitAllBlocked();
            Channel.<String>buffered(1).send(order.toString());
            assertThat(order.toString()).isNotEqualTo("ba");
        }

        /** All in one step: only the values tell. */
        @TarryTest(seeds = 100)
        void failsWithOneValue() {
            String value = other ? "b" : "a";
            Channel.<String>buffered(1).send(value);
            assertThat(value).isNotEqualTo("a");
        }
    }

    private final List<String> properties =
            List.of("tarry.seed", "tarry.seeds", "tarry.trace", "tarry.schedule");
    private final List<String> before =
            properties.stream().map(p -> System.getProperty(p, "")).toList();

    @BeforeEach
    @AfterEach
    void forget() {
        other = false;
        properties.forEach(System::clearProperty);
    }

    @AfterEach
    void restore() {
        for (int i = 0; i < before.size(); i++) {
            if (!before.get(i).isEmpty()) {
                System.setProperty(properties.get(i), before.get(i));
            }
        }
    }

    private static Throwable failureOf(String program) {
        TestExecutionResult result = Launch.test(Programs.class, program);
        assertThat(result.getStatus()).isEqualTo(Status.FAILED);
        return result.getThrowable().orElseThrow();
    }

    private static Matcher replayIn(Throwable failure) {
        Matcher said = REPLAY.matcher(failure.getMessage());
        assertThat(said.find()).as(failure.getMessage()).isTrue();
        System.setProperty("tarry.trace", said.group(1));
        System.setProperty("tarry." + said.group(2), said.group(3));
        return said;
    }

    @ParameterizedTest
    @org.junit.jupiter.params.provider.ValueSource(
            strings = {"failsWithOneOrder", "failsWithOneValue"})
    void aReplay_isTheSameRun_orIsRefused(String program) {
        Throwable first = failureOf(program);
        String trace = replayIn(first).group(1);
        assertThat(failureOf(program)).hasMessage(first.getMessage());
        other = true;
        assertThat(failureOf(program))
                .hasCauseInstanceOf(DivergedException.class)
                .hasMessageContaining("this is not the run that the replay names")
                .hasMessageContaining(trace.replaceFirst("^0+", ""))
                .hasMessageContaining("Set.of");
        System.clearProperty("tarry.trace"); // and without it, it runs
        if (program.equals("failsWithOneValue")) {
            assertThat(Launch.test(Programs.class, program).getStatus())
                    .isEqualTo(Status.SUCCESSFUL);
        }
    }

    @Test
    void aTraceThatIsNone_isRefused() {
        System.setProperty("tarry.seed", "1");
        System.setProperty("tarry.trace", "xyz");
        assertThat(failureOf("failsWithOneValue"))
                .hasMessageContaining("-Dtarry.trace=xyz is no trace");
    }

    @Test
    void aTraceWithoutASeed_isRefused() {
        System.setProperty("tarry.trace", "12");
        assertThat(failureOf("failsWithOneValue")).hasMessageContaining("needs -Dtarry.seed");
    }

    @Test
    void aReplayOfASchedule_isTheSameRun_orIsRefused() {
        Body body = () -> new Programs().failsWithOneOrder();
        SimulationFailedError first =
                catchThrowableOfType(SimulationFailedError.class, () -> Explorer.prove(body));
        var unused = replayIn(first);
        assertThatThrownBy(() -> Explorer.prove(body)).hasMessage(first.getMessage());
        other = true;
        assertThatThrownBy(() -> Explorer.prove(body))
                .hasCauseInstanceOf(DivergedException.class)
                .hasMessageContaining("this is not the run that the replay names");
    }

    @Test
    void aTraceThatIsExpected_canBeSaidInCode() {
        Body body = () -> Tarry.spawn(Tarry::yieldNow);
        long trace = Simulation.run(3, body).traceHash();
        assertThat(Simulation.builder().seed(3).expectTrace(trace).run(body).traceHash())
                .isEqualTo(trace);
        assertThatThrownBy(() -> Simulation.builder().seed(3).expectTrace(trace + 1).run(body))
                .hasCauseInstanceOf(DivergedException.class);
    }
}
