package dev.tarry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.runtime.Scope;
import dev.tarry.scheduler.RunQueue;
import dev.tarry.testkit.FaultyLibc.Fault;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.function.LongToIntFunction;
import java.util.function.ToIntFunction;

/**
 * Seeds are 1, 2, 3, and so on; what they decide first must differ all the same. Each test draws
 * once with each of 4,000 neighbouring seeds, and the draws must fall evenly into their cells.
 */
@Timeout(60)
class FirstDrawTest {
    private static final int SEEDS = 4000;

    /** Chi-square: what an even choice exceeds once in a million times, for few cells. */
    private static void requireEven(int cells, LongToIntFunction draw) {
        requireEven(cells, 1, draw);
        requireEven(cells, 1_000_000_007L, draw);
    }

    private static void requireEven(int cells, long first, LongToIntFunction draw) {
        int[] counts = new int[cells];
        int[] pairs = new int[cells * cells]; // one draw after the other may be even, and a pattern
        int last = draw.applyAsInt(first - 1);
        for (long seed = first; seed < first + SEEDS; seed++) {
            int drawn = draw.applyAsInt(seed);
            counts[drawn]++;
            pairs[last * cells + drawn]++;
            last = drawn;
        }
        requireEven(counts);
        requireEven(pairs);
    }

    private static void requireEven(int[] counts) {
        int cells = counts.length;
        double expected = (double) SEEDS / cells;
        double chiSquare = 0;
        for (int count : counts) {
            chiSquare += (count - expected) * (count - expected) / expected;
        }
        assertThat(chiSquare)
                .as("cells %s", Arrays.toString(counts))
                .isLessThan(cells + 24 + 6.5 * Math.sqrt(2.0 * cells));
    }

    private static int inSimulation(long seed, ToIntFunction<Simulation> draw) {
        int[] drawn = new int[1];
        var unused =
                Simulation.builder()
                        .seed(seed)
                        .run(() -> drawn[0] = draw.applyAsInt(Simulation.current()));
        return drawn[0];
    }

    /** The test can fail: this is what the first draws of the JDK's own generator are like. */
    @Test
    void theJdksOwn_isNotEven() {
        int[] below = new int[1];
        for (long seed = 1; seed <= 1000; seed++) {
            below[0] += new Random(seed).nextDouble() < 0.5 ? 1 : 0;
        }
        assertThat(below[0]).isZero();
    }

    @Test
    void theRandomOfASimulation() {
        requireEven(2, seed -> inSimulation(seed, s -> s.random().nextDouble() < 0.5 ? 0 : 1));
        requireEven(16, seed -> inSimulation(seed, s -> s.random().nextInt(16)));
        requireEven(7, seed -> inSimulation(seed, s -> s.random().nextInt(7)));
        requireEven(2, seed -> inSimulation(seed, s -> s.random().nextBoolean() ? 0 : 1));
        requireEven(10, seed -> inSimulation(seed, s -> s.random("a name").nextInt(10)));
    }

    @Test
    void twoStreamsOfOneSimulation_areIndependent() {
        requireEven(
                16,
                seed ->
                        inSimulation(
                                seed,
                                s -> s.random().nextInt(4) * 4 + s.random("other").nextInt(4)));
    }

    @Test
    void aStream_isNotShiftedByTheDrawsOfAnother() {
        for (long seed = 1; seed <= 20; seed++) {
            int alone = inSimulation(seed, s -> s.random("a").nextInt());
            int beside =
                    inSimulation(
                            seed,
                            s -> {
                                assertThat(s.random().nextInt()).isNotEqualTo(alone);
                                assertThat(s.random("b").nextInt()).isNotEqualTo(alone);
                                return s.random("a").nextInt();
                            });
            assertThat(beside).isEqualTo(alone);
        }
    }

    @Test
    void aStream_goesOnWhereItWas() {
        int[] numbers = new int[2];
        assertThat(
                        inSimulation(
                                1,
                                s -> {
                                    numbers[0] = s.random().nextInt();
                                    numbers[1] = s.random().nextInt();
                                    return 0;
                                }))
                .isZero();
        assertThat(numbers[0]).isNotEqualTo(numbers[1]);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 8})
    void theFirstOfAFewReadyTasks(int tasks) {
        requireEven(tasks, seed -> firstOf(RunQueue.seeded(seed), tasks));
    }

    private static int firstOf(RunQueue queue, int tasks) {
        for (int i = 0; i < tasks; i++) {
            queue.add(new Numbered(i));
        }
        return ((Numbered) queue.take()).number;
    }

    private record Numbered(int number) implements Runnable {
        @Override
        public void run() {}
    }

    @Test
    void theFirstLatencyOfANetwork() {
        requireEven(
                8,
                seed ->
                        inSimulation(
                                1,
                                s -> {
                                    var network = new MemoryNetwork(Scope.current(), seed);
                                    network.latency(Duration.ZERO, Duration.ofNanos(7));
                                    long before = s.clock().nanos();
                                    network.travel();
                                    return (int) (s.clock().nanos() - before);
                                }));
    }

    @Test
    void theFirstFault() {
        Object[] arguments = {7, null, 100L};
        Edges edges = new Edges(null);
        edges.note("socket", new Object[0], 7, null);
        requireEven(
                2,
                seed ->
                        FaultPlan.random(seed, 2, Set.of(Fault.SHORT))
                                                .choose("read", arguments, edges)
                                        == null
                                ? 0
                                : 1);
    }
}
