package dev.tarry.concurrency;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** {@link TakeRacesWithWithdraw} with an offer that checks in one step and sets in another. */
@JCStressTest
@Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "The claim is the wait's.")
@Outcome(id = "false, false", expect = Expect.ACCEPTABLE, desc = "Too late.")
@Outcome(id = ".*", expect = Expect.ACCEPTABLE_INTERESTING, desc = "The mistake.")
@State
public class TakeRacesWithWithdrawTwin {
    private final BrokenOffer offer = new BrokenOffer();

    @Actor
    public void other(ZZ_Result r) {
        r.r1 = offer.take();
    }

    @Actor
    public void loop(ZZ_Result r) {
        r.r2 = offer.withdraw();
    }
}
