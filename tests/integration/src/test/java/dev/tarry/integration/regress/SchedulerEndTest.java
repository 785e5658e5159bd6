package dev.tarry.integration.regress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.events.Event;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.CancelledException;
import dev.tarry.scheduler.DeadlockException;
import dev.tarry.scheduler.Scheduler;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.File;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;

/** What a scheduler leaves behind when it ends, well or badly. */
@Timeout(30)
class SchedulerEndTest {

    @Test
    void virtualThreadThatATaskStarted_goesOnAfterTheEnd() throws InterruptedException {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        Tarry.run(
                () -> {
                    var unused =
                            Thread.startVirtualThread(
                                    () -> {
                                        awaitUninterrupted(release);
                                        done.countDown();
                                    });
                    Tarry.yieldNow(); // it runs here until it blocks
                });
        release.countDown();
        done.await();
    }

    @Test
    void virtualThreadThatIsReadyAtTheEnd_runsAllTheSame() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        Tarry.run(
                () -> {
                    var unused = Thread.startVirtualThread(done::countDown);
                });
        done.await();
    }

    @Test
    void postedActionThatFailsInTheLastTurn_harmsNobodyAndLeaksNothing() {
        IllegalStateException bug = new IllegalStateException("bug");
        int ran = Tarry.call(() -> post(bug) ? 1 : 0); // the first one opens logs and jars
        int before = openDescriptors();
        for (int i = 1; i < 10; i++) {
            ran += Tarry.call(() -> post(bug) ? 1 : 0);
        }
        assertThat(ran).isEqualTo(10);
        assertThat(openDescriptors()).isLessThanOrEqualTo(before + 2);
    }

    @Test
    void postedActionThatFailsWhileATaskLooks_stopsNeitherTheLoopNorTheTask() {
        boolean looked =
                Tarry.call(
                        () -> {
                            post(new IllegalStateException("bug"));
                            return Tarry.wait(List.of(), Duration.ZERO).isEmpty();
                        });
        assertThat(looked).isTrue();
    }

    @Test
    void carrierThatDoesNotExist_leaksNoDescriptors() {
        String earlier = System.setProperty("tarry.carrier", "nonsense");
        int before = openDescriptors();
        try {
            for (int i = 0; i < 10; i++) {
                assertThatThrownBy(() -> Tarry.run(() -> {}))
                        .isInstanceOf(IllegalArgumentException.class);
            }
        } finally {
            if (earlier == null) {
                System.clearProperty("tarry.carrier");
            } else {
                System.setProperty("tarry.carrier", earlier);
            }
        }
        assertThat(openDescriptors()).isLessThanOrEqualTo(before + 2);
    }

    @Test
    void secondDeadlock_isThrownAsDeadlock() {
        assertThatThrownBy(() -> Tarry.run(SchedulerEndTest::waitInVainTwice))
                .isInstanceOf(DeadlockException.class);
    }

    private static void waitInVainTwice() throws Exception {
        Event<?> none = Channel.rendezvous().receiving();
        try {
            var unused = Tarry.wait(none);
        } catch (CancelledException e) {
            var unused = Scope.shield(s -> Tarry.wait(none));
        }
    }

    private static boolean post(RuntimeException bug) {
        return Scheduler.current()
                .reactor()
                .post(
                        () -> {
                            throw bug;
                        });
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int openDescriptors() {
        return Objects.requireNonNull(new File("/proc/self/fd").list()).length;
    }
}
