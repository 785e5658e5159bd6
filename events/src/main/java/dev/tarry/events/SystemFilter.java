package dev.tarry.events;

import dev.tarry.events.libc.Libc;

/**
 * What a system answers that does not let us make a call, and what to do about it.
 *
 * <p>Some facts about that: an old kernel answers ENOSYS to what it does not know. A filter of
 * system calls (seccomp, as containers have) answers what its author liked: ENOSYS today, so that
 * programs fall back; EPERM for years, which programs took for something else. A filter may forbid
 * the new one of two calls and allow the old one, and it may come after the program has begun.
 */
final class SystemFilter {
    private SystemFilter() {}

    /**
     * Whether the system does not let us make this call at all, for one that has no EPERM of its
     * own.
     *
     * @param result what it answered: 0 or more, or -errno
     */
    static boolean refuses(int result) {
        return result == -Libc.ENOSYS || result == -Libc.EPERM;
    }

    /** What to do about it, for a message: empty unless it may have been refused. */
    static String advice(String call, int errno) {
        boolean unknown = errno == Libc.ENOSYS;
        if (!unknown && (errno != Libc.EPERM || hasItsOwnEperm(call))) {
            return "";
        }
        return (unknown
                        ? "the kernel is too old for it, or a filter of system calls (seccomp)"
                                + " forbids it: "
                        : "a filter of system calls (seccomp), as containers have, may forbid"
                                + " it: ")
                + remedy(call);
    }

    private static boolean hasItsOwnEperm(String call) {
        return call.equals("kill") || call.equals("pidfd_send_signal");
    }

    private static String remedy(String call) {
        return switch (call) {
            case "epoll_create1", "epoll_ctl", "epoll_wait" ->
                    "allow it, or start the JVM with -Dtarry.backend=poll";
            case "pidfd_open", "waitid" -> "allow it, or start the JVM with -Dtarry.pidfd=false";
            case "inotify_init1", "inotify_add_watch" ->
                    "allow it, or start the JVM with -Dtarry.inotify=false";
            case "signalfd" ->
                    "allow it, or start the program without blocking the signal, which then comes"
                            + " through the JVM's handler";
            default -> "allow it";
        };
    }
}
