package dev.tarry.scheduler;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.stream.Stream;

/**
 * Finds that all tasks of a scheduler wait for each other, by the rules that {@link
 * DeadlockException} tells. Asked before the loop sleeps, often; so one task that can be woken from
 * outside is kept in mind. Loop only.
 */
final class Deadlock {
    /** A task that waits again after so many rounds in which none has ended never ends. */
    private static final int MOST_ROUNDS = 1000;

    private static final int MOST_SUPPRESSED = 16;

    private final Scheduler scheduler;
    private final ForeignThreads foreign = new ForeignThreads();
    private List<Outsider> expected = List.of(); // replaced whole: other threads dump it
    private boolean impossible;
    private @Nullable Task<?> witness;
    private @Nullable DeadlockException found;
    private int rounds;
    private long endedBefore;

    Deadlock(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    // ---- who may come from outside

    /** From now on somebody who is no task may wake the tasks. */
    void ruleOut() {
        impossible = true;
    }

    void expect(Outsider outsider) {
        expected = Stream.concat(expected.stream(), Stream.of(outsider)).toList();
    }

    void noLongerExpect(Outsider outsider) {
        expected = expected.stream().filter(o -> o != outsider).toList();
    }

    /** Those who said that they may come. */
    List<Outsider> expected() {
        return expected;
    }

    /** See {@link ForeignThreads}. */
    ForeignThreads foreign() {
        return foreign;
    }

    // ---- whether it is there

    /** Asked when no task is ready. */
    boolean isThere() {
        if (impossible
                || !expected.isEmpty()
                || scheduler.reactor().hasTimers()
                || scheduler.tasks() == 0) {
            return false;
        }
        if (witness != null && canBeWoken(witness)) {
            return false;
        }
        witness = null;
        if (foreign.mayLive()) {
            return false;
        }
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
        return wait != null
                ? !wait.wokenOnlyByTasks() || task.thread().isInterrupted()
                : task.state() == TaskState.BLOCKED;
    }

    // ---- what is done about it

    /**
     * The first time all tasks are cancelled, so that their cleanup runs. If that is deadlocked as
     * well, each further time ends the waits behind shields, too; so in each round every task comes
     * closer to its end. With those that do not want to end the loop gives up.
     */
    void report() {
        if (found == null) {
            found = new DeadlockException(scheduler.dump());
            endedBefore = scheduler.tasksEnded();
            scheduler.root().cancel(found);
            return;
        }
        if (scheduler.tasksEnded() > endedBefore) {
            endedBefore = scheduler.tasksEnded();
            rounds = 0;
        }
        if (++rounds > MOST_ROUNDS) {
            throw found;
        }
        if (found.getSuppressed().length < MOST_SUPPRESSED) {
            found.addSuppressed(new DeadlockException(scheduler.dump()));
        }
        scheduler.root().cancelThroughShields(found);
    }

    /** What was reported, if anything. */
    @Nullable DeadlockException found() {
        return found;
    }
}
