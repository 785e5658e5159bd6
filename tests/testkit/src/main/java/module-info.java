/** Deterministic tests of tasks. */
module dev.tarry.testkit {
    requires transitive dev.tarry.runtime;
    requires transitive org.junit.jupiter.api;

    exports dev.tarry.testkit;

    // JUnit makes the extension behind @TarryTest.
    opens dev.tarry.testkit to
            org.junit.platform.commons;
}
