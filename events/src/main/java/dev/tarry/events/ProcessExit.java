package dev.tarry.events;

import dev.tarry.events.Poller.Subject;
import dev.tarry.events.internal.Settings;
import dev.tarry.events.libc.Libc;

import org.jspecify.annotations.Nullable;

import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/**
 * A process has ended: a level event with its status.
 *
 * <p>Some facts about the ends of processes:
 *
 * <ul>
 *   <li>A pid may be given to another process as soon as the old one is reaped. A pidfd stays with
 *       the process it was opened for, and is readable once that has ended.
 *   <li>The JDK runs one thread per child that reaps it. Whoever else reaps a child of this JVM
 *       (waitpid(-1) for example) takes the exit code from whoever called {@code Process.waitFor}.
 *       So this never reaps.
 *   <li>{@code Process.exitValue} is 128 + n for a child that signal n has killed, and also for one
 *       that exited with 128 + n. The kernel tells them apart: while the child is a zombie by
 *       waitid with WNOWAIT, and after it was reaped by the ioctl PIDFD_GET_INFO (Linux 6.15).
 *   <li>For somebody else's child there is only the latter, and only after its parent has reaped
 *       it.
 * </ul>
 *
 * So the status is exact, unless the child ended and was reaped before this event was made, or the
 * kernel is older and the reaper was quicker than we: then there is the JDK's exit value, as {@code
 * Exited} where it can mean nothing else, or as {@code ExitedOrKilled}. It is {@code Unknown} for
 * processes that are not children of this JVM, where the kernel does not tell. Children that we
 * start ourselves are reaped by us, and do better: see {@link ChildProcess}.
 *
 * <p>The event holds one file descriptor until the exit was seen, it is closed, or it is garbage.
 *
 * <p>Where there are no pidfds (not Linux, a kernel before 5.3, a sandbox that forbids them, or the
 * system property {@code tarry.pidfd} is {@code false}) the JDK tells the end, through {@code
 * onExit}. Then the status of a child is the JDK's exit value, and that of any other process {@code
 * Unknown}, unless a kqueue tells it first; and the JDK looks for the end of the latter every now
 * and then only (up to 300 ms apart), by a thread of its own for each.
 */
public final class ProcessExit implements BaseEvent<ExitStatus>, AutoCloseable {
    private static final Cleaner CLEANER = Cleaner.create();

    private static final int P_PIDFD = 3;
    private static final int WNOHANG = 1;
    private static final int WEXITED = 4;
    private static final int WNOWAIT = 0x1000000;
    private static final int CLD_EXITED = 1;

    // struct pidfd_info { __u64 mask; ...; __s32 exit_code; }, version 0
    private static final int PIDFD_INFO_SIZE = 64;
    private static final int PIDFD_INFO_EXIT_CODE = 60;
    private static final long PIDFD_INFO_EXIT = 1 << 3;
    private static final long PIDFD_GET_INFO = 3L << 30 | PIDFD_INFO_SIZE << 16 | 0xFF << 8 | 11;

    private final String name;
    private final @Nullable Process process;
    private final @Nullable Fd pidfd;
    private final @Nullable CompletableFuture<ExitStatus> told; // without a pidfd, by the JDK
    private final @Nullable Completion<ExitStatus> telling;
    private final @Nullable ProcessHandle watched; // whose pid it is, while that is alive
    private final Notices.Listener kernel = this::toldByTheKernel;

    // One loop, or none: written once, and the same whoever writes it.
    private volatile @Nullable Outcome<ExitStatus> outcome;

    private ProcessExit(long pid, @Nullable Process process, @Nullable ProcessHandle handle) {
        this.name = "exit of process " + pid;
        this.process = process;
        int fd = openPidfd(pid);
        if (fd >= 0 && isSomebodyElse(fd, process)) {
            fd = -Libc.ESRCH;
        }
        boolean none = fd == -Libc.ENOSYS || fd == -Libc.EPERM;
        this.watched = none ? handle(pid, process, handle) : null;
        this.told = watched != null ? onExit(process, watched) : null;
        this.telling = told != null ? Completion.of(told) : null;
        if (fd >= 0) {
            Fd opened = Fd.opened(fd, "pidfd of " + pid);
            this.pidfd = opened;
            CLEANER.register(this, opened::close);
        } else {
            this.pidfd = null;
            if (told == null) {
                this.outcome = neverOpened(pid, process, none ? Libc.ESRCH : -fd);
            }
        }
    }

    private static int openPidfd(long pid) {
        return wantsPidfds() ? Libc.pidfdOpen(Math.toIntExact(pid)) : -Libc.ENOSYS;
    }

    /** Whether there may be any, and nobody has forbidden them. */
    static boolean wantsPidfds() {
        return Settings.pidfd() && System.getProperty("os.name", "").equals("Linux");
    }

    /** Completed by the JDK. */
    private static CompletableFuture<ExitStatus> onExit(
            @Nullable Process process, ProcessHandle handle) {
        if (process != null) {
            return process.onExit().thenApply(ended -> ExitStatus.ofJdk(ended.exitValue()));
        }
        if (handle.pid() == ProcessHandle.current().pid()) {
            return new CompletableFuture<>(); // which onExit refuses, and nobody would hear of
        }
        return handle.onExit().thenApply(ended -> new ExitStatus.Unknown());
    }

    /** Null if there is no such process. */
    private static @Nullable ProcessHandle handle(
            long pid, @Nullable Process process, @Nullable ProcessHandle handle) {
        if (process != null) {
            return process.toHandle();
        }
        return handle != null ? handle : ProcessHandle.of(pid).orElse(null);
    }

    private static Outcome<ExitStatus> neverOpened(long pid, @Nullable Process process, int errno) {
        if (errno == Libc.ESRCH && process != null) {
            return new Outcome.Value<>(ofJdk(process));
        }
        return new Outcome.Failed<>(new ErrnoException("pidfd_open", "pid " + pid, errno));
    }

    /**
     * Whether the child was reaped before, and its pid has been given to another process; then
     * {@code pidfd} is closed. Also if a {@code Process} of a user's throws.
     */
    private static boolean isSomebodyElse(int pidfd, @Nullable Process process) {
        boolean keep = false;
        try {
            keep =
                    process == null
                            || process.isAlive()
                            || Libc.pollNow(Libc.struct(8), pidfd, Libc.POLLIN) != 0;
            return !keep;
        } finally {
            if (!keep) {
                Libc.close(pidfd);
            }
        }
    }

    /**
     * The end of a process that the JDK has started. Make it soon after the start: of a child that
     * was reaped before there is only the JDK's exit value.
     */
    public static ProcessExit of(Process process) {
        return new ProcessExit(process.pid(), process, null);
    }

    /** The end of any process. */
    public static ProcessExit of(ProcessHandle process) {
        return new ProcessExit(process.pid(), null, process);
    }

    /**
     * The end of any process that this user may see. If there is none with this pid, the event
     * fires as failed.
     */
    public static ProcessExit of(long pid) {
        if (pid <= 0 || pid > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("not a pid: " + pid);
        }
        return new ProcessExit(pid, null, null);
    }

    @Override
    public @Nullable Outcome<ExitStatus> poll(Reactor reactor) {
        Outcome<ExitStatus> known = outcome;
        if (known != null) {
            return known;
        }
        if (telling != null && told != null) {
            return told.isCancelled() ? new Outcome.Closed<>(name) : telling.end(reactor);
        }
        Fd fd = pidfd;
        assert fd != null;
        if (!fd.isOpen()) {
            return new Outcome.Closed<>(name);
        }
        int ready = reactor.readinessNow(fd.number(), Readiness.READ);
        if (ready == 0) {
            return null;
        }
        if (!fd.isOpen()) {
            return poll(reactor); // another loop has seen it meanwhile
        }
        Outcome<ExitStatus> result =
                ready < 0
                        ? new Outcome.Failed<>(new ErrnoException("poll", fd.toString(), -ready))
                        : ended(fd.number());
        outcome = result;
        fd.close();
        return result;
    }

    /** A {@code Process} may be a user's. */
    private Outcome<ExitStatus> ended(int fd) {
        try {
            return new Outcome.Value<>(status(fd));
        } catch (RuntimeException | Error e) {
            return new Outcome.Failed<>(e);
        }
    }

    // The process may be reaped at any moment, by its parent, or be reaped already.
    private ExitStatus status(int fd) {
        ExitStatus status = ofReaped(fd);
        if (status == null) {
            status = ofZombie(fd);
        }
        if (status == null) {
            status = ofReaped(fd); // reaped between the two
        }
        if (status == null) {
            status = process == null ? new ExitStatus.Unknown() : ofJdk(process);
        }
        return status;
    }

    /** What the kernel keeps of a process that was reaped; null if nothing, or before that. */
    static @Nullable ExitStatus ofReaped(int fd) {
        var info = Libc.struct(PIDFD_INFO_SIZE).putLong(0, PIDFD_INFO_EXIT);
        int result = Libc.orErrno(Libc.functions().ioctl(fd, PIDFD_GET_INFO, info));
        boolean told = result >= 0 && (info.getLong(0) & PIDFD_INFO_EXIT) != 0;
        return told ? ExitStatus.ofWaitStatus(info.getInt(PIDFD_INFO_EXIT_CODE)) : null;
    }

    private static @Nullable ExitStatus ofZombie(int fd) {
        var siginfo = Libc.struct(128);
        int result = Libc.functions().waitid(P_PIDFD, fd, siginfo, WEXITED | WNOHANG | WNOWAIT);
        return result < 0 ? null : ofSiginfo(siginfo); // ECHILD: not our child, or reaped
    }

    /** What waitid(2) tells; null if it tells of nothing. */
    static @Nullable ExitStatus ofSiginfo(ByteBuffer siginfo) {
        // siginfo_t of SIGCHLD on 64-bit Linux: si_code at 8, si_pid at 16, si_status at 24
        if (siginfo.getInt(16) == 0) {
            return null;
        }
        int value = siginfo.getInt(24);
        return siginfo.getInt(8) == CLD_EXITED
                ? new ExitStatus.Exited(value)
                : new ExitStatus.Killed(Signal.of(value));
    }

    // The JDK's reaper has taken the status (of a child that was quicker than we, or on an old
    // kernel), and publishes it in a moment.
    private static ExitStatus ofJdk(Process child) {
        boolean isJdks = child.getClass().getModule() == Process.class.getModule();
        while (child.isAlive()) {
            if (!isJdks) {
                return new ExitStatus.Unknown(); // a user's, which may say so for ever
            }
            Thread.onSpinWait();
        }
        return ExitStatus.ofJdk(child.exitValue());
    }

    @Override
    public void arm(Waiter waiter) {
        if (pidfd != null) {
            pidfd.readable().arm(waiter);
        } else if (telling != null) {
            telling.arm(waiter);
            watch(waiter.reactor());
        }
    }

    @Override
    public void disarm(Waiter waiter) {
        if (pidfd != null) {
            pidfd.readable().disarm(waiter);
        } else if (telling != null) {
            telling.disarm(waiter);
            unwatch(waiter.reactor());
        }
    }

    /** Whether a wait has seen it. The JDK may then still be about to reap. */
    boolean isKnown() {
        return outcome != null;
    }

    /** A kqueue knows the status as the kernel has it, if it is asked while the process lives. */
    private void watch(Reactor reactor) {
        if (watched != null
                && reactor.notices().add(Subject.PROCESS, (int) watched.pid(), kernel)
                && !watched.isAlive()) {
            unwatch(reactor); // the pid may be another's by now
        }
    }

    private void unwatch(Reactor reactor) {
        if (watched != null) {
            reactor.notices().remove(Subject.PROCESS, (int) watched.pid(), kernel);
        }
    }

    private void toldByTheKernel(long status) {
        assert told != null;
        told.complete(ExitStatus.ofWaitStatus((int) status)); // unless the JDK was quicker
    }

    /**
     * Gives up waiting for it: waiters are told so. The process itself is left alone. Any thread.
     */
    @Override
    public void close() {
        if (pidfd != null) {
            pidfd.close();
        } else if (told != null) {
            told.cancel(false); // ours: what the JDK completes stays as it is
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
