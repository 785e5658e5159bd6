package dev.tarry.scheduler;

import dev.tarry.events.WakeupGuard;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** The end of one turn and the beginning of a sleep, in the steps of the scheduler's loop. */
@JCStressTest
@Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "It sleeps, and is woken.")
@Outcome(id = "false, .*", expect = Expect.ACCEPTABLE, desc = "The action is seen, or has run.")
@Outcome(id = "true, false", expect = Expect.FORBIDDEN, desc = "It sleeps over the action.")
@State
public class PostRacesWithSleep {
    private volatile boolean woken;
    private boolean ran;
    private final WakeupGuard guard = new WakeupGuard(() -> woken = true);
    private final Inbox inbox = new Inbox(guard);

    @Actor
    public void sender() {
        boolean unused = inbox.post(() -> ran = true);
    }

    @Actor
    public void loop(ZZ_Result r) {
        guard.afterSleep();
        inbox.take();
        guard.beforeSleep();
        r.r1 = inbox.isEmpty() && !ran;
    }

    @Arbiter
    public void end(ZZ_Result r) {
        r.r2 = woken;
    }
}
