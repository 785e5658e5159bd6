package dev.tarry.integration;

/** How much of the heap is in use, once what is garbage has gone. */
final class Heap {
    private Heap() {}

    static long usedAfterGc() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) { // weak references take a second collection
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}
