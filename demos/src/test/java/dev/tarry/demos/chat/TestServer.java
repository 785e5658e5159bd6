package dev.tarry.demos.chat;

import dev.tarry.events.Trigger;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;
import dev.tarry.runtime.TcpListener;

import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** The chat server on a thread of its own, on a port that the system chose. */
final class TestServer implements AutoCloseable {
    static final Settings USUAL =
            new Settings(Duration.ofMinutes(5), Duration.ofMinutes(5), 100, 100, null);

    /** What the server knows of at one moment. */
    record Counts(int connections, int nicks, int rooms) {}

    private record Running(
            int port, Trigger<String> stop, Trigger<CompletableFuture<Counts>> questions) {}

    private final CompletableFuture<Running> started = new CompletableFuture<>();
    private final Settings settings;
    private final Thread thread;

    private TestServer(Settings settings) {
        this.settings = settings;
        thread = Thread.ofPlatform().name("chat under test").start(this::run);
    }

    static TestServer start() {
        return start(USUAL);
    }

    static TestServer start(Settings settings) {
        TestServer server = new TestServer(settings);
        server.started.join();
        return server;
    }

    private void run() {
        try {
            Tarry.run(this::serve);
        } catch (RuntimeException | Error e) {
            started.completeExceptionally(e);
            throw e;
        }
    }

    private void serve() throws Exception {
        var server = new IrcServer(settings);
        Trigger<String> stop = Events.trigger();
        Trigger<CompletableFuture<Counts>> questions = Events.trigger();
        var answering = Tarry.spawn(() -> answer(questions, server));
        try (var listener = TcpListener.bind("127.0.0.1", 0);
                var log = Log.open(new PrintStream(OutputStream.nullOutputStream()))) {
            started.complete(new Running(listener.port(), stop, questions));
            Scope.supervise(
                    (task, failure) -> log.failure(task.name(), failure),
                    scope -> {
                        Chat.serve(listener, stop, server, log);
                        server.closeAll("Server shutting down");
                    });
        }
        answering.cancel();
    }

    private static void answer(Trigger<CompletableFuture<Counts>> questions, IrcServer server) {
        while (true) {
            Tarry.await(questions)
                    .complete(new Counts(server.connections(), server.nicks(), server.roomCount()));
        }
    }

    int port() {
        return started.join().port();
    }

    Counts counts() {
        CompletableFuture<Counts> answer = new CompletableFuture<>();
        started.join().questions().fire(answer);
        return answer.join();
    }

    /** Waits until nobody and nothing is left. */
    void awaitEmpty() {
        Counts nothing = new Counts(0, 0, 0);
        while (!counts().equals(nothing)) {
            Thread.onSpinWait();
        }
    }

    void stop() {
        started.join().stop().fire("stop");
    }

    @Override
    public void close() throws InterruptedException {
        stop();
        thread.join();
    }
}
