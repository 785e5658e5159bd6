package dev.tarry.testkit;

import java.time.Duration;

/**
 * How a {@link Simulation} went that did not fail.
 *
 * @param seed what decided the order
 * @param traceHash of every decision and the time at which it was taken: equal for equal runs
 * @param elapsed the virtual time that has passed
 * @param steps how often a task ran until it waited
 */
public record SimulationResult(long seed, long traceHash, Duration elapsed, long steps) {}
