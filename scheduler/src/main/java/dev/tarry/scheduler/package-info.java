/**
 * Who runs now: the {@link dev.tarry.scheduler.Scheduler} and its turn, the {@link
 * dev.tarry.scheduler.Task}s, the wait operation, and the carriers that put a task onto its thread.
 *
 * <p>Everything here belongs to one loop, and is not concurrent. Foreign threads touch only the
 * inbox and the wake-up guard.
 */
@NullMarked
package dev.tarry.scheduler;

import org.jspecify.annotations.NullMarked;
