package dev.tarry.runtime;

import dev.tarry.events.Fd;
import dev.tarry.events.Outcome;
import dev.tarry.events.Reactor;

import org.jspecify.annotations.Nullable;

/**
 * For claims that try a call and then wait for readiness: when the system refuses to tell of
 * readiness (no memory, too many watches), waiting would be trying again and again without end.
 */
final class Refusals {
    private Refusals() {}

    /** How the wait for {@code fd} to be readable has failed, if it has; else null. */
    static <T> @Nullable Outcome<T> of(Fd fd, Reactor reactor) {
        return fd.readable().poll(reactor) instanceof Outcome.Failed<?>(Throwable cause)
                ? new Outcome.Failed<>(cause)
                : null;
    }
}
