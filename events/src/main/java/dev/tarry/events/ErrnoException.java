package dev.tarry.events;

import dev.tarry.events.libc.Libc;

import java.io.IOException;
import java.io.UncheckedIOException;

/** A system call failed: says which call, on what, and the errno by name. */
public final class ErrnoException extends IOException {
    private static final long serialVersionUID = 1L;

    /** The function of libc. */
    private final String call;

    /** The error number, positive. */
    private final int errno;

    /**
     * Says which call of the system has failed, on what, and how.
     *
     * @param call the function of libc
     * @param what what it was called on ("fd 7", "pid 4711", "127.0.0.1:6667"), or ""
     * @param errno the error, positive
     */
    public ErrnoException(String call, String what, int errno) {
        super(
                call
                        + (what.isEmpty() ? "" : " on " + what)
                        + ": "
                        + Libc.errorText(errno)
                        + " ("
                        + Libc.errorName(errno)
                        + ")"
                        + advice(call, errno));
        this.call = call;
        this.errno = errno;
    }

    private static String advice(String call, int errno) {
        String advice =
                switch (Libc.errorName(errno)) {
                    case "EMFILE" ->
                            call.equals("inotify_init1") && hasDescriptors()
                                    ? "raise fs.inotify.max_user_instances (sysctl)"
                                    : "raise the limit (ulimit -n) or close what is not needed";
                    case "ENFILE" -> "raise fs.file-max (sysctl)";
                    case "ENOSPC" ->
                            switch (call) {
                                case "inotify_add_watch" ->
                                        "raise fs.inotify.max_user_watches (sysctl)";
                                case "epoll_ctl" -> "raise fs.epoll.max_user_watches (sysctl)";
                                default -> "";
                            };
                    default -> SystemFilter.advice(call, errno);
                };
        return advice.isEmpty() ? "" : "; " + advice;
    }

    /** Which of two limits EMFILE means, the error does not tell. */
    static boolean hasDescriptors() {
        int fd = Libc.openToWatch("/");
        return fd >= 0 && Libc.close(fd) == 0;
    }

    /** The function of libc that failed. */
    public String call() {
        return call;
    }

    /** The error number. */
    public int errno() {
        return errno;
    }

    /** The error's name, EMFILE for example. */
    public String name() {
        return Libc.errorName(errno);
    }

    UncheckedIOException unchecked() {
        return new UncheckedIOException(getMessage(), this);
    }
}
