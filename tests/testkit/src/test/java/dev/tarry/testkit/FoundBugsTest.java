package dev.tarry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.Task;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Programs with a bug, which the order of production may hide: the suite finds each within a
 * thousand seeds, and the seed that the failure prints shows it again, step for step.
 */
@Timeout(120)
class FoundBugsTest {
    private static final Pattern SEED = Pattern.compile("-Dtarry.seed=(\\d+) -Dtest=(\\S+);");
    private static final String[] PROPERTIES = {"tarry.seed", "tarry.seeds"};

    /** Run by the tests below only. */
    static class Programs {
        /** Between the look into the queue and the wait for the bell lies another wait. */
        @TarryTest
        void lostWakeUp() {
            Queue<Integer> queue = new ArrayDeque<>();
            Channel<String> bell = Channel.rendezvous();
            Task<Integer> consumer =
                    Tarry.spawn(
                            () -> {
                                if (queue.isEmpty()) {
                                    Tarry.yieldNow();
                                    bell.receive();
                                }
                                return queue.remove();
                            });
            for (int i = 0; i < 4; i++) {
                Tarry.yieldNow();
            }
            queue.add(1);
            bell.trySend("there is something");
            assertThat(consumer.join()).isOne();
        }

        /** Between the check and the withdrawal lies a wait. */
        @TarryTest
        void checkThenAct() {
            int[] balance = {1};
            Scope.run(
                    scope -> {
                        for (int i = 0; i < 2; i++) {
                            int late = i * 4;
                            scope.spawn(
                                    () -> {
                                        for (int k = 0; k < late; k++) {
                                            Tarry.yieldNow();
                                        }
                                        if (balance[0] > 0) {
                                            Tarry.yieldNow();
                                            balance[0]--;
                                        }
                                    });
                        }
                    });
            assertThat(balance[0]).as("balance").isZero();
        }

        @TarryTest
        void ignoresRefusal() {
            sendAndCancel(BrokenChannel.Mistake.IGNORES_REFUSAL);
        }

        @TarryTest
        void takesEarly() {
            sendAndCancel(BrokenChannel.Mistake.TAKES_EARLY);
        }

        @TarryTest
        void wakesOnce() {
            sendAndCancel(BrokenChannel.Mistake.WAKES_ONCE);
        }

        @TarryTest
        void noMistake() {
            sendAndCancel(BrokenChannel.Mistake.NONE);
        }
    }

    /** Of two receivers one is cancelled; what was sent is received, or still there. */
    private static void sendAndCancel(BrokenChannel.Mistake mistake) {
        BrokenChannel channel = new BrokenChannel(mistake);
        List<Integer> received = new ArrayList<>();
        Task<?> first = Tarry.spawn(() -> receive(channel, received));
        Task<?> second = Tarry.spawn(() -> receive(channel, received));
        Task<?> sender =
                Tarry.spawn(
                        () -> {
                            for (int i = 0; i < 4; i++) {
                                channel.send(i);
                                if (i % 2 == 1) {
                                    Tarry.yieldNow();
                                }
                            }
                        });
        Tarry.yieldNow();
        first.cancel();
        sender.join();
        Simulation.awaitAllBlocked();
        boolean idle = second.outcome() == null;
        second.cancel();
        assertThat(received.size() + channel.size()).as("messages").isEqualTo(4);
        assertThat(idle && channel.size() > 0).as("waits though there is one").isFalse();
    }

    private static void receive(BrokenChannel channel, List<Integer> received) {
        while (true) {
            received.add(channel.receive());
        }
    }

    // ---- the search

    private final String[] before = new String[PROPERTIES.length];

    @BeforeEach
    void remember() {
        for (int i = 0; i < PROPERTIES.length; i++) {
            before[i] = System.getProperty(PROPERTIES[i]);
            System.clearProperty(PROPERTIES[i]);
        }
    }

    @AfterEach
    void restore() {
        for (int i = 0; i < PROPERTIES.length; i++) {
            if (before[i] == null) {
                System.clearProperty(PROPERTIES[i]);
            } else {
                System.setProperty(PROPERTIES[i], before[i]);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"lostWakeUp", "checkThenAct", "ignoresRefusal", "takesEarly", "wakesOnce"})
    void aThousandSeeds_findIt_andThePrintedSeedShowsItAgain(String bug) {
        String found = failureOf(bug);
        Matcher said = SEED.matcher(found);
        assertThat(said.find()).as(found).isTrue();
        assertThat(said.group(2)).isEqualTo("Programs#" + bug);
        System.setProperty("tarry.seed", said.group(1));
        for (int i = 0; i < 3; i++) {
            assertThat(failureOf(bug)).isEqualTo(found); // with the hash of the trace
        }
    }

    private static String failureOf(String bug) {
        TestExecutionResult result = Launch.test(Programs.class, bug);
        assertThat(result.getStatus()).isEqualTo(Status.FAILED);
        Throwable failure = result.getThrowable().orElseThrow();
        assertThat(failure)
                .isInstanceOf(SimulationFailedError.class)
                .cause()
                .isNotInstanceOf(DivergedException.class);
        return failure.getMessage().replaceAll("channel@[0-9a-f]+|simulation-\\d+", "");
    }

    @ParameterizedTest
    @ValueSource(strings = "noMistake")
    void withoutTheMistake_noSeedFails(String program) {
        assertThat(Launch.test(Programs.class, program).getStatus()).isEqualTo(Status.SUCCESSFUL);
    }

    @ParameterizedTest
    @EnumSource(names = {"IGNORES_REFUSAL", "TAKES_EARLY"})
    void theOrderOfProduction_hidesIt(BrokenChannel.Mistake mistake) {
        Simulation.builder()
                .order(dev.tarry.scheduler.RunQueue.fifo())
                .run(() -> sendAndCancel(mistake));
    }
}
