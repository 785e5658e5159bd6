/**
 * What has types of Guava in its signature. It stands apart, so that a program that has nothing to
 * do with Guava does not get to see it.
 */
@NullMarked
package dev.tarry.runtime.guava;

import org.jspecify.annotations.NullMarked;
