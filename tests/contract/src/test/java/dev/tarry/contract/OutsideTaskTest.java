package dev.tarry.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.runtime.Events;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.Task;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** W9: outside a task a wait says how to start one. */
class OutsideTaskTest {

    private static void assertSaysHowToStartOne() {
        UserEvents.Flag flag = new UserEvents.Flag();
        flag.raise(); // ready or not makes no difference
        List<Runnable> calls =
                List.of(
                        () -> Tarry.wait(flag),
                        () -> Tarry.wait(List.of(flag), Duration.ZERO),
                        () -> Tarry.await(flag),
                        () -> Tarry.sleep(Duration.ZERO),
                        () -> Events.after(Duration.ZERO),
                        Tarry::yieldNow);
        for (Runnable call : calls) {
            assertThatThrownBy(call::run)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(Thread.currentThread().getName())
                    .hasMessageContaining("Tarry.run(");
        }
    }

    @Test
    @Timeout(60)
    void platformThread() {
        assertSaysHowToStartOne();
    }

    @Test
    @Timeout(60)
    void virtualThread() throws Exception {
        assertFrom(Thread.ofVirtual());
    }

    private static void assertFrom(Thread.Builder builder) throws Exception {
        CompletableFuture<Void> checked = new CompletableFuture<>();
        Runnable check =
                () -> {
                    try {
                        assertSaysHowToStartOne();
                        checked.complete(null);
                    } catch (Throwable t) {
                        checked.completeExceptionally(t);
                    }
                };
        builder.name("foreign").start(check);
        checked.get();
    }

    @OnBothCarriers
    void virtualThreadThatATaskStarted(Variant variant) throws Exception {
        variant.run(() -> assertFrom(Thread.ofVirtual()));
    }

    @OnBothCarriers
    void platformThreadThatATaskStarted(Variant variant) throws Exception {
        variant.run(() -> assertFrom(Thread.ofPlatform()));
    }

    @OnBothCarriers
    void waitOnBehalfOfAnotherTask_isRefused(Variant variant) throws Exception {
        variant.run(
                () -> {
                    Task<?> me = Task.current();
                    Task<Throwable> other =
                            Tarry.spawn(
                                    () -> {
                                        try {
                                            me.await(new UserEvents.Flag());
                                            return null;
                                        } catch (IllegalStateException e) {
                                            return e;
                                        }
                                    });
                    assertThat(other.join()).hasMessageContaining("main");
                });
    }
}
