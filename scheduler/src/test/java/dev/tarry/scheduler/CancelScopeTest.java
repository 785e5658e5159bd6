package dev.tarry.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.events.FiredEvents;
import dev.tarry.scheduler.TestEvents.Flag;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What is cancelled together, and what is not. */
@Timeout(30)
class CancelScopeTest {
    private final Flag never = new Flag("never");

    /** A part of a task's run. */
    private static final class Part extends CancelScope implements AutoCloseable {
        Part(String name) {
            super(name, false);
            enter();
        }

        Throwable meaningOf(Throwable t) {
            return meaning(t);
        }

        @Override
        public void close() {
            leave();
        }
    }

    private void assertThrows(CancelScope origin) {
        assertThatThrownBy(() -> Tasks.await(never))
                .isInstanceOfSatisfying(
                        CancelledException.class, e -> assertThat(e.origin()).isSameAs(origin));
    }

    @Test
    void cancelledPart_endsWithItsCancel() throws Exception {
        Tasks.run(
                () -> {
                    CancelScope before = Task.current().scope();
                    try (Part part = new Part("part")) {
                        assertThat(Task.current().scope()).isSameAs(part);
                        assertThat(part.parent()).isSameAs(before);
                        assertThat(part.isCancelled()).isFalse();
                        part.cancel();
                        part.cancel(new IOException("the second time"));
                        assertThat(part.isCancelled()).isTrue();
                        assertThat(part.reason()).isNull();
                        assertThrows(part);
                        assertThrows(part);
                        assertThatThrownBy(() -> Task.current().yield())
                                .isInstanceOf(CancelledException.class)
                                .hasMessage("part was cancelled");
                    }
                    assertThat(Task.current().scope()).isSameAs(before);
                    assertThat(before.isCancelled()).isFalse();
                    Task.current().yield();
                });
    }

    @Test
    void reason_isTheCauseOfWhatIsThrown() throws Exception {
        Tasks.run(
                () -> {
                    IOException why = new IOException("why");
                    try (Part outer = new Part("outer");
                            Part inner = new Part("inner")) {
                        outer.cancel(why);
                        assertThat(outer.reason()).isSameAs(why);
                        assertThat(inner.isCancelled()).isTrue();
                        assertThatThrownBy(() -> Tasks.await(never)).hasCause(why);
                        assertThrows(outer);
                    }
                });
    }

    @Test
    void cancelOfAnInnerPart_doesNotReachTheOuter() throws Exception {
        Tasks.run(
                () -> {
                    try (Part outer = new Part("outer")) {
                        try (Part inner = new Part("inner")) {
                            inner.cancel();
                            assertThrows(inner);
                            assertThat(inner.isWithin(outer)).isTrue();
                            assertThat(outer.isWithin(inner)).isFalse();
                            assertThat(outer.isWithin(outer)).isTrue();
                        }
                        assertThat(outer.isCancelled()).isFalse();
                        Task.current().yield();
                    }
                });
    }

    @Test
    void partBegunInsideACancelledOne_isCancelledFromTheStart() throws Exception {
        Tasks.run(
                () -> {
                    try (Part outer = new Part("outer")) {
                        outer.cancel();
                        try (Part inner = new Part("inner")) {
                            assertThrows(outer);
                            assertThat(inner.isCancelled()).isTrue();
                        }
                    }
                });
    }

    @Test
    void shield_keepsTheCancelOutsideAndNotItsOwn() throws Exception {
        Tasks.run(
                () -> {
                    try (Part outer = new Part("outer")) {
                        outer.cancel();
                        String result =
                                CancelScope.shield(
                                        () -> {
                                            Task.current().yield();
                                            try (Part inner = new Part("inner")) {
                                                assertThat(inner.isCancelled()).isFalse();
                                                inner.cancel();
                                                assertThrows(inner);
                                            }
                                            return "cleaned up";
                                        });
                        assertThat(result).isEqualTo("cleaned up");
                        assertThrows(outer);
                    }
                });
    }

    @Test
    void cancelDuringAShield_isToldAfterIt() throws Exception {
        Tasks.run(
                () -> {
                    try (Part outer = new Part("outer")) {
                        CancelScope.shield(
                                () -> {
                                    outer.cancel();
                                    Task.current().yield();
                                    return "undisturbed";
                                });
                        assertThrows(outer);
                    }
                });
    }

    @Test
    void cancelReachesAllThatIsBelow_thoughOthersHaveEnded() throws Exception {
        Tasks.run(
                () -> {
                    Scheduler scheduler = Scheduler.current();
                    for (int gone = 0; gone < 3; gone++) { // the newest, the middle, the oldest
                        CancelScope parent =
                                new CancelScope(scheduler, "p", scheduler.root(), false);
                        List<Task<FiredEvents<?>>> tasks = new ArrayList<>();
                        List<Flag> flags = new ArrayList<>();
                        for (int i = 0; i < 3; i++) {
                            Flag flag = new Flag("flag" + i);
                            flags.add(flag);
                            tasks.add(
                                    scheduler.spawn(
                                            "t" + i, parent, () -> Tasks.await(flag), t -> {}));
                        }
                        Tasks.yield();
                        flags.get(gone).raise();
                        assertThat(tasks.get(gone).join()).hasSize(1);
                        assertThat(tasksIn(parent)).hasSize(2);
                        parent.cancel();
                        tasks.remove(gone);
                        for (Task<FiredEvents<?>> task : tasks) {
                            assertThatThrownBy(task::join)
                                    .hasCauseInstanceOf(CancelledException.class);
                        }
                        assertThat(tasksIn(parent)).isEmpty();
                        parent.end();
                    }
                    assertThat(tasksIn(scheduler.root())).containsExactly("main");
                });
    }

    private static Set<String> tasksIn(CancelScope scope) {
        Set<String> names = new TreeSet<>();
        scope.forEachTask(task -> names.add(task.name()));
        return names;
    }

    @Test
    void cancelFromAnotherThread_arrives() throws Exception {
        Tasks.run(
                () -> {
                    try (Part part = new Part("part")) {
                        assertThat(part.scheduler()).isSameAs(Scheduler.current());
                        assertThat(part.name()).isEqualTo("part");
                        Thread.ofPlatform().start(part::cancel);
                        assertThatThrownBy(
                                        () -> {
                                            while (true) {
                                                Tasks.await(Duration.ZERO, never);
                                            }
                                        })
                                .isInstanceOf(CancelledException.class);
                    }
                });
    }

    @Test
    void interruptInsideACancelledPart_meansTheCancel() throws Exception {
        Tasks.run(
                () -> {
                    InterruptedException interrupt = new InterruptedException();
                    IOException failure = new IOException();
                    try (Part part = new Part("part")) {
                        assertThat(part.meaningOf(interrupt)).isSameAs(interrupt);
                        part.cancel();
                        assertThat(part.meaningOf(failure)).isSameAs(failure);
                        assertThat(part.meaningOf(interrupt))
                                .isInstanceOf(CancelledException.class)
                                .hasSuppressedException(interrupt);
                        assertThat(part.meaningOf(new ClosedByInterruptException()))
                                .isInstanceOf(CancelledException.class);
                    }
                });
    }

    @Test
    void interruptForAPartThatIsOver_doesNotReachTheRest() throws Exception {
        Tasks.run(
                () -> {
                    try (Part part = new Part("part")) {
                        part.cancel();
                        Thread.currentThread().interrupt();
                    }
                    assertThat(Thread.currentThread().isInterrupted()).isFalse();
                    Part uncancelled = new Part("uncancelled");
                    Thread.currentThread().interrupt();
                    uncancelled.close();
                    assertThat(Thread.interrupted()).as("it was for the task").isTrue();
                    try (Part outer = new Part("outer")) {
                        Part inner = new Part("inner");
                        outer.cancel();
                        Thread.currentThread().interrupt();
                        inner.close();
                        assertThat(Thread.currentThread().isInterrupted()).isTrue();
                    }
                });
    }
}
