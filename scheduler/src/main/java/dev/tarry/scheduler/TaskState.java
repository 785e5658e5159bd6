package dev.tarry.scheduler;

/** What a task is doing. */
public enum TaskState {
    /** Would run, and waits for its turn. */
    READY,
    /** Runs now. */
    RUNNING,
    /** Waits for events. */
    WAITING,
    /** Is inside a blocking call of the JDK: a sleep, a lock, a socket. */
    BLOCKED,
    /** Has ended. */
    DONE
}
