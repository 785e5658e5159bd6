package dev.tarry.testkit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A test whose method is the main task of a {@link Simulation}, run once for each of many seeds: 1,
 * 2, 3, and so on, the same at every run of the test. For JUnit it is one test. It fails with the
 * first seed that fails, whose number is in the message.
 *
 * <pre>{@code
 * @TarryTest
 * void nothingIsLost() {
 *     var channel = Channel.<Integer>buffered(3);
 *     Tarry.spawn(() -> { for (int i = 0; i < 10; i++) channel.send(i); channel.close(); });
 *     int sum = 0;
 *     for (int i : channel) sum += i;
 *     assertEquals(45, sum);
 * }
 * }</pre>
 *
 * <p>The system property {@code tarry.seed} runs that one seed only; {@code tarry.seeds} sets
 * another number of seeds for all such tests, for a night of searching, and a test that takes long
 * then says how far it is. The method may have a parameter of type {@link Simulation}. The test
 * object, and what is done before and after each test, is shared by all seeds, so keep the state of
 * a run in local variables.
 */
@Documented
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(TarryTestExtension.class)
@Test
public @interface TarryTest {

    /** How many seeds are tried. */
    int seeds() default 1000;

    /**
     * Whether each seed is run twice, and the two runs are compared, step by step: a test whose
     * runs differ cannot be replayed, and fails with a {@link DivergedException}. Not for a test
     * that needs other threads or processes, whose timing nothing decides.
     */
    boolean twice() default true;
}
