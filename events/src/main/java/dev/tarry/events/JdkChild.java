package dev.tarry.events;

import java.io.File;
import java.io.IOException;

/** A child that the JDK starts and reaps. */
final class JdkChild extends ChildProcess {
    private final Process process;
    private final ProcessExit exit;

    private JdkChild(Process process) {
        this.process = process;
        this.exit = ProcessExit.of(process);
    }

    static JdkChild of(ProcessBuilder builder, Pipes pipes) throws IOException {
        if (pipes.stdin() != null) {
            builder.redirectInput(file(pipes.stdin()));
        }
        if (pipes.stdout() != null) {
            builder.redirectOutput(file(pipes.stdout()));
        }
        if (pipes.stderr() != null) {
            builder.redirectError(file(pipes.stderr()));
        }
        return new JdkChild(builder.start());
    }

    // The JDK opens this file itself, which gives the child a blocking description of its own.
    private static File file(Fd fd) {
        return new File("/dev/fd/" + fd.number());
    }

    @Override
    public long pid() {
        return process.pid();
    }

    @Override
    public Event<ExitStatus> exit() {
        return exit;
    }

    @Override
    public Event<?> ended() {
        return Completion.of(process.onExit());
    }

    @Override
    public boolean isAlive() {
        return !exit.isKnown() && process.isAlive();
    }

    @Override
    public void terminate() {
        process.destroy();
    }

    @Override
    public void kill() {
        var unused = process.destroyForcibly();
    }

    @Override
    public void close() {
        exit.close();
    }
}
