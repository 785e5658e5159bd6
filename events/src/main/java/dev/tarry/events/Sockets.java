package dev.tarry.events;

import dev.tarry.events.libc.Libc;
import dev.tarry.events.libc.LibcFunctions;

import jnr.constants.platform.Errno;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The system calls of stream sockets, as owned descriptors: non-blocking, close-on-exec, and
 * nothing here waits.
 */
public final class Sockets {
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int AF_UNIX = 1;
    private static final int SOL_SOCKET = 1;
    private static final int SO_REUSEADDR = 2;
    private static final int SO_ERROR = 4;
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_NODELAY = 1;
    private static final int SHUT_WR = 1;

    private static final int SOCKADDR_IN = 16;
    private static final int SOCKADDR_IN6 = 28;

    /**
     * What accept(2) tells of one connection, which is then gone: no news, the next one may be
     * well. EPERM is a firewall's, or else comes again and again; see {@link #MOST_SKIPPED}.
     */
    private static final Set<Integer> OF_THE_CONNECTION =
            numbers(
                    Errno.ECONNABORTED,
                    Errno.ECONNRESET,
                    Errno.EPERM,
                    Errno.ENETDOWN,
                    Errno.ENETUNREACH,
                    Errno.EHOSTDOWN,
                    Errno.EHOSTUNREACH,
                    Errno.ENONET,
                    Errno.EPROTO,
                    Errno.ENOPROTOOPT,
                    Errno.EPROTONOSUPPORT,
                    Errno.ESOCKTNOSUPPORT,
                    Errno.EOPNOTSUPP,
                    Errno.ETIMEDOUT);

    /** The system is short of something, and may have it again in a moment. */
    private static final Set<Integer> SHORTAGES =
            numbers(Errno.EMFILE, Errno.ENFILE, Errno.ENOBUFS, Errno.ENOMEM);

    /**
     * More than any backlog holds. So many in succession are not about connections, they are the
     * answer to the call itself: a filter of system calls says EPERM, too.
     */
    private static final int MOST_SKIPPED = 10_000;

    private static final String LISTENER = "listener ";
    private static final LibcFunctions C = Libc.functions();

    private Sockets() {}

    /**
     * A connection that was accepted.
     *
     * @param fd the socket
     * @param remote the address of the peer
     */
    public record Accepted(Fd fd, InetSocketAddress remote) {}

    /**
     * A listening socket, with SO_REUSEADDR.
     *
     * @param address port 0 lets the system choose; see {@link #localAddress}
     * @param backlog how many connections may wait to be accepted
     * @throws IOException if the address is taken or not ours, or no descriptor is left
     */
    public static Fd listen(InetSocketAddress address, int backlog) throws IOException {
        String name = text(address);
        Fd fd = socket(address, LISTENER + name);
        try {
            requireOption(fd, SOL_SOCKET, SO_REUSEADDR, 1);
            ByteBuffer sockaddr = sockaddr(address);
            check("bind", name, C.bind(fd.openNumber(), sockaddr, sockaddr.remaining()));
            check("listen", name, C.listen(fd.openNumber(), backlog));
            return address.getPort() != 0 ? fd : named(fd.number(), localAddress(fd));
        } catch (IOException e) {
            fd.close();
            throw e;
        }
    }

    private static Set<Integer> numbers(Errno... errors) {
        return Arrays.stream(errors).map(Errno::intValue).collect(Collectors.toUnmodifiableSet());
    }

    /** Whether accepting failed for want of descriptors or memory: it may work in a moment. */
    static boolean isShortage(int errno) {
        return SHORTAGES.contains(errno);
    }

    /**
     * Accepts one connection, with TCP_NODELAY. Connections that have failed meanwhile are passed
     * over.
     *
     * @return null if none is there (wait for the listener to be readable)
     * @throws IOException for example EMFILE, with the connection still in the backlog; {@link
     *     Acceptor} waits until that is over
     */
    public static @Nullable Accepted accept(Fd listener) throws IOException {
        listener.requireNonBlocking();
        ByteBuffer sockaddr = Libc.struct(SOCKADDR_IN6);
        int skipped = 0;
        while (true) {
            int number =
                    Libc.orErrno(
                            C.accept4(
                                    listener.openNumber(),
                                    sockaddr,
                                    Libc.struct(4).putInt(0, SOCKADDR_IN6),
                                    SOCK_NONBLOCK | SOCK_CLOEXEC));
            if (number >= 0) {
                return accepted(number, address(sockaddr));
            }
            if (number == -Libc.EAGAIN) {
                listener.drained(Readiness.READ, 0);
                return null;
            }
            boolean next = number == -Libc.EINTR || OF_THE_CONNECTION.contains(-number);
            if (!next || ++skipped > MOST_SKIPPED) {
                throw new ErrnoException("accept4", listener.toString(), -number);
            }
        }
    }

    private static Accepted accepted(int number, InetSocketAddress remote) {
        Fd fd = Fd.opened(number, "fd " + number + ", connection from " + text(remote));
        // Fails only for a socket that is no TCP, or is dead already: reading will tell.
        setOption(number, IPPROTO_TCP, TCP_NODELAY, 1);
        return new Accepted(fd, remote);
    }

    /**
     * Begins to connect, with TCP_NODELAY. When the socket is writable, {@link #finishConnect}
     * tells how it went.
     *
     * @throws IOException if it fails at once: no descriptor is left, or there is no route, say
     */
    public static Fd connect(InetSocketAddress address) throws IOException {
        String name = text(address);
        Fd fd = socket(address, "connection to " + name);
        try {
            requireOption(fd, IPPROTO_TCP, TCP_NODELAY, 1);
            ByteBuffer sockaddr = sockaddr(address);
            int result = Libc.orErrno(C.connect(fd.openNumber(), sockaddr, sockaddr.remaining()));
            if (result < 0 && result != -Libc.EINPROGRESS && result != -Libc.EINTR) {
                throw new ErrnoException("connect", name, -result);
            }
            return fd;
        } catch (IOException e) {
            fd.close();
            throw e;
        }
    }

    /**
     * Throws what went wrong with {@link #connect}, if anything did.
     *
     * @throws IOException if the connection has failed: the peer has refused it, or could not be
     *     reached
     */
    public static void finishConnect(Fd fd) throws IOException {
        ByteBuffer value = Libc.struct(4);
        check(
                "getsockopt",
                fd.toString(),
                C.getsockopt(
                        fd.openNumber(), SOL_SOCKET, SO_ERROR, value, Libc.struct(4).putInt(0, 4)));
        if (value.getInt(0) != 0) {
            throw new ErrnoException("connect", fd.toString(), value.getInt(0));
        }
    }

    /**
     * Two sockets that are connected to each other.
     *
     * @throws IOException if no descriptor is left
     */
    public static Fd[] pair() throws IOException {
        int[] fds = new int[2];
        check(
                "socketpair",
                "",
                C.socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds));
        return new Fd[] {
            Fd.opened(fds[0], "socket fd " + fds[0]), Fd.opened(fds[1], "socket fd " + fds[1])
        };
    }

    /**
     * Ends our direction: the peer reads the end of the stream, and may go on sending.
     *
     * @throws IOException if the socket is not connected, or not any more
     */
    public static void shutdownOutput(Fd fd) throws IOException {
        check("shutdown", fd.toString(), C.shutdown(fd.openNumber(), SHUT_WR));
    }

    /**
     * The address of our side.
     *
     * @throws IOException if the system does not tell: the descriptor is no socket, say
     */
    public static InetSocketAddress localAddress(Fd fd) throws IOException {
        ByteBuffer sockaddr = Libc.struct(SOCKADDR_IN6);
        ByteBuffer length = Libc.struct(4).putInt(0, SOCKADDR_IN6);
        check("getsockname", fd.toString(), C.getsockname(fd.openNumber(), sockaddr, length));
        return address(sockaddr);
    }

    /**
     * The address of the peer.
     *
     * @throws IOException if the socket is not connected, or not any more
     */
    public static InetSocketAddress remoteAddress(Fd fd) throws IOException {
        ByteBuffer sockaddr = Libc.struct(SOCKADDR_IN6);
        ByteBuffer length = Libc.struct(4).putInt(0, SOCKADDR_IN6);
        check("getpeername", fd.toString(), C.getpeername(fd.openNumber(), sockaddr, length));
        return address(sockaddr);
    }

    /** A handle under the name that the system has decided on. */
    private static Fd named(int listener, InetSocketAddress local) {
        return Fd.opened(listener, "fd " + listener + ", " + LISTENER + text(local));
    }

    private static Fd socket(InetSocketAddress address, String name) throws IOException {
        if (address.isUnresolved()) {
            throw new UnknownHostException(address.getHostString());
        }
        int domain = address.getAddress() instanceof Inet4Address ? AF_INET : AF_INET6;
        int number = Libc.orErrno(C.socket(domain, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        if (number < 0) {
            throw new ErrnoException("socket", name, -number);
        }
        return Fd.opened(number, "fd " + number + ", " + name);
    }

    private static void requireOption(Fd fd, int level, int option, int value) throws IOException {
        check("setsockopt", fd.toString(), setOption(fd.openNumber(), level, option, value));
    }

    private static int setOption(int fd, int level, int option, int value) {
        return C.setsockopt(fd, level, option, Libc.struct(4).putInt(0, value), 4);
    }

    private static void check(String call, String what, int result) throws IOException {
        int checked = Libc.orErrno(result);
        if (checked < 0) {
            throw new ErrnoException(call, what, -checked);
        }
    }

    // struct sockaddr_in  { sa_family_t family; in_port_t port; in_addr addr; char zero[8]; };
    // struct sockaddr_in6 { sa_family_t family; in_port_t port; uint32_t flowinfo; in6_addr addr;
    //                       uint32_t scope_id; };    family and scope in host order, port in
    // network's
    private static ByteBuffer sockaddr(InetSocketAddress address) {
        InetAddress ip = address.getAddress();
        boolean v4 = ip instanceof Inet4Address;
        ByteBuffer b = Libc.struct(v4 ? SOCKADDR_IN : SOCKADDR_IN6);
        b.putShort(0, (short) (v4 ? AF_INET : AF_INET6));
        b.put(2, (byte) (address.getPort() >> 8)).put(3, (byte) address.getPort());
        b.put(v4 ? 4 : 8, ip.getAddress());
        if (ip instanceof java.net.Inet6Address v6) {
            b.putInt(24, v6.getScopeId());
        }
        return b;
    }

    private static InetSocketAddress address(ByteBuffer sockaddr) {
        int family = sockaddr.order(ByteOrder.nativeOrder()).getShort(0);
        if (family != AF_INET && family != AF_INET6) {
            return new InetSocketAddress(0); // a socket pair has no address
        }
        byte[] ip = new byte[family == AF_INET ? 4 : 16];
        sockaddr.get(family == AF_INET ? 4 : 8, ip);
        int port = (sockaddr.get(2) & 0xff) << 8 | sockaddr.get(3) & 0xff;
        try {
            return new InetSocketAddress(InetAddress.getByAddress(ip), port);
        } catch (UnknownHostException e) {
            throw new AssertionError(e); // only for a wrong length
        }
    }

    /** An address as people write it. */
    public static String text(InetSocketAddress address) {
        InetAddress ip = address.getAddress();
        if (ip == null) {
            return address.getHostString() + ":" + address.getPort();
        }
        String host = ip.getHostAddress();
        return (ip instanceof Inet4Address ? host : "[" + host + "]") + ":" + address.getPort();
    }
}
