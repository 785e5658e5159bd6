package dev.tarry.scheduler;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * The schedulers that run in this JVM: few, and looked through by every wait to find the current
 * task. That is cheaper than a thread-local, and costs the tasks no memory.
 */
final class RunningSchedulers {
    // Replaced whole; guarded by the class for writing.
    private static volatile Scheduler[] all = {};

    private RunningSchedulers() {}

    static synchronized void add(Scheduler scheduler) {
        Scheduler[] more = Arrays.copyOf(all, all.length + 1);
        more[all.length] = scheduler;
        all = more;
    }

    static synchronized void remove(Scheduler scheduler) {
        all = Arrays.stream(all).filter(s -> s != scheduler).toArray(Scheduler[]::new);
    }

    /** The task that calls this, or null. */
    static @Nullable Task<?> currentTask() {
        Thread me = Thread.currentThread();
        for (Scheduler s : all) {
            Task<?> task = s.running();
            if (task != null && task.thread() == me) {
                return task;
            }
        }
        return null;
    }
}
