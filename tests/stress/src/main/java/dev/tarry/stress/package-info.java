/**
 * Stress: everything often, at random and at once, with an account that must balance at the end.
 *
 * <p>{@link dev.tarry.stress.Suite} lists the programs, each one file in {@code programs}; {@link
 * dev.tarry.stress.Runner} runs one and looks for what it has left behind.
 */
@NullMarked
package dev.tarry.stress;

import org.jspecify.annotations.NullMarked;
