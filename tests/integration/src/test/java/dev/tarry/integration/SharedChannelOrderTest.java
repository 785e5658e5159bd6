package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.events.Backend;
import dev.tarry.runtime.Channel;
import dev.tarry.scheduler.Scheduler;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;

/** What one sender sends over a shared channel comes out in that order, whoever is quicker. */
@Timeout(120)
class SharedChannelOrderTest {
    private static final int MESSAGES = 50_000;

    private static final class Backwards {
        private int last = -1;
        private final List<String> jumps = new ArrayList<>();

        void next(int message) {
            if (message != last + 1) {
                jumps.add(last + " then " + message);
            }
            last = message;
        }
    }

    private static void send(Channel<Integer> channel) {
        for (int i = 0; i < MESSAGES; i++) {
            channel.send(i);
        }
        channel.close();
    }

    private static void receive(Channel<Integer> channel) {
        Backwards order = new Backwards();
        for (int message : channel) {
            order.next(message);
        }
        assertThat(order.jumps).isEmpty();
        assertThat(order.last).isEqualTo(MESSAGES - 1);
    }

    private static FutureTask<Void> start(Runnable body) {
        FutureTask<Void> running = new FutureTask<>(body, null);
        Thread.ofPlatform().daemon().name("receiver").start(running);
        return running;
    }

    static Stream<Arguments> loops() {
        return Stream.of("loop", "handoff")
                .flatMap(
                        carrier ->
                                Arrays.stream(Backend.values())
                                        .filter(Backend::isAvailable)
                                        .flatMap(
                                                backend ->
                                                        Stream.of(0, 1, 2, 64)
                                                                .map(
                                                                        capacity ->
                                                                                Arguments.of(
                                                                                        carrier,
                                                                                        backend,
                                                                                        capacity))));
    }

    @ParameterizedTest(name = "{0}, {1}, capacity {2}")
    @MethodSource("loops")
    void twoSchedulers(String carrier, Backend backend, int capacity) throws Exception {
        Channel<Integer> channel = Channel.shared(capacity);
        FutureTask<Void> receiver =
                start(() -> Runs.on(carrier, on(backend), () -> receive(channel)));
        Runs.on(carrier, on(backend), () -> send(channel));
        receiver.get();
    }

    private static Scheduler.Builder on(Backend backend) {
        return Scheduler.builder().poller(backend.open());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 64})
    void twoThreads(int capacity) throws Exception {
        Channel<Integer> channel = Channel.shared(capacity);
        FutureTask<Void> receiver = start(() -> receive(channel));
        send(channel);
        receiver.get();
    }

    @Test
    void threadAndScheduler() throws Exception {
        Channel<Integer> there = Channel.shared(1);
        Channel<Integer> back = Channel.shared(1);
        FutureTask<Void> other =
                start(
                        () ->
                                Runs.on(
                                        "loop",
                                        () -> {
                                            there.forEach(back::send);
                                            back.close();
                                        }));
        FutureTask<Void> receiver = start(() -> receive(back));
        send(there);
        other.get();
        receiver.get();
    }
}
