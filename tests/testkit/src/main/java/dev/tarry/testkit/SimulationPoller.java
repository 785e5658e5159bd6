package dev.tarry.testkit;

import dev.tarry.events.Poller;
import dev.tarry.events.Reactor;

import org.jspecify.annotations.Nullable;

/**
 * The poller of a simulation: traces what the system tells, and does not sleep without end. If the
 * tasks have no timer and wait for something from outside, it sleeps only as long as that may take.
 */
final class SimulationPoller implements Poller {
    private final Poller poller;
    private final Trace trace;
    private final VirtualClock clock;
    private final RunWatch watch;
    private @Nullable Reactor reactor;

    SimulationPoller(Poller poller, Trace trace, VirtualClock clock, RunWatch watch) {
        this.poller = poller;
        this.trace = trace;
        this.clock = clock;
        this.watch = watch;
    }

    void begin(Reactor of) {
        reactor = of;
    }

    @Override
    public void poll(long timeoutNanos, Sink to) {
        Sink sink = traced(to);
        if (timeoutNanos == 0 || reactor == null || reactor.hasTimers() || clock.hasLimit()) {
            poller.poll(timeoutNanos, sink);
        } else {
            long most = watch.restOfPatience();
            poller.poll(timeoutNanos < 0 ? most : Math.min(most, timeoutNanos), sink);
            watch.slept();
        }
    }

    // Without the number of the descriptor, which the rest of the JVM has a hand in.
    private Sink traced(Sink sink) {
        return (token, readiness) -> {
            trace.mix(token >>> 32);
            trace.mix(readiness);
            sink.ready(token, readiness);
        };
    }

    @Override
    public int addOneShot(int fd, int interest, long token) {
        return poller.addOneShot(fd, interest, token);
    }

    @Override
    public int rearm(int fd, int interest, long token) {
        return poller.rearm(fd, interest, token);
    }

    @Override
    public int addEdge(int fd, long token) {
        return poller.addEdge(fd, token);
    }

    @Override
    public void expect(int fd, int interest) {
        poller.expect(fd, interest);
    }

    @Override
    public void remove(int fd) {
        poller.remove(fd);
    }

    @Override
    public void wakeup() {
        poller.wakeup();
    }

    @Override
    public void close() {
        poller.close();
    }
}
