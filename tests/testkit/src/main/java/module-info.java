/** Deterministic tests of tasks. */
module dev.tarry.testkit {
    requires transitive dev.tarry.runtime;
    requires static transitive org.junit.jupiter.api; // the one that the tests have
    requires org.jnrproject.ffi; // errno
    requires org.jnrproject.constants;

    exports dev.tarry.testkit;

    // JUnit makes the extension behind @TarryTest.
    opens dev.tarry.testkit to
            org.junit.platform.commons;
}
