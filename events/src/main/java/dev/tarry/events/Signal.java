package dev.tarry.events;

import java.util.Locale;

/**
 * A signal of the operating system. The names are without SIG; the numbers are this platform's.
 *
 * @param name the name: TERM
 * @param number the number, positive
 */
public record Signal(String name, int number) {
    /** Hang-up: the terminal has gone; by custom also: read your configuration again. */
    public static final Signal HUP = of("HUP");

    /** Interrupt: Ctrl-C. */
    public static final Signal INT = of("INT");

    /** Quit: Ctrl-\. The JVM prints its threads on it. */
    public static final Signal QUIT = of("QUIT");

    /** Kill: ends the process, and cannot be caught. */
    public static final Signal KILL = of("KILL");

    /** User-defined 1. */
    public static final Signal USR1 = of("USR1");

    /** User-defined 2. The JVM keeps it for itself. */
    public static final Signal USR2 = of("USR2");

    /** Please end. */
    public static final Signal TERM = of("TERM");

    /** A child has ended. To learn that, wait for {@link ProcessExit} instead. */
    public static final Signal CHLD = of("CHLD");

    /** Go on after a stop. */
    public static final Signal CONT = of("CONT");

    /** The size of the terminal's window has changed. */
    public static final Signal WINCH = of("WINCH");

    /** The signal with this name, with or without SIG in front, in any case. */
    public static Signal of(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        String shortName = upper.startsWith("SIG") ? upper.substring(3) : upper;
        try {
            var constant = jnr.constants.platform.Signal.valueOf("SIG" + shortName);
            if (constant.defined()) {
                return new Signal(shortName, constant.intValue());
            }
        } catch (IllegalArgumentException e) {
            // reported below
        }
        throw new IllegalArgumentException("no signal is called '" + name + "' here");
    }

    /**
     * The signal with this number; one without a name, a real-time signal, is called by its number.
     */
    public static Signal of(int number) {
        if (number <= 0) {
            throw new IllegalArgumentException("not a signal number: " + number);
        }
        for (var constant : jnr.constants.platform.Signal.values()) {
            if (constant.defined() && constant.intValue() == number) {
                return new Signal(constant.name().substring(3), number);
            }
        }
        return new Signal(Integer.toString(number), number);
    }

    @Override
    public String toString() {
        return name;
    }
}
