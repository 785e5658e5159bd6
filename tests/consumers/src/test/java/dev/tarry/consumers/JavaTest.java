package dev.tarry.consumers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.events.Event;
import dev.tarry.events.Outcome;
import dev.tarry.runtime.Body;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Guest;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.ScopeTimeoutException;
import dev.tarry.runtime.Tarry;
import dev.tarry.runtime.TarryService;
import dev.tarry.runtime.TcpListener;
import dev.tarry.runtime.TcpStream;
import dev.tarry.scheduler.Scheduler;
import dev.tarry.scheduler.Task;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The library as a user writes against it: each overload that takes code, by lambda. */
@Timeout(60)
class JavaTest {
    private final List<Object> log = new ArrayList<>();

    private void note(Object what) {
        log.add(what);
    }

    private static int answer() {
        return 42;
    }

    @Test
    void spawn_keepsTheValue_orHasNone() {
        Tarry.run(
                () -> {
                    Task<Integer> literal = Tarry.spawn(() -> 42);
                    Task<Integer> call = Tarry.spawn(() -> answer());
                    Task<Integer> reference = Tarry.spawn("named", JavaTest::answer);
                    Task<Integer> block =
                            Scope.current()
                                    .spawn(
                                            () -> {
                                                Tarry.sleep(Duration.ofMillis(1));
                                                return 42;
                                            });
                    Task<Void> statement = Tarry.spawn(() -> note("a"));
                    Task<Void> voidBlock =
                            Scope.current()
                                    .spawn(
                                            "named",
                                            () -> {
                                                note("b");
                                            });
                    Body body = () -> note("c");
                    Task<Void> variable = Tarry.spawn(body);

                    assertThat(List.of(literal.join(), call.join(), reference.join(), block.join()))
                            .containsOnly(42);
                    statement.join();
                    voidBlock.join();
                    variable.join();
                });
        assertThat(log).containsExactly("a", "b", "c");
    }

    @Test
    void blockingAndCall_keepTheValue_orHaveNone() throws Exception {
        int answer =
                Tarry.call(
                        () -> {
                            Tarry.blocking(() -> note("a"));
                            Tarry.blocking(
                                    () -> {
                                        Thread.sleep(1);
                                        note("b");
                                    });
                            int late = Tarry.blockingAbandonable(() -> 1, r -> note(r));
                            return late + Tarry.blocking(() -> answer() - 1);
                        });
        assertThat(answer).isEqualTo(42);
        assertThat(log).containsExactly("a", "b");
        Tarry.run(Scheduler.builder().name("mine"), () -> note("c"));
        assertThat(log).endsWith("c");
    }

    /** A method with overloads tells nothing of its type before an overload of ours is chosen. */
    @Test
    void referenceToAMethodWithOverloads_isTakenForWhatReturnsSomething() {
        var bytes = new ByteArrayInputStream(new byte[] {42, 43});
        Tarry.run(
                () -> {
                    int first = Tarry.blocking(bytes::read);
                    int second = Tarry.spawn(bytes::read).join();
                    assertThat(List.of(first, second)).containsExactly(42, 43);
                });
    }

    @Test
    void scopes_throwWhatTheirCodeThrows_andNoMore() {
        Tarry.run(
                () -> {
                    Scope.run(s -> s.spawn(() -> note("a")));
                    int call = Scope.call(s -> s.spawn(() -> 42).join());
                    int within = Scope.within(Duration.ofSeconds(60), s -> answer());
                    int shield = Scope.shield(s -> answer());
                    int atomically = Tarry.atomically(() -> answer());
                    Tarry.atomically(() -> note("b"));
                    Scope.supervise((task, e) -> note(e), s -> s.spawn(() -> note("c")));
                    assertThat(List.of(call, within, shield, atomically)).containsOnly(42);
                    try {
                        Scope.run(
                                s -> {
                                    throw new IOException("d");
                                });
                    } catch (IOException e) {
                        note(e.getMessage());
                    }
                    assertThatThrownBy(
                                    () ->
                                            Scope.within(
                                                    Duration.ofNanos(1),
                                                    s -> Tarry.await(Events.after(HOUR))))
                            .isInstanceOf(ScopeTimeoutException.class);
                });
        assertThat(log).containsExactly("a", "b", "c", "d");
    }

    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    void services_keepTheValue_orHaveNone() throws Exception {
        try (TarryService service = Tarry.start()) {
            assertThat(service.submit(() -> 42).get(30, TimeUnit.SECONDS)).isEqualTo(42);
            service.submit(() -> note("a")).get(30, TimeUnit.SECONDS);
        }
        assertThat(log).containsExactly("a");
    }

    @Test
    void guests_keepTheValue_orHaveNone() throws Exception {
        var turns = new LinkedBlockingQueue<Runnable>();
        try (Guest guest = Guest.on(turns::add)) {
            var answer =
                    guest.submit(
                            () -> {
                                guest.host(() -> note("a"));
                                return guest.host(() -> answer());
                            });
            var nothing = guest.submit(() -> note("b"));
            while (!answer.isDone() || !nothing.isDone()) {
                turns.take().run();
            }
            assertThat(answer.get()).isEqualTo(42);
        }
        assertThat(log).containsExactlyInAnyOrder("a", "b");
    }

    private sealed interface News {}

    private record Said(String line) implements News {}

    private record Told(int number) implements News {}

    private record Silence() implements News {}

    private static String heard(News news) {
        return switch (news) {
            case Said(var line) -> line;
            case Told(var number) -> "told " + number;
            case Silence() -> "silence";
        };
    }

    @Test
    void typedChoice_needsNoCasts() {
        Tarry.run(
                () -> {
                    var lines = Channel.<String>buffered(1);
                    var numbers = Channel.<Integer>buffered(1);
                    Event<News> news =
                            Events.anyOf(
                                    lines.receiving().map(Said::new),
                                    numbers.receiving().map(Told::new),
                                    Events.after(HOUR).map(t -> new Silence()));
                    lines.send("hello");
                    note(heard(Tarry.await(news)));
                    numbers.send(7);
                    note(heard(Tarry.await(Events.anyOf(numbers.receiving().map(Told::new)))));
                    Event<Duration> soon = Events.after(Duration.ofMillis(1));
                    note(heard(Tarry.await(Events.anyOf(news, soon.map(t -> new Silence())))));

                    List<Event<String>> same = List.of(lines.receiving(), Events.always("ready"));
                    String first = Tarry.await(Events.anyOf(same));
                    note(first);
                    lines.close();
                    Event<Outcome<String>> end = Events.guard(lines::receiving).outcome();
                    note(Tarry.await(end) instanceof Outcome.Closed<String>);
                });
        assertThat(log).containsExactly("hello", "told 7", "silence", "ready", true);
    }

    /** The first program of README, with a client. */
    @Test
    void server_echoes() {
        Tarry.run(
                () -> {
                    try (var server = TcpListener.bind("127.0.0.1", 0)) {
                        var connection = server.accepting();
                        var stop = Channel.<String>rendezvous();
                        var stopping = stop.receiving();
                        Tarry.spawn(
                                () -> {
                                    int port = server.localAddress().getPort();
                                    try (var client = TcpStream.connect("127.0.0.1", port)) {
                                        client.writeLine("hello");
                                        stop.send(client.readLine());
                                    }
                                });
                        while (log.isEmpty()) {
                            var fired = Tarry.wait(List.of(connection, stopping), HOUR);
                            fired.get(stopping).ifPresent(this::note);
                            fired.get(connection)
                                    .ifPresent(stream -> Tarry.spawn(() -> echo(stream)));
                        }
                    }
                });
        assertThat(log).containsExactly("hello");
    }

    private static void echo(TcpStream stream) throws IOException {
        try (stream) {
            for (String line; (line = stream.readLine()) != null; ) {
                stream.writeLine(line);
            }
        }
    }
}
