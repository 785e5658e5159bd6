package dev.tarry.events;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who could not have a descriptor hears here that the process has closed one of ours. Descriptors
 * are the process's, so it may have been closed on any loop, or on none. Any thread.
 */
final class FreedDescriptors {
    /** One who waits for a descriptor. */
    interface Hope {
        /** There may be one again. Told once for each {@link #hopeFor}, on any thread. */
        void freed();
    }

    private static final Set<Hope> HOPES = ConcurrentHashMap.newKeySet();

    private FreedDescriptors() {}

    /** One that was closed a moment before is missed, so it takes a timer as well. */
    static void hopeFor(Hope hope) {
        HOPES.add(hope);
    }

    static void giveUp(Hope hope) {
        HOPES.remove(hope);
    }

    /** A descriptor was closed. Costs next to nothing while nobody waits for one. */
    static void tell() {
        for (Hope hope : HOPES) {
            if (HOPES.remove(hope)) {
                hope.freed();
            }
        }
    }
}
