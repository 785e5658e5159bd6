package dev.tarry.concurrency;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** {@link TwoTakeOneOffer} with an offer that checks in one step and sets in another. */
@JCStressTest
@Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "The first was quicker.")
@Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "The second was quicker.")
@Outcome(id = "true, true", expect = Expect.ACCEPTABLE_INTERESTING, desc = "The mistake.")
@State
public class TwoTakeOneOfferTwin {
    private final BrokenOffer offer = new BrokenOffer();

    @Actor
    public void first(ZZ_Result r) {
        r.r1 = offer.take();
    }

    @Actor
    public void second(ZZ_Result r) {
        r.r2 = offer.take();
    }
}
