package dev.tarry.concurrency;

import dev.tarry.events.WakeupGuard;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** Each side writes, then reads what the other wrote: one of them must see it. */
@JCStressTest
@Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "It sleeps, and is woken.")
@Outcome(id = "false, .*", expect = Expect.ACCEPTABLE, desc = "It saw the message.")
@Outcome(id = "true, false", expect = Expect.FORBIDDEN, desc = "It sleeps over the message.")
@State
public class WakeRacesWithSleep {
    private volatile boolean message;
    private volatile boolean woken;
    private final WakeupGuard guard = new WakeupGuard(() -> woken = true);

    @Actor
    public void sender() {
        message = true;
        guard.wake();
    }

    @Actor
    public void loop(ZZ_Result r) {
        guard.beforeSleep();
        r.r1 = !message;
    }

    @Arbiter
    public void end(ZZ_Result r) {
        r.r2 = woken;
    }
}
