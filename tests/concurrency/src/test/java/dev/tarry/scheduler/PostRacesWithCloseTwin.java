package dev.tarry.scheduler;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZI_Result;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** {@link PostRacesWithClose} with an inbox that asks whether it is closed before it adds. */
@JCStressTest
@Outcome(id = "true, 1", expect = Expect.ACCEPTABLE, desc = "In time.")
@Outcome(id = "false, 0", expect = Expect.ACCEPTABLE, desc = "Too late, and refused.")
@Outcome(id = "true, 0", expect = Expect.ACCEPTABLE_INTERESTING, desc = "The mistake.")
@State
public class PostRacesWithCloseTwin {
    private final Queue<Runnable> actions = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;
    private int runs;

    @Actor
    public void sender(ZI_Result r) {
        r.r1 = !closed && actions.add(() -> runs++);
    }

    @Actor
    public void loop() {
        closed = true;
        Runnable action;
        while ((action = actions.poll()) != null) {
            action.run();
        }
    }

    @Arbiter
    public void end(ZI_Result r) {
        r.r2 = runs;
    }
}
