package dev.tarry.events;

/** Wakes one waiter at a time. */
final class WakeTimer extends Timer {
    private final Waiter waiter;

    private WakeTimer(Waiter waiter) {
        this.waiter = waiter;
    }

    static void arm(Waiter waiter, long deadline) {
        WakeTimer timer = new WakeTimer(waiter);
        waiter.attach(timer);
        waiter.reactor().schedule(timer, deadline);
    }

    static void disarm(Waiter waiter) {
        if (waiter.attachment() instanceof WakeTimer timer) {
            waiter.reactor().cancel(timer);
            waiter.attach(null);
        }
    }

    @Override
    protected void fire() {
        waiter.wake();
    }
}
