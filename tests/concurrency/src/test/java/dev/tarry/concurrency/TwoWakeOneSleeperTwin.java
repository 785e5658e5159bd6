package dev.tarry.concurrency;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

import java.util.concurrent.atomic.AtomicInteger;

/** {@link TwoWakeOneSleeper} with a guard that checks in one step and sets in another. */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "One of them calls.")
@Outcome(id = "0", expect = Expect.FORBIDDEN, desc = "Both leave it to the other.")
@Outcome(id = "2", expect = Expect.ACCEPTABLE_INTERESTING, desc = "The mistake.")
@State
public class TwoWakeOneSleeperTwin {
    private final AtomicInteger calls = new AtomicInteger();
    private final BrokenGuard guard = new BrokenGuard(calls::incrementAndGet);

    public TwoWakeOneSleeperTwin() {
        guard.beforeSleep();
    }

    @Actor
    public void first() {
        guard.wake();
    }

    @Actor
    public void second() {
        guard.wake();
    }

    @Arbiter
    public void end(I_Result r) {
        r.r1 = calls.get();
    }
}
