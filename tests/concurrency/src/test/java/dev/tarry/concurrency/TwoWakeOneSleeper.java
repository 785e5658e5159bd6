package dev.tarry.concurrency;

import dev.tarry.events.WakeupGuard;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

import java.util.concurrent.atomic.AtomicInteger;

/** Any number of wake-ups costs a sleeping loop one system call. */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "One of them calls.")
@Outcome(id = "0", expect = Expect.FORBIDDEN, desc = "Both leave it to the other.")
@Outcome(id = "2", expect = Expect.FORBIDDEN, desc = "Both call.")
@State
public class TwoWakeOneSleeper {
    private final AtomicInteger calls = new AtomicInteger();
    private final WakeupGuard guard = new WakeupGuard(calls::incrementAndGet);

    public TwoWakeOneSleeper() {
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
