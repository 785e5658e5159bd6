package dev.tarry.runtime;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** {@link SendRacesWithReceive} with a receiver that queues up whatever has come meanwhile. */
@JCStressTest
@Outcome(id = "1, 2", expect = Expect.ACCEPTABLE, desc = "In the order of the sender.")
@Outcome(id = ".*", expect = Expect.ACCEPTABLE_INTERESTING, desc = "The mistake.")
@State
public class SendRacesWithReceiveTwin {
    private final Channel<Integer> channel = Channel.shared(2);
    private final OneWait wait = new OneWait();

    @Actor
    public void sender() {
        OneWait.sendTwo(channel);
    }

    @Actor
    public void receiver(II_Result r) {
        r.r1 = wait.once(BlindReceive.from(channel));
    }

    @Arbiter
    public void rest(II_Result r) {
        if (r.r1 == 0) {
            r.r1 = channel.tryReceive().orElse(0);
        }
        r.r2 = channel.tryReceive().orElse(0);
    }
}
