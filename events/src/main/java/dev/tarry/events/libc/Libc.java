package dev.tarry.events.libc;

import jnr.constants.platform.Errno;
import jnr.constants.platform.OpenFlags;
import jnr.ffi.LastError;
import jnr.ffi.Runtime;
import jnr.posix.FileStat;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;

/**
 * libc for the event layer. Results follow the kernel's own convention: 0 or more on success,
 * {@code -errno} on failure, so that an error cannot be overwritten before it is read. EINTR is
 * retried here and nowhere else (but for poll(2) and epoll_wait(2), whose callers keep their own
 * deadlines, and close(2), which has closed on Linux even then).
 *
 * <p>What jnr-posix has (kill, the names and texts of errors and signals) is taken from it.
 */
public final class Libc {
    private static final LibcFunctions LOADED = Binding.load();
    private static final Runtime RUNTIME = Runtime.getRuntime(LOADED);
    private static final LibcFunctions C = LibcHook.around(LOADED);
    private static final POSIX POSIX = POSIXFactory.getNativePOSIX();

    public static final int EPERM = Errno.EPERM.intValue();
    public static final int ENOENT = Errno.ENOENT.intValue();
    public static final int ESRCH = Errno.ESRCH.intValue();
    public static final int EINTR = Errno.EINTR.intValue();
    public static final int ECHILD = Errno.ECHILD.intValue();
    public static final int ENOEXEC = Errno.ENOEXEC.intValue();
    public static final int EBADF = Errno.EBADF.intValue();
    public static final int EAGAIN = Errno.EAGAIN.intValue();
    public static final int EEXIST = Errno.EEXIST.intValue();
    public static final int ENOMEM = Errno.ENOMEM.intValue();
    public static final int EINVAL = Errno.EINVAL.intValue();
    public static final int EMFILE = Errno.EMFILE.intValue();
    public static final int ENFILE = Errno.ENFILE.intValue();
    public static final int ELOOP = Errno.ELOOP.intValue();
    public static final int ENOTDIR = Errno.ENOTDIR.intValue();
    public static final int EACCES = Errno.EACCES.intValue();
    public static final int ENOSPC = Errno.ENOSPC.intValue();
    public static final int ENOSYS = Errno.ENOSYS.intValue();
    public static final int EPIPE = Errno.EPIPE.intValue();
    public static final int EOPNOTSUPP = Errno.EOPNOTSUPP.intValue();
    public static final int ECONNABORTED = Errno.ECONNABORTED.intValue();
    public static final int ECONNRESET = Errno.ECONNRESET.intValue();
    public static final int EINPROGRESS = Errno.EINPROGRESS.intValue();

    public static final int O_NONBLOCK = 0x800;
    public static final int O_CLOEXEC = 0x80000;
    public static final int F_GETFD = 1;
    public static final int F_GETFL = 3;
    public static final int F_SETFL = 4;

    public static final int O_RDONLY = 0;
    public static final int O_WRONLY = 1;
    public static final int O_CREAT = 0x40;
    public static final int O_TRUNC = 0x200;
    public static final int O_APPEND = 0x400;
    public static final int F_DUPFD_CLOEXEC = 1030;

    public static final short POLLIN = 0x1;
    public static final short POLLPRI = 0x2;
    public static final short POLLOUT = 0x4;
    public static final short POLLERR = 0x8;
    public static final short POLLHUP = 0x10;
    public static final short POLLNVAL = 0x20;
    public static final short POLLRDHUP = 0x2000;

    // The same on all machines. The functions came with glibc 2.36, the calls with Linux 5.3.
    private static final long SYS_PIDFD_SEND_SIGNAL = 424;
    private static final long SYS_PIDFD_OPEN = 434;

    // Names of files, arguments and variables, as the JDK itself encodes them.
    private static final Charset NAMES =
            Charset.forName(
                    System.getProperty("sun.jnu.encoding", "UTF-8"), Charset.defaultCharset());

    // struct sigaction { void (*handler)(int); sigset_t mask; int flags; void (*restorer)(void); }
    private static final int SIGACTION_SIZE = 152;
    private static final int SIGACTION_FLAGS = 136;
    private static final int SA_NOCLDWAIT = 2;
    private static final int SIG_DFL = 0;
    private static final int SIG_IGN = 1;

    private Libc() {}

    /** The binding itself. */
    public static LibcFunctions functions() {
        return C;
    }

    /** The last error of this thread as a negative result. */
    static int lastError() {
        return -LastError.getLastError(RUNTIME);
    }

    /** {@code result}, or -errno if it is negative. Call directly after the function. */
    public static int orErrno(int result) {
        return result >= 0 ? result : lastError();
    }

    /** The name of an error: EMFILE. */
    public static String errorName(int errno) {
        return Errno.valueOf(errno).name();
    }

    /** The text of an error: Too many open files. */
    public static String errorText(int errno) {
        return POSIX.strerror(errno);
    }

    /** kill(2). */
    public static int kill(int pid, int signal) {
        return POSIX.kill(pid, signal) == 0 ? 0 : -POSIX.errno();
    }

    /** pidfd_open(2), also where libc has no function for it. A pidfd, or -errno. */
    public static int pidfdOpen(int pid) {
        try {
            return orErrno(C.pidfd_open(pid, 0));
        } catch (UnsatisfiedLinkError e) {
            return orErrno((int) C.syscall(SYS_PIDFD_OPEN, pid, 0, 0, 0, 0, 0));
        }
    }

    /** pidfd_send_signal(2), also where libc has no function for it. 0, or -errno. */
    public static int pidfdSendSignal(int pidfd, int signal) {
        try {
            return orErrno(C.pidfd_send_signal(pidfd, signal, 0, 0));
        } catch (UnsatisfiedLinkError e) {
            return orErrno((int) C.syscall(SYS_PIDFD_SEND_SIGNAL, pidfd, signal, 0, 0, 0, 0));
        }
    }

    /**
     * Lets the ends of children be told again, if that is ignored: the kernel then reaps them all
     * by itself. The JDK does the same before its first child.
     *
     * @param sigchld the number of that signal
     */
    public static void keepChildren(int sigchld) {
        ByteBuffer action = struct(SIGACTION_SIZE);
        if (C.sigaction(sigchld, 0, address(action)) < 0) {
            return;
        }
        long handler = action.getLong(0);
        boolean reaps = (action.getInt(SIGACTION_FLAGS) & SA_NOCLDWAIT) != 0;
        if (handler == SIG_IGN || handler == SIG_DFL && reaps) {
            C.sigaction(sigchld, address(struct(SIGACTION_SIZE)), 0);
        }
    }

    /**
     * open(2), with {@code O_CLOEXEC}. What is made can be read and written by all that the umask
     * allows.
     *
     * @return the descriptor, or -errno
     */
    public static int open(String path, int flags) {
        byte[] bytes = bytes(path);
        ByteBuffer name = struct(bytes.length + 1).put(0, bytes);
        while (true) {
            int fd = orErrno(C.open(address(name), flags | O_CLOEXEC, 0666));
            if (fd != -EINTR) {
                return fd;
            }
        }
    }

    /**
     * A name as the system has it, without the zero at its end.
     *
     * @throws IllegalArgumentException if it contains a zero
     */
    public static byte[] bytes(String name) {
        if (name.indexOf(0) >= 0) {
            throw new IllegalArgumentException("a zero byte in '" + name.replace('\0', '?') + "'");
        }
        return name.getBytes(NAMES);
    }

    /** A name as Java has it. */
    public static String name(byte[] bytes) {
        return new String(bytes, NAMES);
    }

    /**
     * Reads into the direct buffer {@code to} between position and limit, and moves the position.
     *
     * @return the number of bytes, 0 at the end of the stream, or -errno
     */
    public static int read(int fd, ByteBuffer to) {
        while (true) {
            long n = C.read(fd, address(to), to.remaining());
            if (n >= 0) {
                to.position(to.position() + (int) n);
                return (int) n;
            }
            int error = lastError();
            if (error != -EINTR) {
                return error;
            }
        }
    }

    /**
     * Writes the direct buffer {@code from} between position and limit, and moves the position.
     *
     * @return the number of bytes, or -errno
     */
    public static int write(int fd, ByteBuffer from) {
        int n = write(fd, address(from), from.remaining());
        if (n > 0) {
            from.position(from.position() + n);
        }
        return n;
    }

    /**
     * write(2), again if interrupted. Changes nothing that other threads could use, too.
     *
     * @return the number of bytes, or -errno
     */
    public static int write(int fd, long address, int length) {
        while (true) {
            long n = C.write(fd, address, length);
            if (n >= 0) {
                return (int) n;
            }
            int error = lastError();
            if (error != -EINTR) {
                return error;
            }
        }
    }

    /**
     * Where the next byte of {@code buffer} is in memory. True only as long as somebody holds the
     * buffer.
     *
     * @throws IllegalArgumentException if it is not a direct one, which the collector may move
     */
    public static long address(ByteBuffer buffer) {
        if (!buffer.isDirect()) {
            throw new IllegalArgumentException("a direct buffer is needed (allocateDirect)");
        }
        return MemorySegment.ofBuffer(buffer).address();
    }

    /**
     * Opens a file or a directory to hear of its changes, not to read it: so that it can still be
     * unmounted, where the system knows such a thing.
     *
     * @return the descriptor, or -errno
     */
    public static int openToWatch(String path) {
        int evtonly = Kqueue.MAC ? 0x8000 : OpenFlags.O_NONBLOCK.intValue();
        int fd = POSIX.open(path, evtonly | OpenFlags.O_CLOEXEC.intValue(), 0);
        return fd >= 0 ? fd : -POSIX.errno();
    }

    /** close(2). Not retried: after EINTR the descriptor is closed on Linux. */
    public static int close(int fd) {
        return orErrno(C.close(fd));
    }

    /**
     * poll(2) of one descriptor without waiting.
     *
     * @param pollfd a {@link #struct} of 8 bytes: {@code struct pollfd { int fd; short events;
     *     short revents; }}
     * @return the bits of revents, or -errno
     */
    public static int pollNow(ByteBuffer pollfd, int fd, int events) {
        pollfd.putInt(0, fd).putShort(4, (short) events).putShort(6, (short) 0);
        while (true) {
            int n = C.poll(pollfd, 1, 0);
            if (n >= 0) {
                return pollfd.getShort(6);
            }
            int error = lastError();
            if (error != -EINTR) {
                return error;
            }
        }
    }

    /**
     * Whether {@code fd} is a regular file or a directory, by fstat(2).
     *
     * @return 1, 0, or -errno
     */
    public static int isFile(int fd) {
        FileStat stat = POSIX.allocateStat();
        if (POSIX.fstat(fd, stat) < 0) {
            return -POSIX.errno();
        }
        return stat.isFile() || stat.isDirectory() ? 1 : 0;
    }

    /** A new direct buffer in the byte order of this machine, for structs. */
    public static ByteBuffer struct(int size) {
        return ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
    }
}
