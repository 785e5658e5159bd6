package dev.tarry.scheduler;

import dev.tarry.events.Event;
import dev.tarry.events.Outcome;

/**
 * One event that ended a wait, and what exactly happened.
 *
 * @param event the event, as it was given to the wait
 * @param outcome its value, its failure, or that it was closed
 * @param <R> what the event tells
 */
public record Fired<R>(Event<R> event, Outcome<R> outcome) {

    /** The value; else throws {@code ClosedException} or {@code EventFailedException}. */
    public R get() {
        return outcome.get();
    }
}
