package dev.tarry.testkit;

import java.util.List;

/** A simulated program has ended, and something of it has not. */
public final class LeakException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LeakException(List<String> leaks) {
        super("the program has ended and left behind:\n" + String.join("\n", leaks));
    }
}
