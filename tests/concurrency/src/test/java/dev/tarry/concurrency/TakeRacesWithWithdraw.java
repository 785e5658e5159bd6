package dev.tarry.concurrency;

import dev.tarry.events.Offer;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** Another thread commits a claim exactly if the wait that ends learns of it. */
@JCStressTest
@Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "The claim is the wait's.")
@Outcome(id = "false, false", expect = Expect.ACCEPTABLE, desc = "Too late.")
@Outcome(id = ".*", expect = Expect.FORBIDDEN, desc = "A message that nobody has, or two.")
@State
public class TakeRacesWithWithdraw {
    private final Offer offer = new Offer();

    @Actor
    public void other(ZZ_Result r) {
        r.r1 = Anybody.take(offer);
    }

    @Actor
    public void loop(ZZ_Result r) {
        r.r2 = offer.withdraw() != null;
    }
}
