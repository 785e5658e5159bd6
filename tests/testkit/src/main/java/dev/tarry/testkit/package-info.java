/**
 * Deterministic tests of tasks. A {@link dev.tarry.testkit.Simulation} runs a program on virtual
 * time and in an order that a seed decides, so that the same seed gives the same run; {@link
 * dev.tarry.testkit.TarryTest} does so for many seeds, as a JUnit test.
 */
@NullMarked
package dev.tarry.testkit;

import org.jspecify.annotations.NullMarked;
