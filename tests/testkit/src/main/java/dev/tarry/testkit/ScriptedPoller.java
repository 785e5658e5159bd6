package dev.tarry.testkit;

import dev.tarry.events.Poller;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;

/**
 * A poller to which the test tells what is ready, and which can lie the way real ones may: reports
 * of what is not ready, or was removed, and sleeps that end early. For late timers see {@link
 * VirtualClock#lateness}.
 *
 * <pre>{@code
 * var poller = new ScriptedPoller();
 * Simulation.builder().poller(poller).run(() -> {
 *     Tarry.spawn(() -> Tarry.await(fd.readable()));
 *     Simulation.awaitAllBlocked();
 *     poller.report(fd.number(), Readiness.READ);
 * });
 * }</pre>
 *
 * <p>The numbers must be open descriptors, whose own state is the system's; what is scripted is who
 * is told, and when. Loop only, but {@link #wakeup}.
 */
public final class ScriptedPoller implements Poller {
    private static final int ONE_SHOT_SPENT = 0;
    private static final int ALL = -1;

    /** How long, in real time, a sleep without end waits for another thread before it gives up. */
    private static final long PATIENCE_SECONDS = 5;

    private static final class Registration {
        final long token;
        int interest;

        Registration(long token, int interest) {
            this.token = token;
            this.interest = interest;
        }
    }

    private final @Nullable Poller system;
    private final Map<Integer, Registration> registrations = new HashMap<>();
    private final List<Long> removed = new ArrayList<>();
    private final Map<Long, Integer> reports = new LinkedHashMap<>();
    private final Semaphore wakeups = new Semaphore(0);
    private int earlyReturns;
    private int polls;
    private int armings;
    private int refusal;

    /** A poller that has nothing to report. */
    public ScriptedPoller() {
        this.system = null;
    }

    /**
     * A poller that reports what the system does, and besides that what the script says: lies among
     * the truth.
     *
     * @param system becomes its own, and is closed with it
     */
    public ScriptedPoller(Poller system) {
        this.system = system;
    }

    // ---- the script

    /**
     * The next poll reports {@code readiness}, if {@code fd} is registered and waited for. Whether
     * it is really so is not asked: a report of what is not ready is a spurious one.
     *
     * @param readiness bits of {@link dev.tarry.events.Readiness}
     * @return false if nobody would be told
     */
    public boolean report(int fd, int readiness) {
        Registration found = registrations.get(fd);
        if (found == null || found.interest == ONE_SHOT_SPENT) {
            return false;
        }
        reports.merge(found.token, readiness, (a, b) -> a | b);
        return true;
    }

    /** The next poll reports everything that was registered once and is not any more. */
    public void reportStale(int readiness) {
        removed.forEach(token -> reports.put(token, readiness));
    }

    /**
     * The next poll reports this token, be it of what is registered, of what has gone, or one that
     * never was.
     */
    public void reportToken(long token, int readiness) {
        reports.merge(token, readiness, (a, b) -> a | b);
    }

    /**
     * The token of the present registration of {@code fd}.
     *
     * @throws IllegalStateException if it has none
     */
    public long tokenOf(int fd) {
        Registration found = registrations.get(fd);
        if (found == null) {
            throw new IllegalStateException("fd " + fd + " is not registered");
        }
        return found.token;
    }

    /**
     * From now on registrations are refused, as for want of memory.
     *
     * @param errno 0 accepts them again
     */
    public void refuse(int errno) {
        refusal = errno;
    }

    /** The next sleeps, so many, end at once though nothing has happened. */
    public void returnEarly(int times) {
        earlyReturns = times;
    }

    /** Whether {@code fd} is known, and waits for a report. */
    public boolean isArmed(int fd) {
        Registration found = registrations.get(fd);
        return found != null && found.interest != ONE_SHOT_SPENT;
    }

    /** How often something was registered, or armed again. */
    public int armings() {
        return armings;
    }

    /** How often the loop has asked. */
    public int polls() {
        return polls;
    }

    // ---- the poller

    @Override
    public int addOneShot(int fd, int interest, long token) {
        int result = answer(s -> s.addOneShot(fd, interest, token));
        return put(fd, new Registration(token, interest), result);
    }

    @Override
    public int rearm(int fd, int interest, long token) {
        int result = answer(s -> s.rearm(fd, interest, token));
        return put(fd, new Registration(token, interest), result);
    }

    @Override
    public int addEdge(int fd, long token) {
        return put(fd, new Registration(token, ALL), answer(s -> s.addEdge(fd, token)));
    }

    @Override
    public void expect(int fd, int interest) {
        if (system != null) {
            system.expect(fd, interest);
        }
    }

    private int answer(ToIntFunction<Poller> ofTheSystem) {
        if (refusal != 0) {
            return -refusal;
        }
        return system == null ? 0 : ofTheSystem.applyAsInt(system);
    }

    private int put(int fd, Registration registration, int result) {
        if (result < 0) {
            return result;
        }
        armings++;
        Registration before = registrations.put(fd, registration);
        if (before != null && before.token != registration.token) {
            removed.add(before.token);
        }
        return 0;
    }

    @Override
    public void remove(int fd) {
        Registration before = registrations.remove(fd);
        if (before != null) {
            removed.add(before.token);
        }
        if (system != null) {
            system.remove(fd);
        }
    }

    @Override
    public String registrationCall() {
        return system != null ? system.registrationCall() : Poller.super.registrationCall();
    }

    @Override
    public void poll(long timeoutNanos, Sink sink) {
        polls++;
        if (system == null && reports.isEmpty() && timeoutNanos != 0) {
            sleep(timeoutNanos);
        }
        Map<Long, Integer> batch = new LinkedHashMap<>(reports);
        reports.clear();
        batch.keySet().forEach(token -> spend(token, true));
        if (system != null) {
            boolean early = timeoutNanos != 0 && (!batch.isEmpty() || earlyReturns-- > 0);
            system.poll(
                    early ? 0 : timeoutNanos,
                    (token, readiness) -> {
                        spend(token, false);
                        batch.merge(token, readiness, (a, b) -> a | b);
                    });
        }
        batch.forEach(sink::ready);
    }

    /**
     * It has had its one report. If that was the script's, the system must not bring another one.
     */
    private void spend(long token, boolean scripted) {
        registrations.forEach(
                (fd, found) -> {
                    if (found.token == token && found.interest != ALL) {
                        found.interest = ONE_SHOT_SPENT;
                        if (scripted && system != null) {
                            system.remove(fd);
                        }
                    }
                });
    }

    private void sleep(long timeoutNanos) {
        if (earlyReturns > 0) {
            earlyReturns--;
            return;
        }
        long limit = TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        try {
            boolean woken =
                    wakeups.tryAcquire(
                            timeoutNanos > 0 ? timeoutNanos : limit, TimeUnit.NANOSECONDS);
            wakeups.drainPermits();
            if (!woken && timeoutNanos < 0) {
                throw new IllegalStateException(
                        "all tasks wait, and the script of the poller says nothing; registered are "
                                + registrations.keySet());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // whoever interrupts the loop posts what it wants
        }
    }

    @Override
    public void wakeup() {
        if (system != null) {
            system.wakeup();
        } else {
            wakeups.release();
        }
    }

    @Override
    public void close() {
        registrations.clear();
        if (system != null) {
            system.close();
        }
    }
}
