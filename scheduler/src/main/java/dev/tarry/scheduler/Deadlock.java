package dev.tarry.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * Finds that all tasks of a scheduler wait for each other: none is ready, there is no timer, and
 * each waits only for events that say that other tasks must wake them. Asked before the loop
 * sleeps, often; so one task that can be woken from outside is kept in mind.
 */
final class Deadlock {
    private final Scheduler scheduler;
    private boolean impossible;
    private @Nullable Task<?> witness;
    private @Nullable DeadlockException found;

    Deadlock(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    /** From now on somebody who is no task may wake the tasks. */
    void ruleOut() {
        impossible = true;
    }

    /** Asked when no task is ready. */
    boolean isThere() {
        if (impossible || scheduler.reactor().hasTimers() || scheduler.tasks() == 0) {
            return false;
        }
        if (witness != null && canBeWoken(witness)) {
            return false;
        }
        witness = null;
        scheduler
                .root()
                .forEachTask(
                        task -> {
                            if (witness == null && canBeWoken(task)) {
                                witness = task;
                            }
                        });
        return witness == null;
    }

    private static boolean canBeWoken(Task<?> task) {
        Wait wait = task.currentWait();
        return wait != null ? !wait.wokenOnlyByTasks() : task.state() == TaskState.BLOCKED;
    }

    /**
     * The first time all tasks are cancelled, so that their cleanup runs; then the loop gives up.
     */
    void report() {
        if (found != null) {
            throw found;
        }
        found = new DeadlockException(scheduler.dump());
        scheduler.root().cancel(found);
    }

    /** What was reported, if anything. */
    @Nullable DeadlockException found() {
        return found;
    }
}
