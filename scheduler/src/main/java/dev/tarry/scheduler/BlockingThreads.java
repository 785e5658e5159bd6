package dev.tarry.scheduler;

/** How many threads a scheduler may have for code that blocks. */
final class BlockingThreads {
    private static final String PROPERTY = "tarry.blocking.threads";

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
        String number = System.getProperty(PROPERTY, "");
        if (number.isEmpty()) {
            return DEFAULT;
        }
        try {
            int most = Integer.parseInt(number);
            check(most);
            return most;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    PROPERTY + " is a number of threads, 1 or more, not '" + number + "'", e);
        }
    }
}
