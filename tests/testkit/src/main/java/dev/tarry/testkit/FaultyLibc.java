package dev.tarry.testkit;

import jnr.constants.platform.Errno;
import jnr.ffi.LastError;
import jnr.ffi.Runtime;

import org.jspecify.annotations.Nullable;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Makes system calls fail, now and then, as a seed says: with the errors that the manual allows
 * there, and that hardly ever come when one tests.
 *
 * <p>The JVM must be started with {@code -Dtarry.libc=dev.tarry.testkit.FaultyLibc}. Until {@link
 * #inject} is called, and after its answer is closed, all calls go through unchanged.
 *
 * <pre>{@code
 * try (var faults = FaultyLibc.inject(seed, 5, FaultyLibc.Fault.values())) {
 *     ...
 * }
 * }</pre>
 *
 * <p>Some facts that keep the faults legal. A call that fails with EAGAIN, or moves less than it
 * could, says "drained" to whoever waits for edges; so an edge must follow, and the registration is
 * set again behind the poller's back, as if the data had come a moment later. {@code close} and
 * {@code connect} do their work even when they fail with EINTR. Short reads and writes are for
 * sockets and pipes only: an eventfd or inotify has none.
 */
public final class FaultyLibc implements InvocationHandler {
    /** What can go wrong. */
    public enum Fault {
        /** EINTR: a program must not notice. */
        INTERRUPTED,
        /** EAGAIN though it was ready: a program must not notice. */
        WOULD_BLOCK,
        /** Fewer bytes than there are, or than there is room for: a program must not notice. */
        SHORT,
        /**
         * EMFILE, ENFILE, ENOMEM, ENOSPC, ECONNABORTED: a program must say so and leave nothing.
         */
        RESOURCES
    }

    /** An injection under way. */
    public static final class Injection implements AutoCloseable {
        private final Random random;
        private final int every;
        private final Set<Fault> faults;
        private int count;

        private Injection(long seed, int every, Set<Fault> faults) {
            this.random = new Random(seed);
            this.every = every;
            this.faults = faults;
        }

        /** How many calls were made to fail. */
        public int count() {
            return count;
        }

        /** Ends it. */
        @Override
        public void close() {
            active = null;
        }
    }

    private static final Map<String, List<Errno>> REFUSALS =
            Map.ofEntries(
                    Map.entry("epoll_create1", List.of(Errno.EMFILE, Errno.ENOMEM)),
                    Map.entry("eventfd", List.of(Errno.EMFILE, Errno.ENFILE, Errno.ENOMEM)),
                    Map.entry("epoll_ctl", List.of(Errno.ENOMEM, Errno.ENOSPC)),
                    Map.entry("pidfd_open", List.of(Errno.EMFILE, Errno.ENFILE, Errno.ENOMEM)),
                    Map.entry("inotify_init1", List.of(Errno.EMFILE, Errno.ENOMEM)),
                    Map.entry("inotify_add_watch", List.of(Errno.ENOMEM, Errno.ENOSPC)),
                    Map.entry("pipe2", List.of(Errno.EMFILE, Errno.ENFILE)),
                    Map.entry("socket", List.of(Errno.EMFILE, Errno.ENFILE, Errno.ENOMEM)),
                    Map.entry("socketpair", List.of(Errno.EMFILE, Errno.ENFILE, Errno.ENOMEM)),
                    Map.entry(
                            "accept4",
                            List.of(Errno.EMFILE, Errno.ENFILE, Errno.ENOMEM, Errno.ECONNABORTED)));
    private static final Set<String> INTERRUPTIBLE =
            Set.of("accept4", "connect", "close", "waitid", "poll", "epoll_wait", "epoll_pwait2");

    private static volatile @Nullable Injection active;
    private static volatile @Nullable FaultyLibc installed;

    private final Object real;
    private final Edges edges;

    /**
     * For the hook in {@code dev.tarry.events.libc}.
     *
     * @param real the binding
     */
    public FaultyLibc(Object real) {
        this.real = real;
        this.edges = new Edges(this);
        installed = this;
    }

    /**
     * Begins to make calls fail, of all threads of this JVM.
     *
     * @param seed decides which
     * @param every one call in so many fails, on average; at least 2
     * @param faults how
     */
    public static Injection inject(long seed, int every, Fault... faults) {
        // Any use of the binding loads it, and with it this.
        if (installed == null) {
            throw new IllegalStateException(
                    "start the JVM with -Dtarry.libc="
                            + FaultyLibc.class.getName()
                            + ", and use a scheduler first");
        }
        if (every < 2) {
            throw new IllegalArgumentException("if all calls fail nothing ends: " + every);
        }
        Injection injection = new Injection(seed, every, Set.of(faults));
        active = injection;
        return injection;
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
            throws Throwable {
        Object[] given = arguments == null ? new Object[0] : arguments;
        Injection injection = active;
        if (injection == null) {
            return watched(method, given);
        }
        synchronized (this) {
            if (injection.random.nextInt(injection.every) != 0) {
                return watched(method, given);
            }
            Fault fault = choose(injection, method.getName(), given);
            if (fault == null) {
                return watched(method, given);
            }
            injection.count++;
            return fail(injection, fault, method, given);
        }
    }

    private @Nullable Fault choose(Injection injection, String call, Object[] arguments) {
        List<Fault> possible = new ArrayList<>();
        boolean moves = call.equals("read") || call.equals("write");
        // One byte more or less, or a wake-up through an eventfd: never cut short or refused.
        boolean bytes = moves && edges.isStream(arguments[0]) && (Long) arguments[2] > 1;
        if (INTERRUPTIBLE.contains(call) || bytes) {
            possible.add(Fault.INTERRUPTED);
        }
        if ((moves || call.equals("accept4")) && edges.isRegistered(arguments[0])) {
            possible.add(Fault.WOULD_BLOCK);
        }
        if (bytes) {
            possible.add(Fault.SHORT);
        }
        // Taking a descriptor out of epoll asks for no memory.
        if (REFUSALS.containsKey(call) && !edges.isRemoval(call, arguments)) {
            possible.add(Fault.RESOURCES);
        }
        possible.retainAll(injection.faults);
        return possible.isEmpty() ? null : possible.get(injection.random.nextInt(possible.size()));
    }

    private @Nullable Object fail(
            Injection injection, Fault fault, Method method, Object[] arguments) throws Throwable {
        String call = method.getName();
        return switch (fault) {
            case INTERRUPTED -> {
                if (call.equals("close") || call.equals("connect")) {
                    Object result = watched(method, arguments);
                    boolean done = result instanceof Number n && n.longValue() >= 0;
                    if (!done && lastError() != Errno.EINPROGRESS.intValue()) {
                        yield result;
                    }
                }
                yield error(method, Errno.EINTR);
            }
            case WOULD_BLOCK -> {
                edges.again((Integer) arguments[0]);
                yield error(method, Errno.EAGAIN);
            }
            case SHORT -> {
                Object[] fewer = arguments.clone();
                long count = (Long) arguments[2];
                fewer[2] = 1 + (long) injection.random.nextInt((int) Math.min(count - 1, 1 << 20));
                Object result = watched(method, fewer);
                edges.again((Integer) arguments[0]);
                yield result;
            }
            case RESOURCES -> {
                List<Errno> refusals = REFUSALS.getOrDefault(call, List.of(Errno.ENOMEM));
                yield error(method, refusals.get(injection.random.nextInt(refusals.size())));
            }
        };
    }

    private static int lastError() {
        return LastError.getLastError(Runtime.getSystemRuntime());
    }

    private static Object error(Method method, Errno errno) {
        LastError.setLastError(Runtime.getSystemRuntime(), errno.intValue());
        if (method.getReturnType() == long.class) {
            return -1L;
        }
        return -1;
    }

    /** The real call, of which the bookkeeping hears. */
    private @Nullable Object watched(Method method, Object[] arguments) throws Throwable {
        Object result = call(method, arguments);
        if (result instanceof Number n && n.longValue() >= 0) {
            edges.note(method.getName(), arguments, n.intValue(), method);
        }
        return result;
    }

    @Nullable Object call(Method method, Object... arguments) throws Throwable {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            Throwable cause = e.getCause();
            throw cause != null ? cause : e;
        }
    }
}
