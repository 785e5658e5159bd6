package dev.tarry.concurrency;

import dev.tarry.events.Offer;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** Of all claims for which other threads come, a wait takes one. */
@JCStressTest
@Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "The first was quicker.")
@Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "The second was quicker.")
@Outcome(id = ".*", expect = Expect.FORBIDDEN, desc = "None, or both.")
@State
public class TwoTakeOneOffer {
    private final Offer offer = new Offer();

    @Actor
    public void first(ZZ_Result r) {
        r.r1 = Anybody.take(offer);
    }

    @Actor
    public void second(ZZ_Result r) {
        r.r2 = Anybody.take(offer);
    }
}
