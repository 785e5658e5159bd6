package dev.tarry.events;

import dev.tarry.events.internal.Settings;
import dev.tarry.events.libc.Libc;
import dev.tarry.events.libc.PosixSpawn;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * A child that we start by posix_spawn(3), and reap.
 *
 * <p>Some facts that make its status exact:
 *
 * <ul>
 *   <li>A process that has ended keeps its pid, and its status, until its parent reaps it. Nobody
 *       reaps this one but {@link #reap}, so a pidfd opened after the start is that of the child
 *       and of no other, even if it has ended meanwhile.
 *   <li>So a signal that is sent before it is reaped reaches it, or nobody. Sending and reaping
 *       exclude each other.
 *   <li>The kernel reaps by itself while SIGCHLD is ignored, which may be inherited. That is undone
 *       before the first child, as the JDK does it.
 *   <li>Where native code in this JVM reaps all that it finds (waitpid(-1)), the kernel may still
 *       know the status (Linux 6.15); otherwise it is {@link ExitStatus.Unknown}.
 * </ul>
 *
 * <p>The reaper's thread reaps it, or whoever looks first: a wait that only looks finds what has
 * happened.
 */
final class SpawnedChild extends ChildProcess {
    private static final int P_PID = 1;
    private static final int WNOHANG = 1;
    private static final int WEXITED = 4;
    private static final int P_PIDFD = 3;
    private static final int WNOWAIT = 0x1000000;

    // What this machine lacks, see lacking; null as long as nobody has asked.
    private static volatile @Nullable String probed;

    private final int pid;
    private final int pidfd;
    private final boolean leadsGroup;
    private final Reaper reaper;

    // Any thread. Held for some system calls that do not wait, and never slept for: the holder may
    // be a task, which whoever sleeps on its loop would keep from running.
    private final AtomicBoolean lock = new AtomicBoolean();
    private volatile @Nullable ExitStatus status; // written with the lock, when it is reaped
    private final CompletableFuture<ExitStatus> told = new CompletableFuture<>();
    private final Event<ExitStatus> exit = new Exit(told);

    private SpawnedChild(Reaper reaper, int pid, int pidfd, boolean leadsGroup) {
        this.reaper = reaper;
        this.pid = pid;
        this.pidfd = pidfd;
        this.leadsGroup = leadsGroup;
    }

    // ---- whether we can

    /** Why children cannot be started this way here; null if they can. */
    static @Nullable String lacking() {
        if (!Settings.spawn()) {
            return "tarry.spawn is false";
        }
        if (!ProcessExit.wantsPidfds()) {
            return "pidfds are not wanted";
        }
        String known = probed;
        if (known == null) {
            known = probe();
            probed = known;
        }
        return known == null || known.isEmpty() ? null : known;
    }

    /** Empty if nothing is lacking; null if that cannot be told, for want of a descriptor. */
    private static @Nullable String probe() {
        String missing = PosixSpawn.lacking();
        if (missing != null) {
            return missing;
        }
        if (Backend.EPOLL.isForbidden()) {
            return "epoll is forbidden"; // the reaper sleeps in one
        }
        Libc.keepChildren(Signal.CHLD.number());
        int pidfd = Libc.pidfdOpen(Libc.functions().getpid());
        if (pidfd == -Libc.ENOSYS || pidfd == -Libc.EPERM) {
            return "pidfd_open: " + Libc.errorName(-pidfd);
        }
        if (pidfd < 0) {
            return null;
        }
        // We are no child of ours: ECHILD, where waitid knows pidfds (Linux 5.4).
        int waited = waitid(P_PIDFD, pidfd, WEXITED | WNOHANG | WNOWAIT, Libc.struct(128));
        Libc.close(pidfd);
        if (waited != -Libc.ECHILD) {
            return "waitid of a pidfd: " + Libc.errorName(-waited);
        }
        return "";
    }

    // ---- the start

    /** Null where the system forbids it. */
    static @Nullable SpawnedChild spawn(ProcessBuilder builder, Pipes pipes, boolean ownGroup)
            throws IOException {
        Reaper reaper = Reaper.running();
        int pid = Spawn.start(builder, pipes, ownGroup);
        if (pid == -Libc.ENOSYS || pid == -Libc.EPERM) {
            return null;
        }
        int pidfd = Libc.pidfdOpen(pid);
        try {
            if (pidfd < 0) {
                throw new ErrnoException("pidfd_open", "pid " + pid, -pidfd);
            }
            SpawnedChild child = new SpawnedChild(reaper, pid, pidfd, ownGroup);
            reaper.watch(child, pidfd);
            return child;
        } catch (Throwable t) {
            abandon(pid, pidfd);
            throw t;
        }
    }

    /** There is no way to hear of its end, so it ends now. */
    private static void abandon(int pid, int pidfd) {
        if (pidfd >= 0) {
            Libc.close(pidfd);
        }
        Libc.kill(pid, Signal.KILL.number());
        ByteBuffer siginfo = Libc.struct(128);
        while (waitid(P_PID, pid, WEXITED, siginfo) == -Libc.EINTR) {}
    }

    private static int waitid(int idType, int id, int options, ByteBuffer siginfo) {
        return Libc.orErrno(Libc.functions().waitid(idType, id, siginfo, options));
    }

    // ---- the end

    /** How it has ended; null if it has not. Tells all that wait for it. Any thread. */
    @Nullable ExitStatus reap() {
        ExitStatus known = status;
        if (known != null) {
            return known;
        }
        ExitStatus ended = locked(this::reapNow);
        if (ended != null) {
            told.complete(ended);
        }
        return ended;
    }

    private @Nullable ExitStatus reapNow() {
        if (status == null) {
            ExitStatus ended = statusNow();
            if (ended != null) {
                reaper.forget(this);
                Libc.close(pidfd);
                status = ended;
            }
        }
        return status;
    }

    private @Nullable ExitStatus statusNow() {
        ByteBuffer siginfo = Libc.struct(128);
        int result = waitid(P_PIDFD, pidfd, WEXITED | WNOHANG, siginfo);
        if (result < 0) {
            ExitStatus kept = ProcessExit.ofReaped(pidfd);
            return kept != null ? kept : new ExitStatus.Unknown();
        }
        return ProcessExit.ofSiginfo(siginfo);
    }

    private <T extends @Nullable Object> T locked(Supplier<T> action) {
        while (!lock.compareAndSet(false, true)) {
            Thread.onSpinWait();
        }
        try {
            return action.get();
        } finally {
            lock.set(false);
        }
    }

    private final class Exit implements BaseEvent<ExitStatus> {
        private final Completion<ExitStatus> telling;

        Exit(CompletableFuture<ExitStatus> told) {
            telling = Completion.of(told);
        }

        @Override
        public @Nullable Outcome<ExitStatus> poll(Reactor reactor) {
            ExitStatus ended = reap();
            return ended != null ? new Outcome.Value<>(ended) : null;
        }

        @Override
        public void arm(Waiter waiter) {
            telling.arm(waiter);
        }

        @Override
        public void disarm(Waiter waiter) {
            telling.disarm(waiter);
        }

        @Override
        public String toString() {
            return "exit of child " + pid;
        }
    }

    // ---- what one can do with it

    @Override
    public long pid() {
        return pid;
    }

    @Override
    public Event<ExitStatus> exit() {
        return exit;
    }

    @Override
    public Event<?> ended() {
        return exit;
    }

    @Override
    public boolean isAlive() {
        return reap() == null;
    }

    @Override
    public void terminate() {
        send(Signal.TERM);
    }

    @Override
    public void kill() {
        send(Signal.KILL);
    }

    private void send(Signal signal) {
        int result = locked(() -> status != null ? 0 : sendNow(signal.number()));
        if (result < 0) {
            String call = "sending " + signal;
            throw new ErrnoException(call, "child " + pid, -result).unchecked();
        }
    }

    private int sendNow(int signal) {
        if (leadsGroup && Libc.kill(-pid, signal) == 0) {
            return 0;
        }
        int result = Libc.pidfdSendSignal(pidfd, signal);
        return result == -Libc.ENOSYS || result == -Libc.EPERM ? Libc.kill(pid, signal) : result;
    }

    /** Nothing is held for those who wait: the reaper needs it to the end. */
    @Override
    public void close() {}

    @Override
    public String toString() {
        return "child " + pid;
    }
}
