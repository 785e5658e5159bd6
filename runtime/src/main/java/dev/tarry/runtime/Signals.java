package dev.tarry.runtime;

import dev.tarry.events.Signal;
import dev.tarry.events.SignalSubscription;
import dev.tarry.scheduler.Scheduler;

import java.util.List;

/** Signals of the operating system. */
public final class Signals {
    private Signals() {}

    /**
     * Subscribes the current scheduler to some signals; {@link SignalSubscription#receiving} is the
     * event. Close it to give them back.
     *
     * @throws IllegalArgumentException if one of them cannot be had; the message says why
     */
    public static SignalSubscription subscribe(Signal... signals) {
        return SignalSubscription.open(Scheduler.current().reactor(), List.of(signals));
    }
}
