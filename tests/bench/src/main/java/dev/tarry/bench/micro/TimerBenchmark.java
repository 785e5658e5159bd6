package dev.tarry.bench.micro;

import dev.tarry.events.Reactor;
import dev.tarry.events.Timer;
import dev.tarry.runtime.TarryService;
import dev.tarry.scheduler.Scheduler;

import io.netty.util.HashedWheelTimer;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

import java.util.SplittableRandom;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Sets a timeout and cancels it, as a server does for each request, while many are pending. */
public class TimerBenchmark extends MicroBenchmark {
    private static final int TIMERS = 10_000;

    @Param({"1000000"})
    public int pending;

    private final SplittableRandom random = new SplittableRandom(1);
    private final TarryService tarry = new TarryService();
    private final HashedWheelTimer wheel = new HashedWheelTimer();
    private final ScheduledThreadPoolExecutor pool = new ScheduledThreadPoolExecutor(1);
    private boolean filled;

    @Setup
    public void start() {
        tarry.startAsync().awaitRunning();
        pool.setRemoveOnCancelPolicy(true);
    }

    @TearDown
    public void stop() {
        tarry.close();
        wheel.stop();
        pool.shutdownNow();
    }

    /** Between a minute and an hour from now: none of them fires during the measurement. */
    private long delay() {
        return random.nextLong(TimeUnit.MINUTES.toNanos(1), TimeUnit.HOURS.toNanos(1));
    }

    private void setAndCancel(Runnable set, Runnable setAndCancel) {
        if (!filled) {
            filled = true;
            for (int i = 0; i < pending; i++) {
                set.run();
            }
        }
        for (int i = 0; i < TIMERS; i++) {
            setAndCancel.run();
        }
    }

    @Benchmark
    @OperationsPerInvocation(TIMERS)
    public void tarry() {
        tarry.submit(
                        () -> {
                            Reactor reactor = Scheduler.current().reactor();
                            setAndCancel(() -> set(reactor), () -> reactor.cancel(set(reactor)));
                        })
                .join();
    }

    private Timer set(Reactor reactor) {
        Timer timer =
                new Timer() {
                    @Override
                    protected void fire() {}
                };
        reactor.schedule(timer, reactor.nanos() + delay());
        return timer;
    }

    @Benchmark
    @OperationsPerInvocation(TIMERS)
    public void nettyWheel() {
        setAndCancel(
                () -> wheel.newTimeout(timeout -> {}, delay(), TimeUnit.NANOSECONDS),
                () -> wheel.newTimeout(timeout -> {}, delay(), TimeUnit.NANOSECONDS).cancel());
    }

    @Benchmark
    @OperationsPerInvocation(TIMERS)
    public void jdkScheduledPool() {
        setAndCancel(
                () -> pool.schedule(() -> {}, delay(), TimeUnit.NANOSECONDS),
                () -> pool.schedule(() -> {}, delay(), TimeUnit.NANOSECONDS).cancel(false));
    }
}
