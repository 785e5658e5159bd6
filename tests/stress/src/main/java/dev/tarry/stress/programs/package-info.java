/** The stress programs. */
@NullMarked
package dev.tarry.stress.programs;

import org.jspecify.annotations.NullMarked;
