/** Who runs now: the scheduler, its tasks, and the wait. */
module dev.tarry.scheduler {
    requires transitive dev.tarry.events;
    requires com.google.common;

    exports dev.tarry.scheduler;
}
