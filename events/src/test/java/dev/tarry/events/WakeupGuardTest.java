package dev.tarry.events;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * All orders in which a loop that goes to sleep and threads that send can take their steps: in none
 * of them does the loop sleep over a message. Two broken loops prove that the search would find it.
 */
class WakeupGuardTest {

    private enum Mistake {
        NONE,
        LOOKS_BEFORE_IT_SAYS_SO,
        WAKES_BEFORE_IT_SENDS
    }

    private static final int SENDERS = 2;
    private static final int MESSAGES = 2;

    /** The world after a sequence of steps; replayed from the start for each sequence. */
    private static final class World {
        final Mistake mistake;
        final Queue<String> inbox = new ArrayDeque<>();
        final int[] sent = new int[SENDERS];
        boolean wakeup;
        int wakeups;
        boolean sawEmpty;
        int loopStep;
        final WakeupGuard guard =
                new WakeupGuard(
                        () -> {
                            wakeup = true;
                            wakeups++;
                        });

        World(Mistake mistake) {
            this.mistake = mistake;
        }

        boolean canStep(int who) {
            if (who < SENDERS) {
                return sent[who] < 2 * MESSAGES;
            }
            return loopStep != 2 || !sawEmpty || wakeup; // it sleeps until the wake-up
        }

        void step(int who) {
            if (who == SENDERS) {
                loop();
                return;
            }
            boolean put = sent[who]++ % 2 == (mistake == Mistake.WAKES_BEFORE_IT_SENDS ? 1 : 0);
            if (put) {
                inbox.add("message");
            } else {
                guard.wake();
            }
        }

        private void loop() {
            boolean early = mistake == Mistake.LOOKS_BEFORE_IT_SAYS_SO;
            switch (loopStep) {
                case 0 -> sayOrLook(!early);
                case 1 -> sayOrLook(early);
                default -> {
                    wakeup = false;
                    guard.afterSleep();
                    inbox.clear();
                }
            }
            loopStep = (loopStep + 1) % 3;
        }

        private void sayOrLook(boolean say) {
            if (say) {
                guard.beforeSleep();
            } else {
                sawEmpty = inbox.isEmpty();
            }
        }

        boolean sleepsOverAMessage() {
            boolean allSent = !canStep(0) && !canStep(1);
            return allSent && !canStep(SENDERS) && !inbox.isEmpty();
        }
    }

    private record Search(int sequences, int lost, int mostWakeups) {}

    private static Search all(Mistake mistake) {
        int sequences = 0;
        int lost = 0;
        int mostWakeups = 0;
        Queue<int[]> open = new ArrayDeque<>();
        open.add(new int[0]);
        int[] steps;
        while ((steps = open.poll()) != null) {
            World world = new World(mistake);
            for (int who : steps) {
                world.step(who);
            }
            sequences++;
            mostWakeups = Math.max(mostWakeups, world.wakeups);
            if (world.sleepsOverAMessage()) {
                lost++;
            }
            for (int who = 0; who <= SENDERS && steps.length < 13; who++) {
                if (world.canStep(who)) {
                    int[] more = java.util.Arrays.copyOf(steps, steps.length + 1);
                    more[steps.length] = who;
                    open.add(more);
                }
            }
        }
        return new Search(sequences, lost, mostWakeups);
    }

    @Test
    void noOrderOfSteps_letsTheLoopSleepOverAMessage() {
        Search search = all(Mistake.NONE);
        assertThat(search.sequences).isGreaterThan(50_000);
        assertThat(search.lost).isZero();
        assertThat(search.mostWakeups).as("one call for each sleep at most").isLessThanOrEqualTo(4);
    }

    @Test
    void loopThatLooksBeforeItSaysSo_isCaught() {
        assertThat(all(Mistake.LOOKS_BEFORE_IT_SAYS_SO).lost).isPositive();
    }

    @Test
    void senderThatWakesBeforeItSends_isCaught() {
        assertThat(all(Mistake.WAKES_BEFORE_IT_SENDS).lost).isPositive();
    }

    @Test
    void awakeLoop_costsNoCall() {
        int[] calls = new int[1];
        WakeupGuard guard = new WakeupGuard(() -> calls[0]++);
        guard.wake();
        assertThat(calls[0]).isZero();
        guard.beforeSleep();
        guard.wake();
        guard.wake();
        assertThat(calls[0]).as("a sleeping one costs one").isEqualTo(1);
        guard.afterSleep();
        guard.wake();
        assertThat(calls[0]).isEqualTo(1);
    }
}
