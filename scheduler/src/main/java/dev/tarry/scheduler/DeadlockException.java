package dev.tarry.scheduler;

/**
 * All tasks wait, and only for each other: no timer, no descriptor, no other thread can ever wake
 * one of them. The message lists who waits for what.
 */
public final class DeadlockException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DeadlockException(String dump) {
        super("every task waits, and nothing outside can wake one of them:\n" + dump);
    }
}
