package dev.tarry.runtime;

/**
 * What happens to a result that comes when nobody waits for it any more; see {@link
 * Tarry#blockingAbandonable}. If there is something to close, this is where: {@code Socket::close}.
 *
 * @param <T> the result
 */
@FunctionalInterface
public interface LateResult<T> {

    /**
     * Called on the thread that ran the code, which may block; the task has gone on long ago, and
     * its scheduler may have ended. What this throws is logged.
     *
     * @throws Exception whatever the code does; it is logged
     */
    void accept(T result) throws Exception;
}
