/**
 * What users call. {@link dev.tarry.runtime.Tarry} starts tasks and waits; {@link
 * dev.tarry.runtime.Events} makes what can be waited for; {@link dev.tarry.runtime.Scope} and
 * {@link dev.tarry.runtime.Channel} hold tasks together; the rest are streams, children and
 * signals.
 */
@NullMarked
package dev.tarry.runtime;

import org.jspecify.annotations.NullMarked;
