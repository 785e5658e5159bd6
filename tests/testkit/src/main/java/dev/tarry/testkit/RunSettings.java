package dev.tarry.testkit;

import org.jspecify.annotations.Nullable;
import org.junit.platform.commons.support.AnnotationSupport;

import java.lang.reflect.Method;

/**
 * How a test is run: as its annotation says, and the system properties, which come first.
 *
 * @param seeds how many, from 1 on
 * @param only the one to run, if one was named
 * @param twice whether each is run again and compared
 * @param mostSteps after how many a run is taken for endless
 */
record RunSettings(long seeds, @Nullable Long only, boolean twice, long mostSteps) {
    private static final String SEEDS_PROPERTY = "tarry.seeds";

    /**
     * @throws IllegalArgumentException if one of them says something else than it can
     */
    static RunSettings of(Method method) {
        TarryTest test = AnnotationSupport.findAnnotation(method, TarryTest.class).orElse(null);
        if (test != null) {
            return of(method, test.seeds(), test.twice(), test.mostSteps());
        }
        Simulated it = AnnotationSupport.findAnnotation(method, Simulated.class).orElseThrow();
        return of(method, it.seeds(), it.twice(), it.mostSteps());
    }

    private static RunSettings of(Method method, int seeds, boolean twice, long mostSteps) {
        if (seeds <= 0) {
            throw new IllegalArgumentException(
                    "a test of no seeds tests nothing: seeds = " + seeds + " at " + method);
        }
        Long named = property(SEEDS_PROPERTY, "a number of seeds, as in -Dtarry.seeds=1000");
        if (named != null && named <= 0) {
            throw new IllegalArgumentException(
                    "a test of no seeds tests nothing: -D" + SEEDS_PROPERTY + "=" + named);
        }
        Long only = property(Simulation.SEED_PROPERTY, "a seed, as in -Dtarry.seed=317");
        return new RunSettings(named != null ? named : seeds, only, twice, mostSteps);
    }

    private static @Nullable Long property(String name, String what) {
        String value = System.getProperty(name);
        if (value == null) {
            return null;
        }
        try {
            return Long.valueOf(value.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("-D" + name + "=" + value + " is not " + what, e);
        }
    }
}
