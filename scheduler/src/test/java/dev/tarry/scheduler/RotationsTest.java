package dev.tarry.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/** Where a fair choice starts. */
class RotationsTest {

    @Test
    void oneSet_startsOnePlaceFurtherEachTime() {
        Rotations rotations = new Rotations(7);
        int start = rotations.next(1234, 5);
        for (int i = 1; i < 20; i++) {
            assertThat(rotations.next(1234, 5)).isEqualTo((start + i) % 5);
        }
    }

    @Test
    void eightSetsInTurn_eachGoesOnWhereItWas() {
        Rotations rotations = new Rotations(7);
        List<Integer> starts = new ArrayList<>();
        for (int set = 1; set <= 8; set++) {
            starts.add(rotations.next(set * 1000, 6));
        }
        for (int round = 1; round < 10; round++) {
            for (int set = 1; set <= 8; set++) {
                assertThat(rotations.next(set * 1000, 6))
                        .isEqualTo((starts.get(set - 1) + round) % 6);
            }
        }
    }

    @Test
    void ninthSet_takesThePlaceOfTheOldest() {
        Rotations rotations = new Rotations(7);
        for (int set = 1; set <= 9; set++) {
            rotations.next(set, 100);
        }
        List<Integer> before = new ArrayList<>();
        for (int set = 3; set <= 9; set++) { // the first was replaced, and the second is next
            before.add(rotations.next(set, 100));
        }
        rotations.next(10, 100);
        for (int set = 3; set <= 9; set++) {
            assertThat(rotations.next(set, 100)).isEqualTo((before.get(set - 3) + 1) % 100);
        }
    }

    @Test
    void setsMadeAnew_startEverywhere() {
        Rotations rotations = new Rotations(7);
        List<Integer> counts = new ArrayList<>(List.of(0, 0, 0, 0));
        for (int i = 1; i <= 4_000; i++) {
            int start = rotations.next(i, 4);
            counts.set(start, counts.get(start) + 1);
        }
        assertThat(counts).allSatisfy(count -> assertThat(count).isBetween(800, 1_200));
    }

    @Test
    void sameSeed_startsAtTheSamePlaces_andAnotherDoesNot() {
        List<List<Integer>> runs = new ArrayList<>();
        for (long seed : new long[] {1, 1, 2}) {
            Rotations rotations = new Rotations(seed);
            List<Integer> starts = new ArrayList<>();
            for (int i = 1; i <= 50; i++) {
                starts.add(rotations.next(i, 10));
            }
            runs.add(starts);
        }
        assertThat(runs.get(0)).isEqualTo(runs.get(1));
        assertThat(new HashSet<>(runs)).hasSize(2);
    }
}
