package dev.tarry.scheduler;

import dev.tarry.events.WakeupGuard;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** One thread posts while the loop takes: each action runs once, and in order. */
@JCStressTest
@Outcome(id = "123", expect = Expect.ACCEPTABLE, desc = "All, once, in order.")
@Outcome(id = ".*", expect = Expect.FORBIDDEN, desc = "Lost, doubled, or out of order.")
@State
public class PostRacesWithTake {
    private int digits;
    private final Inbox inbox = new Inbox(new WakeupGuard(() -> {}));

    public PostRacesWithTake() {
        post(1);
    }

    private void post(int digit) {
        boolean unused = inbox.post(() -> digits = 10 * digits + digit);
    }

    @Actor
    public void sender() {
        post(2);
        post(3);
    }

    @Actor
    public void loop() {
        inbox.take();
    }

    @Arbiter
    public void end(I_Result r) {
        inbox.take();
        r.r1 = digits;
    }
}
