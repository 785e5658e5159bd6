package dev.tarry.events;

/**
 * One event that ended a wait, and what exactly happened.
 *
 * @param event the event, as it was given to the wait
 * @param outcome its value, its failure, or that it was closed
 * @param <R> what the event tells
 */
public record Fired<R>(Event<? extends R> event, Outcome<? extends R> outcome) {

    /** The value; else throws {@link ClosedException} or {@link EventFailedException}. */
    public R get() {
        return outcome.get();
    }
}
