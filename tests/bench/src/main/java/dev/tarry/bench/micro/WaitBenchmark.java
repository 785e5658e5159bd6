package dev.tarry.bench.micro;

import com.softwaremill.jox.Select;
import com.softwaremill.jox.SelectClause;

import dev.tarry.events.Event;
import dev.tarry.runtime.Body;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Tarry;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

import java.util.ArrayList;
import java.util.List;

/** One task waits for any of n channels, another one sends to one after the other. */
@OperationsPerInvocation(WaitBenchmark.WAITS)
public class WaitBenchmark extends MicroBenchmark {
    static final int WAITS = 2_000;
    private static final Integer MESSAGE = 1;

    @Param({"1", "3", "10", "1000"})
    public int events;

    @Benchmark
    @Fork(jvmArgsAppend = VirtualThreads.ONE_PROCESSOR)
    public void tarryLoop() {
        Carriers.loop(waitAndSend());
    }

    @Benchmark
    public void tarryHandoff() {
        Carriers.handoff(waitAndSend());
    }

    private Body waitAndSend() {
        List<Channel<Integer>> channels = new ArrayList<>();
        List<Event<Integer>> receiving = new ArrayList<>();
        for (int i = 0; i < events; i++) {
            channels.add(Channel.rendezvous());
            receiving.add(channels.get(i).receiving());
        }
        return () -> {
            Tarry.spawn(
                    () -> {
                        for (int i = 0; i < WAITS; i++) {
                            channels.get(i % events).send(MESSAGE);
                        }
                    });
            for (int i = 0; i < WAITS; i++) {
                Tarry.wait(receiving);
            }
        };
    }

    /** What a message is made into by whoever chose it, so that a switch can tell. */
    private record News(Integer message) {}

    @Benchmark
    @Fork(jvmArgsAppend = VirtualThreads.ONE_PROCESSOR)
    public void tarryTyped() {
        List<Channel<Integer>> channels = new ArrayList<>();
        List<Event<News>> all = new ArrayList<>();
        for (int i = 0; i < events; i++) {
            channels.add(Channel.rendezvous());
            all.add(channels.get(i).receiving().map(News::new));
        }
        Event<News> news = Event.anyOf(all);
        Carriers.loop(
                () -> {
                    Tarry.spawn(
                            () -> {
                                for (int i = 0; i < WAITS; i++) {
                                    channels.get(i % events).send(MESSAGE);
                                }
                            });
                    for (int i = 0; i < WAITS; i++) {
                        Tarry.await(news);
                    }
                });
    }

    @Benchmark
    @Fork(jvmArgsAppend = VirtualThreads.ONE_PROCESSOR)
    public void joxTyped() throws InterruptedException {
        List<com.softwaremill.jox.Channel<Integer>> channels = new ArrayList<>();
        SelectClause<?>[] clauses = new SelectClause<?>[events];
        for (int i = 0; i < events; i++) {
            channels.add(com.softwaremill.jox.Channel.newRendezvousChannel());
            clauses[i] = channels.get(i).receiveClause(News::new);
        }
        int[] next = {0};
        VirtualThreads.both(
                VirtualThreads.repeat(WAITS, () -> channels.get(next[0]++ % events).send(MESSAGE)),
                VirtualThreads.repeat(WAITS, () -> Select.select(clauses)));
    }

    @Benchmark
    @Fork(jvmArgsAppend = VirtualThreads.ONE_PROCESSOR)
    public void jox() throws InterruptedException {
        List<com.softwaremill.jox.Channel<Integer>> channels = new ArrayList<>();
        SelectClause<?>[] clauses = new SelectClause<?>[events];
        for (int i = 0; i < events; i++) {
            channels.add(com.softwaremill.jox.Channel.newRendezvousChannel());
            clauses[i] = channels.get(i).receiveClause();
        }
        int[] next = {0};
        VirtualThreads.both(
                VirtualThreads.repeat(WAITS, () -> channels.get(next[0]++ % events).send(MESSAGE)),
                VirtualThreads.repeat(WAITS, () -> Select.select(clauses)));
    }

    @Benchmark
    @Fork(jvmArgsAppend = VirtualThreads.ONE_PROCESSOR)
    public void kotlinx() throws InterruptedException {
        List<kotlinx.coroutines.channels.Channel<Object>> channels = new ArrayList<>();
        for (int i = 0; i < events; i++) {
            channels.add(KotlinLoop.channel(0));
        }
        KotlinLoop.both(
                WAITS,
                (i, c) -> KotlinLoop.select(channels, c),
                (i, c) -> channels.get(i % events).send(MESSAGE, KotlinLoop.unit(c)));
    }
}
