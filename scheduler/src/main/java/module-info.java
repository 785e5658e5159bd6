/** Who runs now: the scheduler, its tasks, and the wait. */
module dev.tarry.scheduler {
    requires transitive dev.tarry.events;

    exports dev.tarry.scheduler;
}
