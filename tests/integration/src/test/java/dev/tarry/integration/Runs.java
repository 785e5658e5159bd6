package dev.tarry.integration;

import dev.tarry.runtime.Body;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.Scheduler;

import java.util.concurrent.Callable;

/** Runs tasks on the carrier that a test wants. */
final class Runs {
    private static final String PROPERTY = "tarry.carrier";

    private Runs() {}

    static void on(String carrier, Body main) {
        call(
                carrier,
                () -> {
                    main.run();
                    return null;
                });
    }

    static <T> T call(String carrier, Callable<T> main) {
        String before = System.getProperty(PROPERTY);
        System.setProperty(PROPERTY, carrier);
        try {
            return Tarry.call(
                    () -> {
                        String actual = Scheduler.current().carrierName();
                        if (!actual.equals(carrier)) {
                            throw new AssertionError("runs on " + actual);
                        }
                        return main.call();
                    });
        } finally {
            if (before == null) {
                System.clearProperty(PROPERTY);
            } else {
                System.setProperty(PROPERTY, before);
            }
        }
    }
}
