package dev.tarry.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.util.concurrent.ListenableFuture;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** The words by which a dump and an error message tell what is waited for, and what came. */
@Timeout(30)
class DescriptionsTest {
    private final TestLoop loop = new TestLoop(Backend.choose().open());

    @AfterEach
    void close() {
        loop.close();
    }

    @Test
    void readiness_namesAllThatHolds() {
        assertThat(readiness(0)).isEqualTo("nothing");
        assertThat(readiness(Readiness.READ)).isEqualTo("readable");
        assertThat(readiness(63)).isEqualTo("readable+writable+priority+read-hangup+hangup+error");
    }

    private static String readiness(int bits) {
        return Readiness.outcome(bits).get().toString();
    }

    @Test
    void delivery_saysWhoSentIt() {
        assertThat(new SignalDelivery(Signal.USR1, 3)).hasToString("USR1 (3)");
        assertThat(
                        new SignalDelivery(
                                Signal.USR1,
                                1,
                                Optional.of(new SignalDelivery.Sender(4711, 0)),
                                OptionalInt.of(5)))
                .hasToString("USR1 (1) from pid 4711, value 5");
    }

    @Test
    void sources_areNamed(@TempDir Path directory) throws Exception {
        Thread thread = Thread.ofPlatform().name("worker").unstarted(() -> {});
        assertThat(ThreadEnd.of(thread))
                .hasToString("end of thread 'worker' (#" + thread.threadId() + ")");
        CompletableFuture<String> future = new CompletableFuture<>();
        assertThat(Completion.of(future)).hasToString("completion of " + future);
        try (PathWatch watch = PathWatch.open(loop.reactor, directory)) {
            assertThat(watch.changed()).hasToString("changes of " + directory);
        }
        try (var signals = SignalSubscription.open(loop.reactor, List.of(Signal.USR1))) {
            assertThat(signals.receiving().toString()).isEqualTo(signals.toString());
        }
        try (ProcessExit exit = ProcessExit.of(ProcessHandle.current())) {
            assertThat(exit.toString()).contains(Long.toString(ProcessHandle.current().pid()));
        }
    }

    @Test
    void cancelledFuture_failsAsCancelled() {
        CompletableFuture<String> future = new CompletableFuture<>();
        assertThat(Completion.of(future).poll(loop.reactor)).isNull();
        future.cancel(true);
        assertThatThrownBy(() -> Completion.of(future).poll(loop.reactor).get().get())
                .isInstanceOf(EventFailedException.class)
                .hasStackTraceContaining("the future was cancelled");
    }

    @Test
    void stageThatMakesNoFuture_fails() {
        CompletableFuture<String> refusing =
                new CompletableFuture<>() {
                    @Override
                    public CompletableFuture<String> toCompletableFuture() {
                        throw new UnsupportedOperationException("only stages here");
                    }
                };
        assertThatThrownBy(() -> loop.await(Completion.of(refusing)))
                .hasMessageContaining("only stages here");
    }

    /** Also one and the same object: what a loop keeps about it has a kind. */
    @Test
    void stageThatIsAListenableFutureToo_isBoth() {
        class Both extends CompletableFuture<String> implements ListenableFuture<String> {
            @Override
            public void addListener(Runnable listener, Executor executor) {
                var unused = whenCompleteAsync((value, failure) -> listener.run(), executor);
            }
        }
        Both both = new Both();
        Event<Outcome<String>> stage = Completion.of((CompletionStage<String>) both);
        Event<Outcome<String>> listenable = Completion.of((ListenableFuture<String>) both);
        Thread.ofPlatform().start(() -> both.complete("done"));
        assertThat(loop.await(stage).get()).isEqualTo(new Outcome.Value<>("done"));
        assertThat(loop.await(listenable).get()).isEqualTo(new Outcome.Value<>("done"));
    }

    @Test
    void signalsThatCannotBeSubscribedTo_areRefusedWithTheReason() {
        refuses(List.of(), "no signals given");
        refuses(List.of(Signal.of("RTMIN+3")), "the JVM itself handles no real-time signals");
        refuses(List.of(Signal.of(32)), "has no name");
        // After a refusal the others work.
        try (var signals = SignalSubscription.open(loop.reactor, List.of(Signal.USR1))) {
            assertThat(signals.signals()).containsExactly(Signal.USR1);
        }
    }

    private void refuses(List<Signal> signals, String reason) {
        assertThatThrownBy(() -> SignalSubscription.open(loop.reactor, signals))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void numberThatIsNone_isNoDescriptor() {
        assertThatThrownBy(() -> Fd.borrow(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-1");
    }

    @Test
    void errno_becomesUncheckedWithTheSameWords() {
        ErrnoException e = new ErrnoException("pipe2", "", 24);
        assertThat(e.unchecked())
                .isInstanceOf(UncheckedIOException.class)
                .hasMessage(e.getMessage())
                .hasCause(e);
    }

    @Test
    void closedReactor_refusesWithTheReasonAndClosesOnce() {
        Reactor reactor = loop.reactor;
        List<String> closed = new ArrayList<>();
        reactor.holding(() -> closed.add("held"));
        reactor.close();
        reactor.close();
        assertThat(closed).containsExactly("held");
        assertThat(reactor.isCurrent()).isFalse();
        assertThatThrownBy(reactor::checkLoop)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is closed");
    }
}
