/** What users call. */
module dev.tarry.runtime {
    requires transitive dev.tarry.scheduler;
    requires com.google.common; // of dev.tarry.runtime.guava; who uses that, requires it as well

    exports dev.tarry.runtime;
    exports dev.tarry.runtime.guava;
}
