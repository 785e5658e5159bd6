package dev.tarry.contract;

import dev.tarry.events.Poller;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A poller that reports what a test tells it to, true or not, one report for each call. Knows the
 * descriptors by number only, and asks no system.
 */
final class ScriptedPoller implements Poller {
    /** The bit of {@code Readiness} for readable. */
    static final int READ = 1;

    /** What the next calls of {@code poll} report. */
    private record Report(long token, int readiness) {}

    private final Queue<Report> script = new ArrayDeque<>();
    private final Map<Integer, Long> tokens = new HashMap<>();
    private final Semaphore wakeups = new Semaphore(0);
    private int registrations;
    private int polls;
    private int earlyReturns;

    // ---- the script; called on the loop

    void report(long token, int readiness) {
        script.add(new Report(token, readiness));
    }

    /** The next so many sleeps end before their time, for no reason. */
    void returnEarly(int times) {
        earlyReturns = times;
    }

    /** The token of the present registration of {@code fd}. */
    long tokenOf(int fd) {
        return tokens.get(fd);
    }

    /** How often somebody registered or armed anything. */
    int registrations() {
        return registrations;
    }

    int polls() {
        return polls;
    }

    // ---- the poller

    @Override
    public int addOneShot(int fd, int interest, long token) {
        registrations++;
        tokens.put(fd, token);
        return 0;
    }

    @Override
    public int rearm(int fd, int interest, long token) {
        return addOneShot(fd, interest, token);
    }

    @Override
    public int addEdge(int fd, long token) {
        return addOneShot(fd, READ, token);
    }

    @Override
    public void remove(int fd) {
        tokens.remove(fd);
    }

    @Override
    public void poll(long timeoutNanos, Sink sink) {
        polls++;
        Report report = script.poll();
        if (report != null) {
            sink.ready(report.token, report.readiness);
        } else if (timeoutNanos != 0 && earlyReturns > 0) {
            earlyReturns--;
        } else {
            sleep(timeoutNanos);
        }
    }

    private void sleep(long timeoutNanos) {
        if (timeoutNanos < 0) {
            wakeups.acquireUninterruptibly();
        } else {
            try {
                var unused = wakeups.tryAcquire(timeoutNanos, TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // early, which is allowed
            }
        }
        wakeups.drainPermits();
    }

    @Override
    public void wakeup() {
        wakeups.release();
    }

    @Override
    public void close() {}
}
