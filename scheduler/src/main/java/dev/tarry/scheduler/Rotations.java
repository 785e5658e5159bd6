package dev.tarry.scheduler;

/**
 * Where a fair choice starts, for the last few sets of events that a task has waited for. A set is
 * known by a hash of the identities of its events, all of them, so that two sets that begin with
 * the same event are two, and nothing is kept alive.
 *
 * <p>The hash is compared and never counted with: it differs from run to run, and the same program
 * in the same order shall choose the same. For that reason, too, a new set begins at a place that a
 * fixed sequence gives. It must not begin at 0, or a set that is made anew for each wait would.
 */
final class Rotations {
    private static final int SETS = 8;

    private final int[] hashes = new int[SETS];
    private final int[] counts = new int[SETS];
    private int oldest;
    private long sequence;

    Rotations(long seed) {
        sequence = seed;
    }

    /** The next start in the set of {@code size} events that has this hash. */
    int next(int hash, int size) {
        return Integer.remainderUnsigned(counts[find(hash)]++, size);
    }

    private int find(int hash) {
        for (int i = 0; i < SETS; i++) {
            if (hashes[i] == hash) {
                return i;
            }
        }
        int i = oldest;
        oldest = (i + 1) % SETS;
        hashes[i] = hash;
        // Knuth's linear congruential generator; its high bits are the random ones.
        sequence = sequence * 6364136223846793005L + 1442695040888963407L;
        counts[i] = (int) (sequence >>> 33);
        return i;
    }
}
