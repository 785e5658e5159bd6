package dev.tarry.runtime;

import dev.tarry.events.Event;
import dev.tarry.events.ExitStatus;
import dev.tarry.events.Fd;
import dev.tarry.events.Pipe;
import dev.tarry.events.ProcessExit;
import dev.tarry.scheduler.CancelScope;
import dev.tarry.scheduler.FiredEvents;

import org.jspecify.annotations.Nullable;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;

/**
 * A child process whose standard streams and exit a task can wait for.
 *
 * <pre>{@code
 * try (var child = Child.start(new ProcessBuilder("sort"))) {
 *     child.stdin().writeLine("b");
 *     child.stdin().writeLine("a");
 *     child.stdin().close();
 *     for (String line; (line = child.stdout().readLine()) != null; ) System.out.println(line);
 *     System.out.println(child.await());
 * }
 * }</pre>
 *
 * <p>The JDK starts it, since only its helper closes what a child must not inherit; the pipes are
 * ours, since a read from {@code Process.getInputStream} blocks the thread. What the builder
 * redirects (to a file, or {@code INHERIT}) stays so and has no stream here.
 *
 * <p>Leaving the try block ends it: TERM, some time for it to obey, then KILL.
 */
public final class Child implements AutoCloseable {
    /** How long {@link #close} lets it end by itself after TERM. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final Process process;
    private final ProcessExit exit;
    private final @Nullable FdStream stdin;
    private final @Nullable FdStream stdout;
    private final @Nullable FdStream stderr;

    private Child(Process process, ProcessExit exit, Pipes pipes) {
        this.process = process;
        this.exit = exit;
        stdin = pipes.in == null ? null : new FdStream(null, pipes.in.sink());
        stdout = pipes.out == null ? null : new FdStream(pipes.out.source(), null);
        stderr = pipes.err == null ? null : new FdStream(pipes.err.source(), null);
    }

    /** The pipes of a child that is being started. */
    private static final class Pipes {
        private @Nullable Pipe in;
        private @Nullable Pipe out;
        private @Nullable Pipe err;

        void open(ProcessBuilder builder) throws IOException {
            if (builder.redirectInput() == Redirect.PIPE) {
                in = Pipe.open();
                builder.redirectInput(file(in.source()));
            }
            if (builder.redirectOutput() == Redirect.PIPE) {
                out = Pipe.open();
                builder.redirectOutput(file(out.sink()));
            }
            if (builder.redirectError() == Redirect.PIPE && !builder.redirectErrorStream()) {
                err = Pipe.open();
                builder.redirectError(file(err.sink()));
            }
        }

        // The JDK opens this file itself, which gives the child a blocking description of its own.
        private static File file(Fd fd) {
            return new File("/dev/fd/" + fd.number());
        }

        /** The child has its ends; ours of them would keep the pipes open for ever. */
        void closeChildEnds() {
            close(in == null ? null : in.source());
            close(out == null ? null : out.sink());
            close(err == null ? null : err.sink());
        }

        void closeAll() {
            closeChildEnds();
            close(in == null ? null : in.sink());
            close(out == null ? null : out.source());
            close(err == null ? null : err.source());
        }

        private static void close(@Nullable Fd fd) {
            if (fd != null) {
                fd.close();
            }
        }
    }

    /**
     * Starts a child, off the loop.
     *
     * @param builder what to start, as it is now; it is not changed, and can be used again at once
     * @throws IOException if there is no such program, or the system refuses
     */
    public static Child start(ProcessBuilder builder) throws IOException {
        ProcessBuilder copy = Builders.copyOf(builder);
        Pipes pipes = new Pipes();
        try {
            pipes.open(copy);
            // Not cancelled half-way: there would be a process that nobody knows.
            Child child = CancelScope.shield(() -> Tarry.blocking(() -> start(copy, pipes)));
            pipes.closeChildEnds();
            return child;
        } catch (Throwable t) {
            pipes.closeAll();
            switch (t) {
                case IOException e -> throw e;
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                default -> throw new IOException(t);
            }
        }
    }

    private static Child start(ProcessBuilder builder, Pipes pipes) throws IOException {
        Process process = builder.start();
        return new Child(process, ProcessExit.of(process), pipes);
    }

    /** Writes to its standard input. Close it to let the child read the end. */
    public FdStream stdin() {
        return stream(stdin, "stdin");
    }

    /** Reads its standard output. */
    public FdStream stdout() {
        return stream(stdout, "stdout");
    }

    /** Reads its standard error. */
    public FdStream stderr() {
        return stream(stderr, "stderr");
    }

    private FdStream stream(@Nullable FdStream stream, String name) {
        if (stream == null) {
            throw new IllegalStateException(name + " of " + this + " is redirected");
        }
        return stream;
    }

    /** A level event: it has ended. */
    public Event<ExitStatus> exit() {
        return exit;
    }

    /** Waits until it has ended. */
    public ExitStatus await() {
        return Tarry.await(exit);
    }

    /** Its pid. */
    public long pid() {
        return process.pid();
    }

    /** The JDK's handle of it. */
    public Process process() {
        return process;
    }

    /** Asks it to end (TERM). */
    public void terminate() {
        process.destroy();
    }

    /** Ends it (KILL). */
    public void kill() {
        var unused = process.destroyForcibly();
    }

    /**
     * Closes the streams, and ends the child if it is still there: TERM, then KILL if it has not
     * ended within five seconds. Waits until it has ended, in a cancelled task too.
     */
    @Override
    public void close() {
        close(GRACE);
    }

    /** Like {@link #close()}, with another time between TERM and KILL. */
    public void close(Duration grace) {
        closeStream(stdin);
        closeStream(stdout);
        closeStream(stderr);
        try {
            var unused = CancelScope.shield(() -> end(grace));
        } catch (Exception e) {
            throw new AssertionError(e); // end throws nothing checked
        } finally {
            exit.close();
        }
    }

    // By the JDK's future, which needs no descriptor: there may be none left.
    private FiredEvents end(Duration grace) {
        var ended = Events.done(process.onExit());
        if (process.isAlive()) {
            terminate();
            if (Tarry.await(ended, grace).isEmpty()) {
                kill();
            }
        }
        var unused = Tarry.await(ended);
        return Tarry.wait(exit); // so that it is known after close, too
    }

    private static void closeStream(@Nullable FdStream stream) {
        if (stream != null) {
            stream.close();
        }
    }

    @Override
    public String toString() {
        return "child " + process.pid();
    }
}
