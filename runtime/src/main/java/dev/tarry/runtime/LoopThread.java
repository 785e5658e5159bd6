package dev.tarry.runtime;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * A loop needs a platform thread; whoever calls from a virtual one waits for such a thread instead,
 * and passes interrupts on to it.
 */
final class LoopThread {
    private LoopThread() {}

    static <T extends @Nullable Object> T call(Callable<? extends T> loop) {
        FutureTask<T> future = new FutureTask<>(loop::call);
        Thread thread = Thread.ofPlatform().name("tarry-loop").start(future);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                    thread.interrupt(); // as if it had been the loop itself
                }
            }
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw new IllegalStateException(e);
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
