package dev.tarry.scheduler;

import dev.tarry.events.internal.Settings;

/** How many threads a scheduler may have for code that blocks. */
final class BlockingThreads {
    /** Enough to keep disks and resolvers busy, and few enough for any machine. */
    private static final int DEFAULT = 64;

    private BlockingThreads() {}

    static void check(int most) {
        if (most < 1) {
            throw new IllegalArgumentException(
                    "the number of threads for code that blocks must be 1 or more, not " + most);
        }
    }

    /** What the property asks for, or the default. */
    static int mostByProperty() {
        int most = Settings.blockingThreads();
        return most == 0 ? DEFAULT : most;
    }
}
