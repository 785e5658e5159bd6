package dev.tarry.integration;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which system calls are behind the functions of libc that Tarry calls. */
final class SystemCalls {
    /** Without these no JVM runs, so that a filter of them says nothing about Tarry. */
    static final Set<String> NEEDED_BY_ANY_JVM = Set.of("open", "read", "write", "close");

    /** These fill in structures in memory, or stand for another function: nothing to deny. */
    static final Set<String> NOT_OF_THE_SYSTEM =
            Set.of(
                    "posix_spawn_file_actions_init",
                    "posix_spawn_file_actions_destroy",
                    "posix_spawn_file_actions_adddup2",
                    "posix_spawn_file_actions_addclosefrom_np",
                    "posix_spawn_file_actions_addchdir_np",
                    "posix_spawnattr_init",
                    "posix_spawnattr_destroy",
                    "posix_spawnattr_setflags",
                    "posix_spawnattr_setpgroup",
                    "posix_spawnattr_setsigdefault",
                    "posix_spawnattr_setsigmask",
                    "syscall");

    private static final Map<String, List<Integer>> NUMBERS = new HashMap<>();

    static {
        put("epoll_create1", 291, 20);
        put("epoll_ctl", 233, 21);
        put("epoll_wait", 232, 22); // epoll_pwait on aarch64
        put("epoll_pwait2", 441, 441);
        put("eventfd", 290, 19); // eventfd2
        put("signalfd", 289, 74); // signalfd4
        put("pidfd_open", 434, 434);
        put("pidfd_send_signal", 424, 424);
        put("posix_spawnp", 59, 221); // execve: threads need clone, too
        put("sigaction", 13, 134); // rt_sigaction
        put("getpid", 39, 172);
        put("waitid", 247, 95);
        put("ioctl", 16, 29);
        put("inotify_init1", 294, 26);
        put("inotify_add_watch", 254, 27);
        put("inotify_rm_watch", 255, 28);
        put("pipe2", 293, 59);
        put("poll", 7, 73); // ppoll on aarch64
        put("fcntl", 72, 25);
        put("socket", 41, 198);
        put("socketpair", 53, 199);
        put("bind", 49, 200);
        put("listen", 50, 201);
        put("accept4", 288, 242);
        put("connect", 42, 203);
        put("getsockname", 51, 204);
        put("getpeername", 52, 205);
        put("setsockopt", 54, 208);
        put("getsockopt", 55, 209);
        put("shutdown", 48, 210);
    }

    private SystemCalls() {}

    private static void put(String function, int x86, int arm) {
        NUMBERS.put(function, List.of(Seccomp.ARM ? arm : x86));
    }

    /** The functions that a filter can make fail. */
    static Set<String> functions() {
        return NUMBERS.keySet();
    }

    /** What to deny so that {@code function} fails, on this machine. */
    static List<Integer> numbers(String function) {
        return NUMBERS.get(function);
    }
}
