package dev.tarry.integration;

import dev.tarry.runtime.Body;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.Scheduler;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.Callable;
import java.util.function.Supplier;

/** Runs tasks on the carrier that a test wants. */
final class Runs {
    private static final String PROPERTY = "tarry.carrier";

    private Runs() {}

    static void on(String carrier, Body main) {
        on(carrier, Scheduler.builder(), main);
    }

    static void on(String carrier, Scheduler.Builder builder, Body main) {
        with(
                carrier,
                () -> {
                    Tarry.run(
                            builder,
                            () -> {
                                check(carrier);
                                main.run();
                            });
                    return null;
                });
    }

    static <T> T call(String carrier, Callable<T> main) {
        return with(
                carrier,
                () ->
                        Tarry.call(
                                () -> {
                                    check(carrier);
                                    return main.call();
                                }));
    }

    private static void check(String carrier) {
        String actual = Scheduler.current().carrierName();
        if (!actual.equals(carrier)) {
            throw new AssertionError("runs on " + actual);
        }
    }

    static <T> T with(String carrier, Supplier<T> run) {
        enter(carrier);
        try {
            return run.get();
        } finally {
            leave();
        }
    }

    // Several threads of a test may be inside at once: the last one restores what was before.

    private static int inside;
    private static @Nullable String before;

    private static synchronized void enter(String carrier) {
        if (inside++ == 0) {
            before = System.getProperty(PROPERTY);
        }
        System.setProperty(PROPERTY, carrier);
    }

    private static synchronized void leave() {
        if (--inside > 0) {
            return;
        }
        if (before == null) {
            System.clearProperty(PROPERTY);
        } else {
            System.setProperty(PROPERTY, before);
        }
    }
}
