package dev.tarry.testkit;

import java.time.Duration;

/**
 * How a {@link Simulation} went that did not fail.
 *
 * @param seed what decided the order
 * @param strategy how it did: the name of a {@link Strategy}, or of what came in its place
 * @param orderHash of which task ran after which: equal for equal orders
 * @param traceHash of every decision and the time at which it was taken: equal for equal runs
 * @param elapsed the virtual time that has passed
 * @param steps how often a task ran until it waited
 */
public record SimulationResult(
        long seed, String strategy, long orderHash, long traceHash, Duration elapsed, long steps) {}
