package dev.tarry.runtime;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.Callable;

/**
 * The code of a task that returns nothing; {@link Returning} is what returns something.
 *
 * <p>Where a lambda may be either, the one method takes a {@code <B extends Body> B}, the other a
 * {@code Returning}. For Java that is the same as two plain interfaces: what returns something is
 * taken for the second. Kotlin would take every lambda for a plain {@code Body}, whatever it
 * returns, and {@code spawn { 42 }} would lose the 42 without a word; it takes none for a {@code
 * B}.
 */
@FunctionalInterface
public interface Body {
    /**
     * Runs it. What it throws goes to the scope of the task.
     *
     * @throws Exception whatever the code does
     */
    void run() throws Exception;

    /**
     * The code of a task that returns something.
     *
     * @param <T> what it returns
     */
    @FunctionalInterface
    @SuppressWarnings("FunctionalInterfaceMethodChanged") // both run the same code
    interface Returning<T extends @Nullable Object> extends Body, Callable<T> {
        /** Runs it. What it throws goes to the scope of the task. */
        @Override
        T call() throws Exception;

        /** Runs it, and forgets what it returns. */
        @Override
        default void run() throws Exception {
            var unused = call();
        }
    }
}
