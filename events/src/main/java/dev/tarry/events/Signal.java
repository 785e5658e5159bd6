package dev.tarry.events;

import java.util.Locale;
import java.util.Set;

/**
 * A signal of the operating system. The names are without SIG; the numbers are this platform's. A
 * real-time signal is called RTMIN+3, also when it was asked for as RTMAX-27 or by its number.
 *
 * @param name the name: TERM
 * @param number the number, positive
 */
public record Signal(String name, int number) {
    // Before the constants, whose making uses it. The other name of each of these is the usual one.
    private static final Set<String> ALIASES = Set.of("IOT", "CLD", "POLL", "UNUSED");

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

    /**
     * For {@link #of}.
     *
     * @throws IllegalArgumentException if the signal with this number has another name here
     */
    public Signal {
        if (number <= 0) {
            throw new IllegalArgumentException("not a signal number: " + number);
        }
        if (!name.equals(nameOf(number))) {
            throw new IllegalArgumentException(
                    "signal " + number + " is called " + nameOf(number) + " here, not " + name);
        }
    }

    /**
     * The signal with this name, with or without SIG in front, in any case: TERM, SIGTERM, RTMIN+3,
     * RTMAX-1.
     */
    public static Signal of(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        String shortName = upper.startsWith("SIG") ? upper.substring(3) : upper;
        int number = shortName.startsWith("RTM") ? realTime(shortName) : numberOf(shortName);
        if (number <= 0) {
            throw new IllegalArgumentException("no signal is called '" + name + "' here");
        }
        return of(number);
    }

    /** The signal with this number; one that has no name is called by its number. */
    public static Signal of(int number) {
        return new Signal(nameOf(number), number);
    }

    /**
     * Whether it is a real-time signal: the kernel queues each one that is sent, in order, and
     * merges none.
     */
    public boolean isRealTime() {
        return isRealTime(number);
    }

    private static boolean isRealTime(int number) {
        return numberOf("RTMIN") > 0 && number >= numberOf("RTMIN") && number <= numberOf("RTMAX");
    }

    private static String nameOf(int number) {
        if (isRealTime(number)) {
            int n = number - numberOf("RTMIN");
            return n == 0 ? "RTMIN" : "RTMIN+" + n;
        }
        for (var constant : jnr.constants.platform.Signal.values()) {
            if (constant.defined() && constant.intValue() == number) {
                String name = constant.name();
                if (name.startsWith("SIG") && !ALIASES.contains(name.substring(3))) {
                    return name.substring(3);
                }
            }
        }
        return Integer.toString(number);
    }

    /** The number of RTMIN+3 or RTMAX-1, or 0 if there is none. */
    private static int realTime(String name) {
        int base = name.length() < 5 ? 0 : numberOf(name.substring(0, 5));
        if (base == 0 || name.length() == 5) {
            return base;
        }
        try {
            int number = base + Integer.parseInt(name, 5, name.length(), 10); // with its sign
            return "+-".indexOf(name.charAt(5)) >= 0 && isRealTime(number) ? number : 0;
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** The number of a name of the C headers, or 0 if there is none. */
    private static int numberOf(String name) {
        try {
            var constant = jnr.constants.platform.Signal.valueOf("SIG" + name);
            return constant.defined() ? constant.intValue() : 0;
        } catch (IllegalArgumentException e) {
            return 0;
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
