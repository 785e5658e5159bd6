package dev.tarry.testkit;

import org.junit.jupiter.api.extension.ExtendWith;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Does to a test of another kind what {@link TarryTest} does to a plain one: each invocation of a
 * {@code @ParameterizedTest} or a {@code @RepeatedTest} is run once for each seed, as the main task
 * of a {@link Simulation}. All that is said there holds here.
 *
 * <pre>{@code
 * @ParameterizedTest
 * @ValueSource(ints = {0, 1, 8})
 * @Simulated(seeds = 100)
 * void nothingIsLost(int capacity) { ... }
 * }</pre>
 */
@Documented
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(TarryTestExtension.class)
public @interface Simulated {

    /** How many seeds are tried for each invocation; at least one. */
    int seeds() default 1000;

    /** Whether each seed is run twice; see {@link TarryTest#twice}. */
    boolean twice() default true;

    /** After how many steps a run is taken for endless; see {@link TarryTest#mostSteps}. */
    long mostSteps() default 200_000;
}
