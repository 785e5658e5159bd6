package dev.tarry.scheduler;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

import java.util.LinkedList;
import java.util.Queue;

/** {@link PostRacesWithTake} with a queue that is not for two threads. */
@JCStressTest
@Outcome(id = "123", expect = Expect.ACCEPTABLE, desc = "All, once, in order.")
@Outcome(id = ".*", expect = Expect.ACCEPTABLE_INTERESTING, desc = "The mistake.")
@State
@SuppressWarnings("JdkObsolete") // ArrayDeque is for two threads, by accident
public class PostRacesWithTakeTwin {
    private int digits;
    private final Queue<Runnable> actions = new LinkedList<>();

    public PostRacesWithTakeTwin() {
        post(1);
    }

    private void post(int digit) {
        actions.add(() -> digits = 10 * digits + digit);
    }

    private void take() {
        Runnable action;
        while ((action = actions.poll()) != null) {
            action.run();
        }
    }

    @Actor
    public void sender() {
        post(2);
        post(3);
    }

    @Actor
    public void loop() {
        take();
    }

    @Arbiter
    public void end(I_Result r) {
        take();
        r.r1 = digits;
    }
}
