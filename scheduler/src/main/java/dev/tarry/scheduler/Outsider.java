package dev.tarry.scheduler;

/**
 * Somebody outside a scheduler who may still come and wake or cancel its tasks, and of whom it
 * cannot know otherwise. While there is one, its tasks are never reported as deadlocked, though
 * they all wait only for each other. See {@link DeadlockException} for who is known anyway.
 *
 * <pre>{@code
 * try (var hook = Scheduler.current().expectOutsider("the shutdown hook")) {
 *     Runtime.getRuntime().addShutdownHook(new Thread(scope::cancel));
 *     work.receive();
 * }
 * }</pre>
 */
public final class Outsider implements AutoCloseable {
    private final Scheduler scheduler;
    private final String who;

    Outsider(Scheduler scheduler, String who) {
        this.scheduler = scheduler;
        this.who = who;
    }

    /**
     * Nobody is to be expected any more: if all tasks wait for each other, they are deadlocked now.
     * Again does nothing. Any thread.
     */
    @Override
    public void close() {
        scheduler.noLongerExpects(this);
    }

    /** Who it is. */
    @Override
    public String toString() {
        return who;
    }
}
