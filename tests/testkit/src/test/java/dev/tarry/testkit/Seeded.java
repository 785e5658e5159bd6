package dev.tarry.testkit;

import org.junit.jupiter.api.Tag;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A program of the deterministic suite: ten thousand seeds, each run twice. The profile {@code
 * seeds} runs these alone, a million seeds of each: {@code mvn -Pseeds -pl tests/testkit -am test}.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TarryTest(seeds = 10_000)
@Tag("deterministic")
@interface Seeded {}
