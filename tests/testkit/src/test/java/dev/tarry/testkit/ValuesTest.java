package dev.tarry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.events.Outcome;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.AbstractList;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

class ValuesTest {
    private enum Color {
        RED,
        GREEN
    }

    private record Point(int x, Color color, Object more) {}

    private record Hostile(int x) {
        @Override
        public int x() {
            throw new IllegalStateException("nobody should call this");
        }

        @Override
        public int hashCode() {
            throw new IllegalStateException("nor this");
        }
    }

    /** Each differs from all others, and is the same when it is made anew. */
    static Stream<Supplier<Object>> values() {
        return Stream.of(
                () -> "a",
                () -> "b",
                () -> 1,
                () -> 2L,
                () -> 1.5,
                () -> 1.5f,
                () -> true,
                () -> 'x',
                () -> BigInteger.TWO.pow(100),
                () -> Color.RED,
                () -> Color.GREEN,
                () -> Duration.ofSeconds(3),
                () -> Instant.EPOCH,
                () -> new int[] {1, 2},
                () -> new int[] {2, 1},
                () -> new byte[] {1, 2, 3},
                () -> new Object[] {"a", 1},
                () -> List.of(1, 2),
                () -> List.of(2, 1),
                () -> new ArrayDeque<>(List.of(5)),
                () -> Set.of(1, 2, 3),
                () -> Map.of("a", Color.RED, "b", Color.GREEN),
                () -> Map.of("a", Color.GREEN, "b", Color.RED),
                () -> Optional.of("a"),
                Optional::empty,
                () -> new Point(1, Color.RED, null),
                () -> new Point(1, Color.GREEN, null),
                () -> new Point(1, Color.RED, List.of(new Point(2, Color.RED, "x"))),
                () -> new Hostile(1),
                () -> new Hostile(2),
                () -> new Outcome.Failed<>(new IOException("at " + System.nanoTime())),
                () -> new Object());
    }

    @Test
    void equalValues_haveEqualHashes_andOthersHaveOthers() {
        Set<Long> hashes = new HashSet<>();
        for (Supplier<Object> value : values().toList()) {
            assertThat(Values.hash(value.get())).isEqualTo(Values.hash(value.get()));
            assertThat(hashes.add(Values.hash(value.get()))).as("%s", value.get()).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("values")
    void anOutcome_isItsValue(Supplier<Object> value) {
        Object v = value.get();
        assertThat(Values.hash(new Outcome.Value<>(v))).isEqualTo(Values.hash(v));
    }

    @Test
    void theOrderOfASet_isNotPartOfIt() {
        assertThat(Values.hash(new LinkedHashSet<>(List.of("a", "b", "c"))))
                .isEqualTo(Values.hash(new LinkedHashSet<>(List.of("c", "a", "b"))))
                .isNotEqualTo(Values.hash(new LinkedHashSet<>(List.of("a", "b"))));
    }

    /** What it would take an address, a random name or foreign code to know. */
    @Test
    void ofOtherThings_onlyTheClassCounts() {
        assertThat(Values.hash(Path.of("/tmp/1234"))).isEqualTo(Values.hash(Path.of("/tmp/77")));
        assertThat(Values.hash(new Object())).isEqualTo(Values.hash(new Object()));
        assertThat(Values.hash(new Throwable("a"))).isEqualTo(Values.hash(new Throwable("b")));
        List<Integer> hostile =
                new AbstractList<>() {
                    @Override
                    public Integer get(int i) {
                        throw new IllegalStateException();
                    }

                    @Override
                    public int size() {
                        throw new IllegalStateException();
                    }
                };
        assertThat(Values.hash(hostile)).isEqualTo(Values.hash(hostile));
    }

    @Test
    void whatContainsItself_hasAnEnd() {
        List<Object> list = new ArrayList<>();
        list.add(list);
        Map<String, Object> map = new HashMap<>();
        map.put("me", map);
        assertThat(Values.hash(list)).isEqualTo(Values.hash(list));
        assertThat(Values.hash(map)).isEqualTo(Values.hash(map));
    }
}
