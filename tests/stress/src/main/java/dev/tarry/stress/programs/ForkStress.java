package dev.tarry.stress.programs;

import dev.tarry.events.ExitStatus;
import dev.tarry.events.Signal;
import dev.tarry.runtime.Child;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;
import dev.tarry.stress.Run;
import dev.tarry.stress.Stress;

import java.io.IOException;
import java.util.List;
import java.util.Random;

/**
 * Children that exit with random codes or die of random signals: each status is right. (That no
 * zombie and no descriptor is left, the runner sees.)
 */
public final class ForkStress implements Stress {
    private static final int AT_ONCE = 16;

    // HUP and INT may be ignored by our parent, and then are by our children.
    private static final List<Signal> SIGNALS =
            List.of(Signal.TERM, Signal.KILL, Signal.USR1, Signal.of("ALRM"), Signal.of("VTALRM"));

    @Override
    public String name() {
        return "forks";
    }

    @Override
    public String what() {
        return "Children with random exit codes and signals: each status is right.";
    }

    @Override
    public long few() {
        return 100;
    }

    @Override
    public long many() {
        return 2_000;
    }

    @Override
    public boolean usesFds() {
        return true;
    }

    @Override
    public void run(Run run) {
        long[] begun = new long[1];
        run.tarry(
                () ->
                        Scope.run(
                                scope -> {
                                    for (int i = 0; i < AT_ONCE; i++) {
                                        var unused = scope.spawn(() -> children(run, begun));
                                    }
                                }));
    }

    private static void children(Run run, long[] begun) throws Exception {
        while (begun[0] < run.count()) {
            begun[0]++;
            one(run.random());
            run.progress(begun[0]);
        }
    }

    private static void one(Random random) throws Exception {
        int code = random.nextInt(256);
        Signal signal = SIGNALS.get(random.nextInt(SIGNALS.size()));
        switch (random.nextInt(5)) {
            case 0 -> exits(code);
            case 1 -> quickly(code);
            case 2 -> killsItself(signal);
            case 3 -> isKilled(random.nextBoolean());
            default -> seesTheEndOfItsInput();
        }
    }

    private static void exits(int code) throws IOException {
        try (Child child = shell("read x; exit " + code)) {
            child.stdin().writeLine("go");
            check(child, new ExitStatus.Exited(code));
        }
    }

    /** A child of the JDK's: it may have ended, and been reaped, before anybody waits. */
    private static void quickly(int code) throws Exception {
        Process process =
                Tarry.blocking(() -> new ProcessBuilder("sh", "-c", "exit " + code).start());
        ExitStatus status = Tarry.await(Events.exit(process));
        boolean right =
                status.equals(new ExitStatus.Exited(code))
                        || status instanceof ExitStatus.ExitedOrKilled told && told.code() == code;
        Run.check(right, "exit %d became %s", code, status);
        process.getInputStream().close();
        process.getErrorStream().close();
        process.getOutputStream().close();
    }

    private static void killsItself(Signal signal) throws IOException {
        try (Child child = shell("read x; kill -" + signal.name() + " $$; sleep 60")) {
            child.stdin().writeLine("go");
            check(child, new ExitStatus.Killed(signal));
        }
    }

    private static void isKilled(boolean atOnce) throws IOException {
        try (Child child = shell("exec cat")) {
            if (atOnce) {
                child.kill();
            } else {
                child.terminate();
            }
            check(child, new ExitStatus.Killed(atOnce ? Signal.KILL : Signal.TERM));
        }
    }

    private static void seesTheEndOfItsInput() throws IOException {
        try (Child child = shell("exec cat")) {
            child.stdin().writeLine("hello");
            child.stdin().close();
            String line = child.stdout().readLine();
            Run.check("hello".equals(line), "cat said %s", line);
            check(child, new ExitStatus.Exited(0));
        }
    }

    private static Child shell(String script) throws IOException {
        return Child.start(new ProcessBuilder("sh", "-c", script));
    }

    private static void check(Child child, ExitStatus expected) {
        ExitStatus status = child.await();
        Run.check(status.equals(expected), "%s: %s, but it was %s", child, status, expected);
    }
}
