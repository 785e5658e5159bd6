package dev.tarry.stress.programs;

import dev.tarry.events.ErrnoException;
import dev.tarry.events.Fd;
import dev.tarry.events.Outcome;
import dev.tarry.events.libc.Libc;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;
import dev.tarry.stress.Run;
import dev.tarry.stress.Stress;

/**
 * Descriptors that their owner closes by close(2) while tasks wait for them, and says nothing: each
 * waiter is told EBADF all the same. It prints how late. Nothing else may open files meanwhile.
 */
public final class RawCloseStress implements Stress {
    private static final int WAITERS = 64;

    @Override
    public String name() {
        return "raw-closes";
    }

    @Override
    public String what() {
        return "close(2) behind our back while tasks wait: each is told EBADF, about a second"
                + " later.";
    }

    @Override
    public long few() {
        return 1;
    }

    @Override
    public long many() {
        return 30;
    }

    @Override
    public boolean usesFds() {
        return true;
    }

    @Override
    public void run(Run run) {
        long[] worst = new long[1];
        run.tarry(
                () -> {
                    for (long i = 0; i < run.count(); i++) {
                        round(run, worst);
                        run.progress(i + 1);
                    }
                });
        run.say("at most %,d ms late", worst[0] / 1_000_000);
    }

    private static void round(Run run, long[] worst) {
        int[][] pipes = new int[WAITERS][2];
        for (int[] pipe : pipes) {
            int result = Libc.functions().pipe2(pipe, Libc.O_CLOEXEC | Libc.O_NONBLOCK);
            Run.check(result == 0, "pipe2 says %d", result);
        }
        long[] closedAt = new long[1];
        Scope.run(
                scope -> {
                    for (int[] pipe : pipes) {
                        boolean reads = run.random().nextBoolean();
                        var unused = scope.spawn(() -> waitFor(pipe[0], reads, closedAt, worst));
                    }
                    Tarry.yieldNow();
                    // So that they are known to the poller, and the loop sleeps, before it happens.
                    Tarry.sleep(java.time.Duration.ofNanos(run.random().nextInt(100_000_000)));
                    closedAt[0] = System.nanoTime();
                    for (int[] pipe : pipes) {
                        Libc.close(pipe[0]);
                    }
                });
        for (int[] pipe : pipes) {
            Libc.close(pipe[1]);
        }
    }

    private static void waitFor(int number, boolean reads, long[] closedAt, long[] worst) {
        try (Fd fd = Fd.borrow(number)) {
            var fired = Tarry.wait(reads ? fd.readable() : fd.hangup());
            Outcome<?> outcome = fired.first().outcome();
            boolean bad =
                    outcome instanceof Outcome.Failed<?>(Throwable cause)
                            && cause instanceof ErrnoException e
                            && e.errno() == Libc.EBADF;
            Run.check(bad && closedAt[0] != 0, "fd %d: %s", number, outcome);
            worst[0] = Math.max(worst[0], System.nanoTime() - closedAt[0]);
        }
    }
}
