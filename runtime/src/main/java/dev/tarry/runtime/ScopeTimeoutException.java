package dev.tarry.runtime;

import dev.tarry.events.Durations;

import java.time.Duration;

/** What {@link Scope#within} runs did not end in time, and was cancelled. */
public final class ScopeTimeoutException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ScopeTimeoutException(Duration limit) {
        super("not done within " + Durations.text(limit));
    }
}
