package dev.tarry.testkit;

import org.jspecify.annotations.Nullable;

import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What {@link FaultyLibc} knows about descriptors: which ones are what, and how they are registered
 * with epoll, so that an edge can be made to come again.
 */
final class Edges {
    private static final int EPOLL_CTL_ADD = 1;
    private static final int EPOLL_CTL_DEL = 2;
    private static final int EPOLL_CTL_MOD = 3;
    private static final int EPOLLET = 1 << 31;

    private record Registration(Method control, int epoll, ByteBuffer event) {}

    private final FaultyLibc libc;
    private final Map<Integer, Registration> registrations = new ConcurrentHashMap<>();
    private final Set<Integer> streams = ConcurrentHashMap.newKeySet();
    private final Set<Integer> queues = ConcurrentHashMap.newKeySet();

    Edges(FaultyLibc libc) {
        this.libc = libc;
    }

    /** A call has succeeded. */
    void note(String call, Object[] arguments, int result, Method method) {
        switch (call) {
            case "socket", "accept4" -> streams.add(result);
            case "inotify_init1", "signalfd" -> queues.add(result);
            case "pipe2" -> addBoth((int[]) arguments[0]);
            case "socketpair" -> addBoth((int[]) arguments[3]);
            case "epoll_ctl" -> noteControl(arguments, method);
            default -> {}
        }
    }

    /** A call will be made. Of a close that must be known before: then the number is another's. */
    void announce(String call, Object[] arguments) {
        if (call.equals("close")) {
            streams.remove((Integer) arguments[0]);
            queues.remove((Integer) arguments[0]);
            registrations.remove((Integer) arguments[0]);
        }
    }

    private void addBoth(int[] fds) {
        streams.add(fds[0]);
        streams.add(fds[1]);
    }

    private void noteControl(Object[] arguments, Method method) {
        int op = (Integer) arguments[1];
        ByteBuffer event = (ByteBuffer) arguments[3];
        if (op == EPOLL_CTL_DEL) {
            registrations.remove((Integer) arguments[2]);
        } else if ((op == EPOLL_CTL_ADD || op == EPOLL_CTL_MOD)
                && (event.getInt(0) & EPOLLET) != 0) {
            registrations.put(
                    (Integer) arguments[2],
                    new Registration(method, (Integer) arguments[0], copy(event)));
        }
    }

    // The poller uses its buffer again for the next call.
    private static ByteBuffer copy(ByteBuffer struct) {
        ByteBuffer copy = ByteBuffer.allocateDirect(struct.capacity()).order(struct.order());
        return copy.put(0, struct, 0, struct.capacity());
    }

    /** Whether this is a socket, or an end of a pipe, that was made here. */
    boolean isStream(Object fd) {
        return streams.contains((Integer) fd);
    }

    /** Whether this is inotify or a signalfd, which are read whole. */
    boolean isQueue(Object fd) {
        return queues.contains((Integer) fd);
    }

    /** Whether epoll reports edges of it. */
    boolean isRegistered(Object fd) {
        return registrations.containsKey((Integer) fd);
    }

    boolean isRemoval(String call, Object[] arguments) {
        return call.equals("epoll_ctl") && (Integer) arguments[1] == EPOLL_CTL_DEL;
    }

    /** Lets epoll report {@code fd} once more if it is ready, as a new edge does. */
    void again(int fd) throws Throwable {
        @Nullable Registration found = registrations.get(fd);
        if (found != null) {
            var unused = libc.call(found.control, found.epoll, EPOLL_CTL_MOD, fd, found.event);
        }
    }
}
