package dev.tarry.bench.micro;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.tarry.events.Reactor;
import dev.tarry.events.Timer;
import dev.tarry.runtime.Tarry;
import dev.tarry.runtime.TarryService;
import dev.tarry.scheduler.Scheduler;

import io.netty.util.HashedWheelTimer;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.TearDown;

import java.util.SplittableRandom;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/** Sets a timeout and cancels it, as a server does for each request, while many are pending. */
@OperationsPerInvocation(TimerBenchmark.TIMERS)
public class TimerBenchmark extends MicroBenchmark {
    static final int TIMERS = 10_000;

    @Param({"1000000"})
    public int pending;

    private final SplittableRandom random = new SplittableRandom(1);
    private final TarryService tarry = Tarry.start();
    private final HashedWheelTimer wheel = new HashedWheelTimer();
    private final ScheduledThreadPoolExecutor pool = new ScheduledThreadPoolExecutor(1);
    private int filled;

    public TimerBenchmark() {
        pool.setRemoveOnCancelPolicy(true);
    }

    @TearDown
    public void stop() {
        tarry.close();
        wheel.stop();
        pool.shutdownNow();
    }

    private long delay() {
        return random.nextLong(60_000_000_000L, 3_600_000_000_000L);
    }

    private void setAndCancel(Runnable set, Runnable setAndCancel) {
        for (; filled < pending; filled++) {
            set.run();
        }
        for (int i = 0; i < TIMERS; i++) {
            setAndCancel.run();
        }
    }

    @Benchmark
    public void tarry() {
        tarry.submit(this::inTask).join();
    }

    private void inTask() {
        Reactor reactor = Scheduler.current().reactor();
        setAndCancel(() -> set(reactor), () -> reactor.cancel(set(reactor)));
    }

    private Timer set(Reactor reactor) {
        Timer timer = new SilentTimer();
        reactor.schedule(timer, reactor.nanos() + delay());
        return timer;
    }

    @Benchmark
    public void nettyWheel() {
        setAndCancel(
                () -> wheel.newTimeout(timeout -> {}, delay(), NANOSECONDS),
                () -> wheel.newTimeout(timeout -> {}, delay(), NANOSECONDS).cancel());
    }

    @Benchmark
    public void jdkScheduledPool() {
        setAndCancel(
                () -> pool.schedule(() -> {}, delay(), NANOSECONDS),
                () -> pool.schedule(() -> {}, delay(), NANOSECONDS).cancel(false));
    }
}
