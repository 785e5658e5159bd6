package dev.tarry.testkit;

import dev.tarry.events.Poller;
import dev.tarry.scheduler.Scheduler;

import org.jspecify.annotations.Nullable;

import java.time.Duration;

/**
 * The poller of a simulation with a watch on sleeps without end: if no task has a timer and nothing
 * comes from outside for long, nothing ever will, and the tasks are cancelled with a report.
 */
final class SimulationPoller implements Poller {
    private final Poller poller;
    private final Duration patience;
    private final Trace trace;
    private @Nullable Scheduler scheduler;

    SimulationPoller(Poller poller, Duration patience, Trace trace) {
        this.poller = poller;
        this.patience = patience;
        this.trace = trace;
    }

    void begin(Scheduler now) {
        scheduler = now;
    }

    @Override
    public void poll(long timeoutNanos, Sink to) {
        Sink sink = traced(to);
        Scheduler watched = scheduler;
        if (timeoutNanos >= 0 || watched == null) {
            poller.poll(timeoutNanos, sink);
            return;
        }
        long begin = System.nanoTime();
        poller.poll(patience.toNanos(), sink);
        if (System.nanoTime() - begin >= patience.toNanos()) {
            watched.root()
                    .cancel(
                            new IllegalStateException(
                                    "all tasks wait, and nothing has come from outside for "
                                            + patience
                                            + ":\n"
                                            + watched.dump()));
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
