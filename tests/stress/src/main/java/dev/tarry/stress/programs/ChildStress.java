package dev.tarry.stress.programs;

import dev.tarry.events.ExitStatus;
import dev.tarry.events.Signal;
import dev.tarry.runtime.Child;
import dev.tarry.runtime.Scope;
import dev.tarry.stress.Run;
import dev.tarry.stress.Stress;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Children that kill themselves at once, fifty at a time, in a process with five hundred
 * descriptors that any child could inherit: all are told as killed, and have three descriptors.
 * (That no zombie and no descriptor is left, the runner sees.)
 */
public final class ChildStress implements Stress {
    private static final int AT_ONCE = 50;
    private static final int INHERITABLE = 500;
    private static final int LOOKED_AT = 20; // one of so many
    private static final ExitStatus KILLED = new ExitStatus.Killed(Signal.KILL);

    @Override
    public String name() {
        return "children";
    }

    @Override
    public String what() {
        return "Children that kill themselves at once: all told exactly, nothing inherited.";
    }

    @Override
    public long few() {
        return 200;
    }

    @Override
    public long many() {
        return 10_000;
    }

    @Override
    public boolean usesFds() {
        return true;
    }

    @Override
    public void run(Run run) throws IOException {
        List<FileInputStream> inheritable = new ArrayList<>();
        try {
            for (int i = 0; i < INHERITABLE; i++) {
                inheritable.add(new FileInputStream("/dev/null")); // the JDK's have no O_CLOEXEC
            }
            children(run);
        } finally {
            for (FileInputStream file : inheritable) {
                file.close();
            }
        }
    }

    private static void children(Run run) {
        long[] begun = new long[1];
        run.tarry(
                () ->
                        Scope.run(
                                scope -> {
                                    for (int i = 0; i < AT_ONCE; i++) {
                                        var unused = scope.spawn(() -> oneByOne(run, begun));
                                    }
                                }));
    }

    private static void oneByOne(Run run, long[] begun) throws IOException {
        while (begun[0] < run.count()) {
            begun[0]++;
            if (begun[0] % LOOKED_AT == 0) {
                hasThreeDescriptors();
            } else {
                killsItself();
            }
            run.progress(begun[0]);
        }
    }

    private static void killsItself() throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder("sh", "-c", "kill -9 $$")
                        .redirectInput(new File("/dev/null"))
                        .redirectOutput(Redirect.DISCARD)
                        .redirectError(Redirect.DISCARD);
        try (Child child = Child.start(builder)) {
            ExitStatus status = child.await();
            Run.check(status.equals(KILLED), "%s: killed, but told as %s", child, status);
        }
    }

    private static void hasThreeDescriptors() throws IOException {
        try (Child child = Child.start(new ProcessBuilder("cat"))) {
            child.stdin().writeLine("it runs");
            Run.check("it runs".equals(child.stdout().readLine()), "%s does not run", child);
            String[] open = new File("/proc/" + child.pid() + "/fd").list();
            Arrays.sort(open);
            Run.check(List.of("0", "1", "2").equals(List.of(open)), "%s has %s", child, open);
            child.kill();
            ExitStatus status = child.await();
            Run.check(status.equals(KILLED), "%s: killed, but told as %s", child, status);
        }
    }
}
