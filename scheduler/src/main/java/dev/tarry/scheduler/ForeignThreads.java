package dev.tarry.scheduler;

import org.jspecify.annotations.Nullable;

import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.Map;

/**
 * The virtual threads that tasks have started. They run on the loop of those tasks and are none, so
 * nobody knows what they wait for, nor whom they will wake. Loop only.
 */
final class ForeignThreads {
    private static final int FEW = 64;

    private final Map<Runnable, Thread> threads = new IdentityHashMap<>();
    private int lookAt = FEW;
    private boolean unknown;

    /** One of them wants to run, for the first time or again. */
    void saw(Runnable continuation) {
        if (unknown || threads.containsKey(continuation)) {
            return;
        }
        Thread thread = LoopCarrier.threadOf(continuation);
        if (thread == null) {
            unknown = true;
            threads.clear();
            return;
        }
        threads.put(continuation, thread);
        if (threads.size() >= lookAt) { // nobody may have asked for long
            threads.values().removeIf(t -> !t.isAlive());
            lookAt = Math.max(FEW, 2 * threads.size());
        }
    }

    /** One that lives, or null. */
    @Nullable Thread anyAlive() {
        Iterator<Thread> all = threads.values().iterator();
        while (all.hasNext()) {
            Thread thread = all.next();
            if (thread.isAlive()) {
                return thread;
            }
            all.remove();
        }
        return null;
    }

    /** Whether one lives, or it cannot be known. */
    boolean mayLive() {
        return unknown || anyAlive() != null;
    }
}
