package dev.tarry.events.internal;

import dev.tarry.events.Event;
import dev.tarry.events.Outcome;

/**
 * Stands for a value where an event has fired without one, so that values need nothing around them
 * on their way through functions to whoever waits.
 *
 * @param outcome how it fired
 * @param isThrown whether a function of the user's threw, which is no failure of the event
 */
public record Misfire(Outcome<?> outcome, boolean isThrown) {

    /** A function has thrown {@code t}. */
    public static Misfire thrown(Throwable t) {
        return new Misfire(new Outcome.Failed<>(t), true);
    }

    /** The value that a base event tells, or a misfire. */
    public static Object told(Event<?> event, Outcome<?> raw) {
        if (raw instanceof Outcome.Value<?> fired) {
            Object value = fired.value();
            return value != null ? value : ofNull(event);
        }
        return new Misfire(raw, false);
    }

    private static Misfire ofNull(Event<?> event) {
        String why = Reports.text(event) + " has fired with null, which no event may";
        return new Misfire(new Outcome.Failed<>(new NullPointerException(why)), false);
    }

    /** The outcome that has this result. */
    public static Outcome<?> outcome(Object result) {
        return result instanceof Misfire misfire ? misfire.outcome : new Outcome.Value<>(result);
    }

    /** The value, or throws: what the function threw, or why there is no value. */
    public static Object value(Object result) {
        if (result instanceof Misfire misfire) {
            if (misfire.isThrown && misfire.outcome instanceof Outcome.Failed<?>(Throwable t)) {
                throw Misfire.<RuntimeException>unchecked(t);
            }
            return misfire.outcome.get();
        }
        return result;
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the compiler need not know
    private static <X extends Throwable> X unchecked(Throwable t) throws X {
        throw (X) t;
    }
}
