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
 * then says how far it is. The method may have a parameter of type {@link Simulation}.
 *
 * <p><b>Before and after.</b> Methods with {@code @BeforeEach} and {@code @AfterEach} are called
 * for each run of each seed, inside its simulation: they may spawn and wait, and may have a {@link
 * Simulation} as a parameter. What is spawned before may go on until the methods after, which begin
 * when the test and all tasks that it has spawned have ended. The test object is one for all seeds,
 * so set up the state of a run in {@code @BeforeEach} or in local variables, not where a field is
 * declared. {@code @BeforeAll}, {@code @AfterAll} and the callbacks of other extensions come once,
 * outside, and so does {@code @Timeout}, which holds for all seeds together; the failure then says
 * which seed it was, and who waited for what.
 *
 * <p><b>Assumptions.</b> One that does not hold aborts its seed; the test is aborted if all seeds
 * were.
 *
 * <p>For a {@code @ParameterizedTest} or a {@code @RepeatedTest} there is {@link Simulated}, since
 * this annotation makes a plain test, which would stand beside the other one.
 */
@Documented
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(TarryTestExtension.class)
@Test
public @interface TarryTest {

    /** How many seeds are tried; at least one. */
    int seeds() default 1000;

    /**
     * Whether each seed is run twice, and the two runs are compared, step by step: a test whose
     * runs differ cannot be replayed, and fails with a {@link DivergedException}. Not for a test
     * that needs other threads or processes, whose timing nothing decides.
     */
    boolean twice() default true;

    /**
     * After how many steps a run is taken for endless, and fails with a {@link StuckException}. A
     * step is one task that runs until it waits.
     */
    long mostSteps() default 200_000;
}
