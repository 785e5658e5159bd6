/** What users call. */
module dev.tarry.runtime {
    requires transitive dev.tarry.scheduler;

    exports dev.tarry.runtime;
}
