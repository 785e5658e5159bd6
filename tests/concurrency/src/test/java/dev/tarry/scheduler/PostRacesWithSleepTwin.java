package dev.tarry.scheduler;

import dev.tarry.events.WakeupGuard;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** {@link PostRacesWithSleep} in a loop that looks first, and says then that it will sleep. */
@JCStressTest
@Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "It sleeps, and is woken.")
@Outcome(id = "false, .*", expect = Expect.ACCEPTABLE, desc = "The action is seen, or has run.")
@Outcome(id = "true, false", expect = Expect.ACCEPTABLE_INTERESTING, desc = "The mistake.")
@State
public class PostRacesWithSleepTwin {
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
        r.r1 = inbox.isEmpty() && !ran;
        guard.beforeSleep();
    }

    @Arbiter
    public void end(ZZ_Result r) {
        r.r2 = woken;
    }
}
