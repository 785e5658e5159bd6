/**
 * What can be waited for, and how the operating system tells.
 *
 * <p>{@link dev.tarry.events.Event} is the contract; each kind of event is one class beside it. A
 * {@link dev.tarry.events.Reactor} belongs to one loop and joins a {@link dev.tarry.events.Poller}
 * (chosen in {@link dev.tarry.events.Backend}), a {@link dev.tarry.events.Clock} and the timers.
 */
@NullMarked
package dev.tarry.events;

import org.jspecify.annotations.NullMarked;
