package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.util.concurrent.Service;

import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Tarry;
import dev.tarry.runtime.TarryService;
import dev.tarry.scheduler.CancelledException;
import dev.tarry.scheduler.RunQueue;
import dev.tarry.scheduler.Scheduler;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;

/** A scheduler on a thread of its own, used by an application that has threads. */
@Timeout(60)
class TarryServiceTest {

    @AfterEach
    void chooseTheCarrierFreely() {
        System.clearProperty("tarry.carrier");
    }

    private static TarryService start(String carrier) {
        System.setProperty("tarry.carrier", carrier);
        return Tarry.start();
    }

    @BothCarriers
    void submittedTask_tellsItsValueOrFailure(String carrier) throws Exception {
        try (TarryService tarry = start(carrier)) {
            Channel<String> channel = Channel.rendezvous();
            CompletableFuture<String> received = tarry.submit(() -> channel.receive());
            tarry.submit(() -> channel.send("message")).get();
            assertThat(received.get()).isEqualTo("message");
            CompletableFuture<Void> failed =
                    tarry.submit(
                            () -> {
                                throw new IOException("disk on fire");
                            });
            assertThatThrownBy(failed::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasRootCauseMessage("disk on fire");
            assertThat(tarry.submit(() -> "still there").get()).isEqualTo("still there");
        }
    }

    @BothCarriers
    void closeByATask_endsAllOfThem_andDoesNotWaitForItself(String carrier) throws Exception {
        TarryService tarry = start(carrier);
        CompletableFuture<Void> other = tarry.submit(() -> Tarry.sleep(Duration.ofHours(1)));
        CompletableFuture<String> closing =
                tarry.submit(
                        () -> {
                            tarry.close();
                            return "closed";
                        });
        assertThat(closing.get()).isEqualTo("closed");
        assertThatThrownBy(other::get).hasCauseInstanceOf(CancelledException.class);
        tarry.close();
        assertThat(tarry.service().state()).isEqualTo(Service.State.TERMINATED);
    }

    @BothCarriers
    void close_endsWaitingTasks_andTheThread(String carrier) throws Exception {
        AtomicReference<Thread> loop = new AtomicReference<>();
        CompletableFuture<String> cleanedUp = new CompletableFuture<>();
        CompletableFuture<Object> waiting;
        try (TarryService tarry = start(carrier)) {
            Channel<Object> never = Channel.rendezvous();
            CompletableFuture<Void> begun = new CompletableFuture<>();
            waiting =
                    tarry.submit(
                            () -> {
                                try {
                                    begun.complete(null);
                                    return never.receive();
                                } finally {
                                    cleanedUp.complete("yes");
                                }
                            });
            begun.get();
            loop.set(
                    Thread.getAllStackTraces().keySet().stream()
                            .filter(thread -> thread.getName().startsWith("tarry-service"))
                            .findAny()
                            .orElseThrow());
        }
        assertThat(cleanedUp).isCompletedWithValue("yes");
        assertThatThrownBy(waiting::get).hasCauseInstanceOf(CancelledException.class);
        loop.get().join(); // the service has said that it is over, its thread a moment later is
    }

    @BothCarriers
    void cancelledFuture_cancelsItsTaskOnly(String carrier) throws Exception {
        try (TarryService tarry = start(carrier)) {
            Channel<String> channel = Channel.shared(0);
            CompletableFuture<Void> ended = new CompletableFuture<>();
            CompletableFuture<String> cancelled =
                    tarry.submit(
                            () -> {
                                try {
                                    return channel.receive();
                                } finally {
                                    ended.complete(null);
                                }
                            });
            tarry.submit(() -> {}).get(); // the first has begun before
            cancelled.cancel(false);
            ended.get();
            CompletableFuture<String> other = tarry.submit(() -> channel.receive());
            channel.send("for the other"); // this thread waits until it has it
            assertThat(other.get()).isEqualTo("for the other");
        }
    }

    @Test
    void submitBeforeTheStartAndAfterTheEnd_isRefused() {
        TarryService service = new TarryService();
        assertThatThrownBy(() -> service.submit(() -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("NEW");
        service.start();
        service.close();
        assertThat(service.service().state()).isEqualTo(Service.State.TERMINATED);
        assertThatThrownBy(() -> service.submit(() -> {}).get())
                .hasCauseInstanceOf(IllegalStateException.class)
                .hasMessageContaining("stopped");
    }

    @Test
    void errorOfTheSchedulerItself_failsTheServiceAndEveryFuture() {
        RunQueue fifo = RunQueue.fifo();
        TarryService service =
                new TarryService(
                        Scheduler.builder()
                                .runQueue(
                                        new RunQueue() {
                                            private int taken;

                                            @Override
                                            public void add(Runnable ready) {
                                                fifo.add(ready);
                                            }

                                            @Override
                                            public Runnable take() {
                                                if (++taken == 3) {
                                                    throw new IllegalStateException("broken");
                                                }
                                                return fifo.take();
                                            }

                                            @Override
                                            public int size() {
                                                return fifo.size();
                                            }
                                        }));
        service.start();
        Channel<String> never = Channel.shared(0);
        CompletableFuture<String> waiting = service.submit(never::receive);
        CompletableFuture<String> next = service.submit(never::receive);
        assertThatThrownBy(waiting::get).isInstanceOf(ExecutionException.class);
        assertThatThrownBy(next::get).isInstanceOf(ExecutionException.class);
        assertThatThrownBy(service.service()::awaitTerminated).hasMessageContaining("FAILED");
        assertThat(service.service().failureCause()).hasRootCauseMessage("broken");
    }
}
