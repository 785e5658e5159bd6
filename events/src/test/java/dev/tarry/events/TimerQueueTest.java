package dev.tarry.events;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

/** The timer heap against a sorted set that is too simple to be wrong. */
class TimerQueueTest {

    private static final class Numbered extends Timer {
        private long at;
        private long number;

        @Override
        protected void fire() {}

        @Override
        public String toString() {
            return number + "@" + at;
        }
    }

    private final TimerQueue queue = new TimerQueue();

    private Numbered add(long number, long at) {
        Numbered timer = new Numbered();
        timer.at = at;
        timer.number = number;
        queue.add(timer, at);
        return timer;
    }

    // The origin is where nanoTime overflows: deadlines are compared by difference.
    @ParameterizedTest
    @ValueSource(longs = {0, -5_000, Long.MAX_VALUE - 500})
    void randomAddsCancelsAndTakes_matchASortedSet(long origin) {
        for (long seed = 0; seed < 50; seed++) {
            compareWithSortedSet(new Random(seed), origin, "seed " + seed);
        }
    }

    private void compareWithSortedSet(Random random, long origin, String what) {
        TreeSet<Numbered> reference =
                new TreeSet<>(
                        Comparator.<Numbered>comparingLong(t -> t.at - origin)
                                .thenComparingLong(t -> t.number));
        List<Numbered> known = new ArrayList<>();
        long number = 0;
        for (int step = 0; step < 2_000; step++) {
            // Phases of growth and of shrinking, so that the array is resized both ways.
            boolean growing = (step / 500) % 2 == 0;
            int dice = random.nextInt(10);
            if (dice < (growing ? 7 : 2)) {
                Numbered timer = add(number++, origin + random.nextInt(1_000));
                known.add(timer);
                reference.add(timer);
            } else if (dice < 9 && !known.isEmpty()) {
                Numbered timer = known.get(random.nextInt(known.size()));
                assertThat(timer.isScheduled()).as(what).isEqualTo(reference.contains(timer));
                queue.remove(timer); // perhaps for the second time, which does nothing
                reference.remove(timer);
                assertThat(timer.isScheduled()).as(what).isFalse();
            } else {
                takeDue(reference, origin, origin + random.nextInt(300), what);
            }
            assertThat(queue.size()).as(what).isEqualTo(reference.size());
            assertThat(queue.isEmpty()).as(what).isEqualTo(reference.isEmpty());
            if (!reference.isEmpty()) {
                assertThat(queue.nextDeadline()).as(what).isEqualTo(reference.first().at);
            }
        }
        takeDue(reference, origin, origin + 1_000, what);
        assertThat(queue.isEmpty()).as(what).isTrue();
    }

    private void takeDue(TreeSet<Numbered> reference, long origin, long now, String what) {
        while (!reference.isEmpty() && reference.first().at - now <= 0) {
            assertThat(queue.takeDue(now)).as(what).isSameAs(reference.pollFirst());
        }
        assertThat(queue.takeDue(now)).as(what).isNull();
    }

    @Test
    void equalDeadlines_fireInTheOrderOfScheduling() {
        List<Numbered> added = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            added.add(add(i, 7));
        }
        for (Numbered timer : added) {
            assertThat(queue.takeDue(7)).isSameAs(timer);
        }
    }

    @Test
    void aNanosecondBeforeTheDeadline_isNotDue() {
        Numbered timer = add(1, 1_000);
        assertThat(queue.takeDue(999)).isNull();
        assertThat(queue.takeDue(1_000)).isSameAs(timer);
    }

    @Test
    void timerThatWasTaken_canBeScheduledAgain() {
        Numbered timer = add(1, 10);
        assertThat(queue.takeDue(10)).isSameAs(timer);
        queue.add(timer, 20);
        assertThat(queue.takeDue(19)).isNull();
        assertThat(queue.takeDue(20)).isSameAs(timer);
    }

    @Test
    void millionTimeoutsThatNeverCame_leaveNothingBehind() {
        Numbered timer = new Numbered();
        for (int i = 0; i < 1_000_000; i++) {
            queue.add(timer, Long.MAX_VALUE / 2);
            queue.remove(timer);
        }
        assertThat(queue.size()).isZero();
    }
}
