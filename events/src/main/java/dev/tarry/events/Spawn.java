package dev.tarry.events;

import dev.tarry.events.libc.Libc;
import dev.tarry.events.libc.PosixSpawn;

import org.jspecify.annotations.Nullable;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.ArrayList;
import java.util.List;

/**
 * One start of one child: what a {@link ProcessBuilder} says, told to posix_spawn(3). It means the
 * same as to the JDK: the program is looked up in the PATH of this JVM, and one with a slash in its
 * name relative to the directory of the child; files are opened here, relative to ours; a file that
 * is no program is given to the shell.
 */
final class Spawn implements AutoCloseable {
    private static final String SHELL = "/bin/sh";

    private final ProcessBuilder builder;
    private final PosixSpawn spawn = new PosixSpawn();
    // Opened for the child, and to be closed when it has them.
    private final List<Integer> opened = new ArrayList<>();

    private Spawn(ProcessBuilder builder) {
        this.builder = builder;
    }

    /** A pid; or -ENOSYS or -EPERM, where the system may forbid to start any this way. */
    static int start(ProcessBuilder builder, ChildProcess.Pipes pipes, boolean ownGroup)
            throws IOException {
        try (Spawn spawn = new Spawn(builder)) {
            spawn.stream(0, pipes.stdin(), builder.redirectInput());
            spawn.stream(1, pipes.stdout(), builder.redirectOutput());
            if (builder.redirectErrorStream()) {
                spawn.spawn.dup2(1, 2);
            } else {
                spawn.stream(2, pipes.stderr(), builder.redirectError());
            }
            if (ownGroup) {
                spawn.spawn.ownGroup();
            }
            return spawn.start();
        }
    }

    // ---- its streams

    private void stream(int to, @Nullable Fd pipe, Redirect redirect) throws IOException {
        if (pipe != null) {
            blocking(pipe);
            spawn.dup2(above(pipe.number()), to);
        } else if (redirect.file() != null) {
            spawn.dup2(above(open(redirect)), to);
        } else if (redirect != Redirect.INHERIT) {
            throw new IOException(
                    "no pipe for stream " + to + ", which is redirected to " + redirect);
        }
    }

    /** Programs expect that; the other end of the pipe has flags of its own. */
    private static void blocking(Fd pipe) throws ErrnoException {
        check("fcntl", pipe, Libc.functions().fcntl(pipe.openNumber(), Libc.F_SETFL, 0));
    }

    private int open(Redirect redirect) throws ErrnoException {
        File file = redirect.file();
        assert file != null;
        int flags =
                switch (redirect.type()) {
                    case READ -> Libc.O_RDONLY;
                    case APPEND -> Libc.O_WRONLY | Libc.O_CREAT | Libc.O_APPEND;
                    default -> Libc.O_WRONLY | Libc.O_CREAT | Libc.O_TRUNC;
                };
        return toClose("open", file, Libc.open(file.getPath(), flags));
    }

    /**
     * Not one of the child's three, which would be overwritten before it is looked at: these
     * numbers are free where this JVM was started without them.
     */
    private int above(int fd) throws ErrnoException {
        if (fd > 2) {
            return fd;
        }
        int copy = Libc.orErrno(Libc.functions().fcntl(fd, Libc.F_DUPFD_CLOEXEC, 3));
        return toClose("fcntl", "fd " + fd, copy);
    }

    private int toClose(String call, Object what, int fd) throws ErrnoException {
        check(call, what, fd);
        opened.add(fd);
        return fd;
    }

    private static void check(String call, Object what, int result) throws ErrnoException {
        int checked = result == -1 ? Libc.orErrno(result) : result;
        if (checked < 0) {
            throw new ErrnoException(call, what.toString(), -checked);
        }
    }

    // ---- the program

    private int start() throws IOException {
        File directory = builder.directory();
        if (directory != null) {
            spawn.directory(directory.getPath());
        }
        List<byte[]> arguments =
                new ArrayList<>(builder.command().stream().map(Libc::bytes).toList());
        List<byte[]> environment = ChildEnvironment.of(builder.environment());
        String program = builder.command().get(0);
        int pid = spawn.start(program, arguments, environment);
        if (pid == -Libc.ENOEXEC) {
            arguments.addFirst(Libc.bytes(SHELL));
            arguments.set(1, Libc.bytes(script(program)));
            pid = spawn.start(SHELL, arguments, environment);
        }
        if (pid < 0 && pid != -Libc.ENOSYS && pid != -Libc.EPERM) {
            throw refused(program, -pid);
        }
        return pid;
    }

    /** Which file it was that the system found but could not run. */
    private String script(String program) {
        String path = System.getenv("PATH");
        if (program.contains("/") || path == null) {
            return program;
        }
        for (String folder : path.split(":", -1)) {
            File file = new File(folder.isEmpty() ? "." : folder, program);
            File seen = file.isAbsolute() ? file : new File(builder.directory(), file.getPath());
            if (seen.isFile() && seen.canExecute()) {
                return file.getPath();
            }
        }
        return program;
    }

    private IOException refused(String program, int errno) {
        File directory = builder.directory();
        String in = directory == null ? "" : " (in directory \"" + directory + "\")";
        ErrnoException cause = new ErrnoException(spawn.call(), program, errno);
        String hint =
                directory != null && !directory.isDirectory() ? "; there is no such directory" : "";
        return new IOException(
                "Cannot run program \"" + program + "\"" + in + ": " + cause.getMessage() + hint,
                cause);
    }

    @Override
    public void close() {
        spawn.close();
        opened.forEach(Libc::close);
    }
}
