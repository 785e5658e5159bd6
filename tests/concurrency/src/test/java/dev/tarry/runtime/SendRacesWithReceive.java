package dev.tarry.runtime;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Two messages come while a receiver polls and queues up: it gets the first one. */
@JCStressTest
@Outcome(id = "1, 2", expect = Expect.ACCEPTABLE, desc = "In the order of the sender.")
@Outcome(id = ".*", expect = Expect.FORBIDDEN, desc = "Out of order, lost, or doubled.")
@State
public class SendRacesWithReceive {
    private final Channel<Integer> channel = Channel.shared(2);
    private final OneWait wait = new OneWait();

    @Actor
    public void sender() {
        OneWait.sendTwo(channel);
    }

    @Actor
    public void receiver(II_Result r) {
        r.r1 = wait.once((Channel<Integer>.ChannelEvent<Integer>) channel.receiving());
    }

    @Arbiter
    public void rest(II_Result r) {
        if (r.r1 == 0) { // it has given up, and has taken nothing
            r.r1 = channel.tryReceive().orElse(0);
        }
        r.r2 = channel.tryReceive().orElse(0);
    }
}
