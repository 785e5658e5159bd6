package dev.tarry.scheduler;

/**
 * All tasks of a scheduler wait, and only for each other, so that none of them would ever go on.
 * The message lists who waits for what. Thrown by {@link Scheduler#run}, once the tasks have ended:
 * they are cancelled, so that their cleanup runs. Cleanup that is deadlocked as well, behind a
 * {@linkplain CancelScope#shield shield}, is cancelled in its turn; those reports are suppressed in
 * the first one. A task that catches all of it and waits again, a thousand times, is abandoned.
 *
 * <p><b>What counts as from outside.</b> It is no deadlock while
 *
 * <ul>
 *   <li>a timer runs: a timeout, the limit of a scope, a ticker;
 *   <li>a task waits for any event that others than tasks can make ready: a descriptor, a process,
 *       a thread, a signal, a file, a future, a trigger, a shared channel, and whatever does not
 *       say the contrary by {@link dev.tarry.events.BaseEvent#wokenOnlyByTasks}. Local channels and
 *       the ends of tasks and scopes are what says so;
 *   <li>a task waits for nothing at all, without limit: it sleeps until it is cancelled, so there
 *       is somebody who will. Unless it does so directly behind a shield, where no cancel comes;
 *   <li>a task is inside a blocking call of the JDK;
 *   <li>a virtual thread that a task has started lives (on the loop carrier; the handoff carrier
 *       does not see them);
 *   <li>an {@link Outsider} is {@linkplain Scheduler#expectOutsider expected};
 *   <li>the scheduler {@linkplain Scheduler#serve serves} other threads, as those of a service and
 *       of guests do.
 * </ul>
 *
 * <p>Whether some thread holds a task or a scope and is going to cancel it, or to interrupt the
 * thread of a task, nobody can know, and it does not count. If it is all that the tasks have left
 * to wait for, say so with {@link Scheduler#expectOutsider}: a shutdown hook that cancels a scope
 * whose tasks wait for local channels, for example.
 */
public final class DeadlockException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DeadlockException(String dump) {
        super(
                "every task waits, and nothing outside can wake one of them (if another thread was"
                        + " to cancel one, Tarry.expectOutsider(...) says so):\n"
                        + dump);
    }
}
