package dev.tarry.events;

/** How a process ended. */
public sealed interface ExitStatus {

    /**
     * It returned from main or called exit.
     *
     * @param code 0 to 255
     */
    record Exited(int code) implements ExitStatus {}

    /**
     * A signal ended it.
     *
     * @param signal which one
     */
    record Killed(Signal signal) implements ExitStatus {}

    /**
     * It exited with {@code code}, or {@code signal} ended it: it was a child of the JDK's, which
     * says the same of both, and was quicker than we. See {@link ProcessExit}.
     *
     * @param code 129 to 192
     * @param signal the one with the number {@code code - 128}
     */
    record ExitedOrKilled(int code, Signal signal) implements ExitStatus {}

    /** It has ended, and the system does not tell us how: it was somebody else's child. */
    record Unknown() implements ExitStatus {}

    /** Whether it exited with code 0. */
    default boolean isSuccess() {
        return this instanceof Exited(int code) && code == 0;
    }

    /** From {@link Process#exitValue}, which is 128 + n for what signal n has ended, too. */
    static ExitStatus ofJdk(int value) {
        boolean ambiguous = value > 128 && value <= 128 + 64;
        return ambiguous ? new ExitedOrKilled(value, Signal.of(value - 128)) : new Exited(value);
    }

    /** From the status word of wait(2). */
    static ExitStatus ofWaitStatus(int status) {
        int signal = status & 0x7f;
        return signal == 0 ? new Exited(status >> 8 & 0xff) : new Killed(Signal.of(signal));
    }
}
