package dev.tarry.runtime;

import dev.tarry.events.ChildProcess;
import dev.tarry.events.Event;
import dev.tarry.events.ExitStatus;
import dev.tarry.events.Fd;
import dev.tarry.events.FiredEvents;
import dev.tarry.events.Pipe;
import dev.tarry.scheduler.Task;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.Optional;

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
 * <p>It runs with the command, environment, directory and redirections of the builder, and with
 * what {@link ProcessBuilder} does not promise: it inherits the descriptors 0, 1 and 2 and no
 * others, all signals are at their defaults, and none is blocked. What the builder redirects (to a
 * file, or {@code INHERIT}) has no stream here.
 *
 * <p>How it ended is known exactly, also when it ended at once. It is reaped whether somebody waits
 * for it or not, and no other child of this JVM ever is. Where the system lacks what this takes
 * (see {@link ChildProcess}), the JDK starts it, and its status may be {@link
 * ExitStatus.ExitedOrKilled}.
 *
 * <p>Leaving the try block ends it: TERM, some time for it to obey, then KILL. A child that is not
 * closed goes on, even when the scheduler has ended.
 */
public final class Child implements AutoCloseable {
    /** How long {@link #close} lets it end by itself after TERM. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final ChildProcess process;
    private final @Nullable FdStream stdin;
    private final @Nullable FdStream stdout;
    private final @Nullable FdStream stderr;

    private Child(ChildProcess process, Pipes pipes) {
        this.process = process;
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
            }
            if (builder.redirectOutput() == Redirect.PIPE) {
                out = Pipe.open();
            }
            if (builder.redirectError() == Redirect.PIPE && !builder.redirectErrorStream()) {
                err = Pipe.open();
            }
        }

        ChildProcess.Pipes childEnds() {
            return new ChildProcess.Pipes(
                    in == null ? null : in.source(),
                    out == null ? null : out.sink(),
                    err == null ? null : err.sink());
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
     * @throws dev.tarry.scheduler.CancelledException if the task is cancelled; then nothing was
     *     started. A cancel that comes while it starts is thrown by the next wait
     */
    public static Child start(ProcessBuilder builder) throws IOException {
        return start(Builders.copyOf(builder), false);
    }

    /**
     * Starts a child that leads a process group of its own, as a shell with job control does:
     * {@link #terminate}, {@link #kill} and {@link #close} then reach all processes of the group,
     * and Ctrl-C in a terminal reaches none.
     *
     * <p>They reach them as long as the child itself lives. What it leaves behind goes on.
     *
     * @param builder as in {@link #start}
     * @throws IOException as in {@link #start}, and where the JDK would have to start it
     */
    public static Child startGroup(ProcessBuilder builder) throws IOException {
        return start(Builders.copyOf(builder), true);
    }

    private static Child start(ProcessBuilder copy, boolean ownGroup) throws IOException {
        Task.current().checkpoint(); // one that is cancelled starts nothing
        Pipes pipes = new Pipes();
        try {
            pipes.open(copy);
            // Off the loop, which would stand still until the program is loaded. Not cancelled
            // half-way: there would be a process that nobody knows.
            Child child = Scope.shield(s -> Tarry.blocking(() -> start(copy, pipes, ownGroup)));
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

    private static Child start(ProcessBuilder copy, Pipes pipes, boolean ownGroup)
            throws IOException {
        return new Child(ChildProcess.start(copy, pipes.childEnds(), ownGroup), pipes);
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
        return process.exit();
    }

    /** Waits until it has ended. */
    public ExitStatus await() {
        return Tarry.await(exit());
    }

    /** Its pid, which another process may have once this one has ended. */
    public long pid() {
        return process.pid();
    }

    /**
     * The JDK's handle of it, to ask for its CPU time or its own children, say; empty if it has
     * ended.
     */
    public Optional<ProcessHandle> handle() {
        Optional<ProcessHandle> handle = ProcessHandle.of(process.pid());
        // Its pid is no other's while it lives.
        return process.isAlive() ? handle : Optional.empty();
    }

    /** Whether it has not ended. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Asks it to end (TERM). Does nothing if it has ended. */
    public void terminate() {
        process.terminate();
    }

    /** Ends it (KILL). Does nothing if it has ended. */
    public void kill() {
        process.kill();
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
            var unused = Scope.shield(s -> end(grace));
        } catch (Exception e) {
            throw new AssertionError(e); // end throws nothing checked
        } finally {
            process.close();
        }
    }

    private FiredEvents end(Duration grace) {
        Event<?> ended = process.ended(); // needs no descriptor: there may be none left
        if (process.isAlive()) {
            terminate();
            if (Tarry.await(ended, grace).isEmpty()) {
                kill();
            }
        }
        var unused = Tarry.await(ended);
        return Tarry.wait(exit()); // so that it is known after close, too
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
