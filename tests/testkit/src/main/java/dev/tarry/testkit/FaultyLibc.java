package dev.tarry.testkit;

import jnr.constants.platform.Errno;
import jnr.ffi.LastError;
import jnr.ffi.Runtime;

import org.jspecify.annotations.Nullable;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
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
        private final FaultPlan plan;

        private Injection(FaultPlan plan) {
            this.plan = plan;
        }

        /** How many calls were made to fail. */
        public int count() {
            return plan.count();
        }

        /** Ends it. */
        @Override
        public void close() {
            active = null;
        }
    }

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
     * @param every one call in so many fails, on average, of those that can; at least 2
     * @param faults how
     */
    public static Injection inject(long seed, int every, Fault... faults) {
        return begin(FaultPlan.random(seed, requireRate(every), Set.of(faults)));
    }

    /**
     * Makes each k-th call fail, of those that can. A call on a descriptor that has just failed
     * works the next time: no system refuses the same for ever, and a program that tries again
     * would otherwise do so without end.
     *
     * @param k at least 2
     * @param faults how
     */
    public static Injection injectEvery(int k, Fault... faults) {
        return begin(FaultPlan.every(requireRate(k), Set.of(faults)));
    }

    /**
     * Makes one call fail, the n-th of those that can: for n = 1, 2, 3, ... until {@link
     * Injection#count} stays zero it shows a program each failure that it can meet, alone.
     *
     * @param n from 1
     * @param faults how
     */
    public static Injection injectOnce(int n, Fault... faults) {
        return begin(FaultPlan.once(n, Set.of(faults)));
    }

    private static int requireRate(int every) {
        if (every < 2) {
            throw new IllegalArgumentException("if all calls fail nothing ends: " + every);
        }
        return every;
    }

    private static Injection begin(FaultPlan plan) {
        // Any use of the binding loads it, and with it this.
        if (installed == null) {
            throw new IllegalStateException(
                    "start the JVM with -Dtarry.libc="
                            + FaultyLibc.class.getName()
                            + ", and use a scheduler first");
        }
        Injection injection = new Injection(plan);
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
        // The call itself is made without a lock: it may sleep until another thread makes one.
        FaultPlan.Choice choice = injection.plan.choose(method.getName(), given, edges);
        return choice == null ? watched(method, given) : fail(choice, method, given);
    }

    private @Nullable Object fail(FaultPlan.Choice choice, Method method, Object[] arguments)
            throws Throwable {
        String call = method.getName();
        return switch (choice.fault()) {
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
                fewer[2] = choice.within(Math.min((Long) arguments[2] - 1, 1 << 20));
                Object result = watched(method, fewer);
                edges.again((Integer) arguments[0]);
                yield result;
            }
            case RESOURCES -> error(method, choice.refusal(call));
        };
    }

    private static int lastError() {
        return LastError.getLastError(Runtime.getSystemRuntime());
    }

    private static Object error(Method method, Errno errno) {
        if (method.getName().startsWith("posix_spawn")) {
            return errno.intValue(); // these do not set it, but answer it
        }
        LastError.setLastError(Runtime.getSystemRuntime(), errno.intValue());
        if (method.getReturnType() == long.class) {
            return -1L;
        }
        return -1;
    }

    /** The real call, of which the bookkeeping hears. */
    private @Nullable Object watched(Method method, Object[] arguments) throws Throwable {
        edges.announce(method.getName(), arguments);
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
