package dev.tarry.scheduler;

import dev.tarry.events.Event;
import dev.tarry.events.Outcome;
import dev.tarry.events.internal.Reports;

import java.util.Optional;

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

    /** The value as something that is there: null would read as if nothing had come. */
    static <R> Optional<R> present(Event<R> event, Outcome<R> outcome) {
        R value = outcome.get();
        if (value == null) {
            throw new IllegalStateException(
                    Reports.text(event)
                            + " fired with null, which an Optional cannot tell from nothing; ask"
                            + " has(...) or of(...) of what Tarry.wait(...) returns");
        }
        return Optional.of(value);
    }
}
