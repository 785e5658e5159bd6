package dev.tarry.testkit;

import dev.tarry.testkit.FaultyLibc.Fault;

import jnr.constants.platform.Errno;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** Which calls of a {@link FaultyLibc} fail, and how: only where the manual says that they may. */
final class FaultPlan {
    private static final Map<String, List<Errno>> REFUSALS =
            Map.ofEntries(
                    Map.entry("epoll_create1", List.of(Errno.EMFILE, Errno.ENOMEM)),
                    Map.entry("eventfd", List.of(Errno.EMFILE, Errno.ENFILE, Errno.ENOMEM)),
                    Map.entry("epoll_ctl", List.of(Errno.ENOMEM, Errno.ENOSPC)),
                    Map.entry("open", List.of(Errno.EMFILE, Errno.ENFILE, Errno.ENOMEM)),
                    Map.entry("posix_spawn_file_actions_adddup2", List.of(Errno.ENOMEM)),
                    Map.entry("posix_spawn_file_actions_addchdir_np", List.of(Errno.ENOMEM)),
                    Map.entry("posix_spawn_file_actions_addclosefrom_np", List.of(Errno.ENOMEM)),
                    Map.entry("posix_spawn_file_actions_init", List.of(Errno.ENOMEM)),
                    Map.entry("posix_spawnattr_init", List.of(Errno.ENOMEM)),
                    Map.entry("posix_spawnp", List.of(Errno.EAGAIN, Errno.ENOMEM)),
                    Map.entry("pidfd_open", List.of(Errno.EMFILE, Errno.ENFILE, Errno.ENOMEM)),
                    Map.entry("signalfd", List.of(Errno.EMFILE, Errno.ENFILE, Errno.ENOMEM)),
                    Map.entry("inotify_init1", List.of(Errno.EMFILE, Errno.ENOMEM)),
                    Map.entry("inotify_add_watch", List.of(Errno.ENOMEM, Errno.ENOSPC)),
                    Map.entry("pipe2", List.of(Errno.EMFILE, Errno.ENFILE)),
                    Map.entry("socket", List.of(Errno.EMFILE, Errno.ENFILE, Errno.ENOMEM)),
                    Map.entry("socketpair", List.of(Errno.EMFILE, Errno.ENFILE, Errno.ENOMEM)),
                    Map.entry("setsockopt", List.of(Errno.ENOMEM, Errno.ENOBUFS)),
                    Map.entry("getsockname", List.of(Errno.ENOBUFS)),
                    Map.entry(
                            "accept4",
                            List.of(Errno.EMFILE, Errno.ENFILE, Errno.ENOMEM, Errno.ECONNABORTED)));

    /** Not waitid: with WNOHANG it is not interrupted. */
    private static final Set<String> INTERRUPTIBLE =
            Set.of("accept4", "connect", "close", "poll", "epoll_wait", "epoll_pwait2");

    private enum Mode {
        RANDOM,
        EVERY,
        ONCE
    }

    /**
     * What is to be done to one call.
     *
     * @param random to decide the rest with
     */
    record Choice(Fault fault, int random) {
        /** A number from 1 to {@code most}. */
        long within(long most) {
            return 1 + random % most;
        }

        Errno refusal(String call) {
            List<Errno> refusals = REFUSALS.getOrDefault(call, List.of(Errno.ENOMEM));
            return refusals.get(random % refusals.size());
        }
    }

    private final Mode mode;
    private final int number;
    private final Set<Fault> faults;

    private final AtomicBoolean lock = new AtomicBoolean();

    // Any thread, guarded by the lock.
    private final Random random;
    private final Set<String> failedLast = new HashSet<>();
    private int calls;
    private boolean overdue;
    private int count;

    private FaultPlan(Mode mode, int number, long seed, Set<Fault> faults) {
        this.mode = mode;
        this.number = number;
        this.random = Seeds.random(seed, "faults");
        this.faults = faults;
    }

    static FaultPlan random(long seed, int every, Set<Fault> faults) {
        return new FaultPlan(Mode.RANDOM, every, seed, faults);
    }

    static FaultPlan every(int k, Set<Fault> faults) {
        return new FaultPlan(Mode.EVERY, k, k, faults);
    }

    static FaultPlan once(int n, Set<Fault> faults) {
        return new FaultPlan(Mode.ONCE, n, n, faults);
    }

    int count() {
        return locked(() -> count);
    }

    /** What is to be done to this call; null lets it through. */
    @Nullable Choice choose(String call, Object[] arguments, Edges edges) {
        return locked(() -> chooseNow(call, arguments, edges));
    }

    /**
     * With a lock that nobody sleeps for. A task that did would leave the loop in the middle of
     * what may be the loop's own call; and if the loop then had to sleep as well, behind that task,
     * the task could never run to take its turn, nor the loop.
     */
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

    private @Nullable Choice chooseNow(String call, Object[] arguments, Edges edges) {
        List<Fault> possible = possible(call, arguments, edges);
        if (possible.isEmpty() || !isDue(call, arguments)) {
            return null;
        }
        count++;
        Fault fault = possible.get(random.nextInt(possible.size()));
        return new Choice(fault, random.nextInt(Integer.MAX_VALUE));
    }

    private boolean isDue(String call, Object[] arguments) {
        calls++;
        return switch (mode) {
            case RANDOM -> random.nextInt(number) == 0;
            case EVERY -> isEach(call, arguments);
            case ONCE -> calls == number;
        };
    }

    // One that has to be let through is made up for by the next that can fail.
    private boolean isEach(String call, Object[] arguments) {
        overdue |= calls % number == 0;
        String what = call + (arguments[0] instanceof Integer fd ? fd : "");
        if (failedLast.remove(what) || !overdue) {
            return false;
        }
        overdue = false;
        return failedLast.add(what);
    }

    /** Its time is over at once, and what is ready comes before a signal. */
    private static boolean isLook(String call, Object[] arguments) {
        return call.equals("epoll_wait") && (Integer) arguments[3] == 0;
    }

    private List<Fault> possible(String call, Object[] arguments, Edges edges) {
        List<Fault> possible = new ArrayList<>();
        boolean moves = call.equals("read") || call.equals("write");
        // One byte more or less, or a wake-up through an eventfd: never cut short or refused.
        boolean bytes = moves && edges.isStream(arguments[0]) && (Long) arguments[2] > 1;
        if (INTERRUPTIBLE.contains(call) && !isLook(call, arguments)
                || bytes
                || moves && edges.isQueue(arguments[0])) {
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
        possible.retainAll(faults);
        return possible;
    }
}
