package dev.tarry.testkit;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The same on the carrier that needs no flags, with fewer seeds, since it is slower. */
class HandoffSemanticsTest extends SemanticsTest {
    private static String carrier;
    private static String seeds;

    @BeforeAll
    static void choose() {
        carrier = System.getProperty("tarry.carrier", "");
        seeds = System.getProperty("tarry.seeds");
        System.setProperty("tarry.carrier", "handoff");
        System.setProperty("tarry.seeds", "50");
    }

    @AfterAll
    static void restore() {
        System.setProperty("tarry.carrier", carrier);
        if (seeds == null) {
            System.clearProperty("tarry.seeds");
        } else {
            System.setProperty("tarry.seeds", seeds);
        }
    }
}
