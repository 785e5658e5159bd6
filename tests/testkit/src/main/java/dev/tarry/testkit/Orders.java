package dev.tarry.testkit;

import java.util.HashSet;
import java.util.Set;

/** How many different orders many runs were: few of them, and more seeds bring nothing new. */
final class Orders {
    private final Set<Long> hashes = new HashSet<>();
    private long runs;

    void add(SimulationResult run) {
        runs++;
        hashes.add(run.orderHash());
    }

    @Override
    public String toString() {
        int different = hashes.size();
        return "%,d seeds were %,d different order%s"
                .formatted(runs, different, different == 1 ? "" : "s");
    }
}
