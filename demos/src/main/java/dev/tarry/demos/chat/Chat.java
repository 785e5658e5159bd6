package dev.tarry.demos.chat;

import static dev.tarry.events.Signal.INT;
import static dev.tarry.events.Signal.TERM;

import dev.tarry.demos.ListenOptions;
import dev.tarry.events.Event;
import dev.tarry.events.Sockets;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Signals;
import dev.tarry.runtime.Tarry;
import dev.tarry.runtime.TcpListener;
import dev.tarry.runtime.TcpStream;
import dev.tarry.scheduler.Scheduler;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.time.Duration;

/**
 * The chat server. Each connection is a task, all tasks share plain maps, and everything that can
 * happen is waited for in one way; see {@link Connection}.
 */
@Command(
        name = "chat",
        description = "A chat server for IRC clients, and for nc.",
        mixinStandardHelpOptions = true)
public final class Chat implements Runnable {
    @Mixin private final ListenOptions listen = new ListenOptions(6667);

    @Option(
            names = "--ping-seconds",
            paramLabel = "N",
            defaultValue = "120",
            description = "Ask silent clients whether they are there, and wait as long again.")
    private int ping;

    @Option(
            names = "--max-clients",
            paramLabel = "N",
            defaultValue = "1000",
            description = "The most connections at one time.")
    private int clients;

    @Option(
            names = "--password",
            paramLabel = "TEXT",
            defaultValue = "${env:TARRY_CHAT_PASSWORD:-" + Option.NULL_VALUE + "}",
            description = "What clients must send with PASS; also from TARRY_CHAT_PASSWORD.")
    private @Nullable String password;

    @Override
    public void run() {
        Settings settings =
                new Settings(
                        Duration.ofSeconds(ping), Duration.ofSeconds(30), clients, 1000, password);
        Tarry.run(
                Scheduler.builder().watchdog(Duration.ofSeconds(2)),
                () -> {
                    try (var listener = TcpListener.bind(listen.address(), listen.port());
                            var signals = Signals.subscribe(TERM, INT);
                            var log = Log.open(System.out)) {
                        greet(listener);
                        var server = new IrcServer(settings);
                        Scope.supervise(
                                (task, failure) -> log.failure(task.name(), failure),
                                scope -> {
                                    serve(listener, signals.receiving(), server, log);
                                    listener.close();
                                    signals.close(); // a second Ctrl-C ends us at once
                                    server.closeAll("Server shutting down");
                                }); // ends when all connections have
                    }
                });
    }

    private static void greet(TcpListener listener) {
        String host = listener.localAddress().getAddress().getHostAddress();
        System.out.printf(
                """
                Listening on %s. To connect:
                  irssi -c %s -p %d
                  nc %s %d, and then type: NICK me
                                           USER me 0 * :Me
                                           JOIN #tarry
                                           PRIVMSG #tarry :hello
                """,
                Sockets.text(listener.localAddress()),
                host,
                listener.port(),
                host,
                listener.port());
    }

    /** Starts a task for each connection, until {@code stop} fires. */
    static void serve(TcpListener listener, Event<?> stop, IrcServer server, Log log) {
        var connection = listener.accepting();
        while (true) {
            var fired = Tarry.wait(connection, stop);
            fired.get(connection).ifPresent(stream -> admit(stream, server, log));
            if (fired.has(stop)) {
                return;
            }
        }
    }

    private static void admit(TcpStream stream, IrcServer server, Log log) {
        var connection = new Connection(stream, server);
        String peer = Sockets.text(stream.remoteAddress());
        if (server.isFull()) {
            connection.close("Server is full");
        }
        server.add(connection);
        log.line("+ " + peer + " (" + server.connections() + " connected)");
        Tarry.spawn(
                "client " + peer,
                () -> {
                    String reason = "Internal error";
                    try {
                        reason = connection.run();
                    } finally {
                        server.remove(connection);
                        log.line(
                                "- "
                                        + peer
                                        + " "
                                        + reason
                                        + " ("
                                        + server.connections()
                                        + " connected)");
                    }
                });
    }
}
