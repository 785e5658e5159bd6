package dev.tarry.events.libc;

import jnr.ffi.annotations.IgnoreError;
import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;

import java.nio.ByteBuffer;

/**
 * The functions of libc, with their names and arguments as in C. jnr-ffi generates the class behind
 * it, which is why it is public. Direct buffers are passed by address (from their position), so
 * these must be direct where the kernel keeps no copy; callers go through {@link Libc}. Where every
 * message comes by, the address itself is passed ({@link Libc#address}): to ask jnr-ffi for it
 * costs two calls of JNI.
 */
public interface LibcFunctions {
    int epoll_create1(int flags);

    int epoll_ctl(int epfd, int op, int fd, @In ByteBuffer event);

    int epoll_wait(int epfd, long events, int maxevents, int timeout);

    int epoll_pwait2(int epfd, long events, int maxevents, long timeout, long sigmask);

    int eventfd(int initval, int flags);

    int signalfd(int fd, @In ByteBuffer mask, int flags);

    int pidfd_open(int pid, int flags);

    int pidfd_send_signal(int pidfd, int sig, long info, int flags);

    /** Any system call. Declared with seven arguments: jnr-ffi spoils the sixth of six. */
    long syscall(long number, long a, long b, long c, long d, long e, long f);

    int waitid(int idtype, int id, @Out ByteBuffer infop, int options);

    int ioctl(int fd, long request, @In @Out ByteBuffer argp);

    int open(long pathname, int flags, int mode);

    int sigaction(int signum, long act, long oldact);

    int posix_spawn_file_actions_init(long actions);

    int posix_spawn_file_actions_destroy(long actions);

    int posix_spawn_file_actions_adddup2(long actions, int from, int to);

    int posix_spawn_file_actions_addclosefrom_np(long actions, int lowest);

    int posix_spawn_file_actions_addchdir_np(long actions, long path);

    int posix_spawnattr_init(long attributes);

    int posix_spawnattr_destroy(long attributes);

    int posix_spawnattr_setflags(long attributes, short flags);

    int posix_spawnattr_setpgroup(long attributes, int group);

    int posix_spawnattr_setsigdefault(long attributes, long set);

    int posix_spawnattr_setsigmask(long attributes, long set);

    /** With one argument more than it takes: jnr-ffi spoils the sixth of six. */
    int posix_spawnp(
            long pid, long file, long actions, long attributes, long argv, long envp, long unused);

    int inotify_init1(int flags);

    int inotify_add_watch(int fd, @In String pathname, int mask);

    int inotify_rm_watch(int fd, int wd);

    int pipe2(@Out int[] pipefd, int flags);

    int poll(@In @Out ByteBuffer fds, long nfds, int timeout);

    long read(int fd, long buf, long count);

    long write(int fd, long buf, long count);

    int close(int fd);

    int fcntl(int fd, int cmd, int arg);

    int socket(int domain, int type, int protocol);

    int socketpair(int domain, int type, int protocol, @Out int[] sv);

    int bind(int sockfd, @In ByteBuffer addr, int addrlen);

    int listen(int sockfd, int backlog);

    int accept4(int sockfd, @Out ByteBuffer addr, @In @Out ByteBuffer addrlen, int flags);

    int connect(int sockfd, @In ByteBuffer addr, int addrlen);

    int getsockname(int sockfd, @Out ByteBuffer addr, @In @Out ByteBuffer addrlen);

    int getpeername(int sockfd, @Out ByteBuffer addr, @In @Out ByteBuffer addrlen);

    int setsockopt(int sockfd, int level, int optname, @In ByteBuffer optval, int optlen);

    int getsockopt(
            int sockfd, int level, int optname, @Out ByteBuffer optval, @In @Out ByteBuffer optlen);

    int shutdown(int sockfd, int how);

    @IgnoreError
    int getpid();
}
