package dev.tarry.events.internal;

import org.jspecify.annotations.Nullable;

import java.lang.System.Logger.Level;

/**
 * Words about objects of users, and warnings where there is nobody to throw at. What a {@code
 * toString}, an exception's message or a handler of the logging system throws stays here: it must
 * not harm those who only wanted to tell something.
 */
public final class Reports {
    private Reports() {}

    /** What {@code thing} calls itself; if it cannot say, its class. */
    public static String text(@Nullable Object thing) {
        try {
            return String.valueOf(thing);
        } catch (Throwable t) {
            return nameOf(thing) + " (its toString throws " + t.getClass().getName() + ")";
        }
    }

    /** Its message; if it has none, or cannot say, what it calls itself. */
    public static String message(Throwable failure) {
        try {
            String message = failure.getMessage();
            return message != null ? message : text(failure);
        } catch (Throwable t) {
            return text(failure);
        }
    }

    private static String nameOf(@Nullable Object thing) {
        return thing == null ? "null" : thing.getClass().getName();
    }

    /** Logs a failure that goes no further. */
    public static void warn(String what, Throwable failure) {
        try {
            System.getLogger("dev.tarry").log(Level.WARNING, what, failure);
        } catch (Throwable t) {
            warnPlainly(what, failure); // the logging system is a user's, too
        }
    }

    /** Logs what has happened, without a failure. */
    public static void warn(String what) {
        try {
            System.getLogger("dev.tarry").log(Level.WARNING, what);
        } catch (Throwable t) {
            System.err.println("dev.tarry: " + what);
        }
    }

    private static void warnPlainly(String what, Throwable failure) {
        try {
            System.err.println("dev.tarry: " + what + ": " + failure.getClass().getName());
        } catch (Throwable t) {
            // No stack and no memory even for this; whoever ran out of it hears of that elsewhere.
        }
    }

    /** Adds {@code further} to what {@code first} tells. An exception cannot be added to itself. */
    public static void suppress(Throwable first, Throwable further) {
        if (first != further) {
            first.addSuppressed(further);
        }
    }
}
