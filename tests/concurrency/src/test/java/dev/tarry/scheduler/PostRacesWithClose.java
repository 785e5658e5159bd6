package dev.tarry.scheduler;

import dev.tarry.events.WakeupGuard;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZI_Result;

/** The end of a loop: an action runs exactly if its sender is told that it will. */
@JCStressTest
@Outcome(id = "true, 1", expect = Expect.ACCEPTABLE, desc = "In time.")
@Outcome(id = "false, 0", expect = Expect.ACCEPTABLE, desc = "Too late, and refused.")
@Outcome(id = ".*", expect = Expect.FORBIDDEN, desc = "Accepted and lost, or refused and run.")
@State
public class PostRacesWithClose {
    private int runs;
    private final Inbox inbox = new Inbox(new WakeupGuard(() -> {}));

    @Actor
    public void sender(ZI_Result r) {
        r.r1 = inbox.post(() -> runs++);
    }

    @Actor
    public void loop() {
        inbox.close();
    }

    @Arbiter
    public void end(ZI_Result r) {
        r.r2 = runs;
    }
}
