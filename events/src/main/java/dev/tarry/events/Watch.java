package dev.tarry.events;

import java.util.function.Consumer;

/**
 * Those who wait on one loop for something that another thread tells once: the end of a thread, the
 * completion of a future. However many they are, it is asked to tell once. Must not refer to what
 * it is about; see {@link Reactor#companion}. Loop only.
 */
final class Watch {
    private final WaitQueue waiters = new WaitQueue();
    private boolean begun;

    private Watch() {}

    /**
     * Adds {@code waiter} to those of {@code source}.
     *
     * @param begin called for the first of them, with what to run, on any thread, when it has come
     */
    static void arm(Waiter waiter, Object source, Consumer<Runnable> begin) {
        Reactor reactor = waiter.reactor();
        Watch watch = reactor.companion(source, Watch.class, s -> new Watch());
        waiter.attach(watch);
        watch.waiters.add(waiter);
        if (!watch.begun) {
            begin.accept(() -> reactor.post(watch.waiters::wakeAll));
            watch.begun = true; // not if the source refused: the next wait asks it again
        }
    }

    static void disarm(Waiter waiter) {
        if (waiter.attachment() instanceof Watch watch) {
            watch.waiters.remove(waiter);
            waiter.attach(null);
        }
    }
}
