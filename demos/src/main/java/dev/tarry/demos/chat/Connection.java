package dev.tarry.demos.chat;

import dev.tarry.events.Event;
import dev.tarry.events.Order;
import dev.tarry.events.Outcome;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.LineTooLongException;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.ScopeTimeoutException;
import dev.tarry.runtime.Tarry;
import dev.tarry.runtime.TcpStream;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One connection is one task, and the task has one wait: for a line from the client, for a line
 * from somebody else that is to go to it, for its patience to end, for the order to leave. While
 * the client does not take what we write, the wait is for room to write instead: so nobody ever
 * hangs in a write, and a client that does not read its answers is not asked for more commands.
 */
final class Connection {
    /** What the task waits for. */
    private sealed interface News {
        record Said(String line) implements News {}

        record TooLong() implements News {}

        record EndOfInput() implements News {}

        record Told(byte[] bytes) implements News {}

        record Silence() implements News {}

        record Room() implements News {}

        record Left() implements News {}

        record Lost(Throwable cause) implements News {}
    }

    /** How long the last words may take. */
    private static final Duration FAREWELL = Duration.ofSeconds(1);

    private final TcpStream stream;
    private final Settings settings;
    private final Client client;
    private final Commands commands;

    /** What others send here. Who lets it fill up is dropped; nobody waits for him. */
    private final Channel<byte[]> outbox;

    // The three waits: for what the client says; after the end of its input; while it does not take
    // what we write.
    private final Event<News> reading;
    private final Event<News> deaf;
    private final Event<News> writing;

    /** Lines that go out next; the others wait in the outbox. */
    private final ByteArrayOutputStream next = new ByteArrayOutputStream();

    private ByteBuffer unsent = ByteBuffer.allocate(0);
    private Event<?> patience;
    private boolean asked;
    private boolean executing;
    private boolean halfClosed;
    private String reason = "Connection closed";

    Connection(TcpStream stream, IrcServer server) {
        this.stream = stream;
        settings = server.settings();
        outbox = Channel.buffered(settings.queue());
        stream.lineLimit(Message.LONGEST - 2);
        patience = Events.after(settings.registration());
        Event<News> left = outbox.closed().map(closed -> new News.Left());
        Event<News> silence =
                Events.guard(() -> patience).map(late -> new News.Silence()); // it is set anew
        Event<News> told = outbox.receiving().map(News.Told::new);
        Event<News> said = stream.readingLine().outcome().map(Connection::input);
        Event<News> hangup = stream.hangup().map(gone -> new News.Left());
        Event<News> room = stream.writable().map(ready -> new News.Room());
        reading = Events.anyOf(Order.LISTED, List.of(left, silence, Events.anyOf(said, told)));
        deaf = Events.anyOf(Order.LISTED, List.of(left, hangup, silence, told));
        writing = Events.anyOf(left, silence, room);
        client = new Client(this, stream.remoteAddress().getAddress());
        commands = new Commands(server, client);
    }

    /** The task, from the first line to the last. Answers why it ended. */
    String run() {
        try (stream) {
            try {
                serve();
            } catch (IOException e) {
                reason = "Connection lost";
                return reason;
            } finally {
                commands.leaveServer(reason);
            }
            farewell();
            return reason;
        }
    }

    private void serve() throws IOException {
        while (true) {
            switch (Tarry.await(unsent.hasRemaining() ? writing : halfClosed ? deaf : reading)) {
                case News.Said(String text) -> execute(text);
                case News.TooLong() -> client.reply(Numeric.ERR_INPUTTOOLONG);
                case News.EndOfInput() -> halfClosed();
                case News.Told(byte[] bytes) -> next.writeBytes(bytes);
                case News.Silence() -> silence();
                case News.Room() -> {}
                case News.Left() -> {
                    return;
                }
                case News.Lost(Throwable cause) -> throw new IOException(cause);
            }
            flush();
        }
    }

    private static News input(Outcome<String> read) {
        return switch (read) {
            case Outcome.Value(String text) -> new News.Said(text);
            case Outcome.Failed(LineTooLongException e) -> new News.TooLong();
            case Outcome.Failed(Throwable e) -> new News.Lost(e);
            case Outcome.Closed(String what) -> new News.EndOfInput();
        };
    }

    // Runs without a wait, so it is alone: what others had to say before is in front of the
    // answers, and nobody comes between them. Then it is the others' turn.
    private void execute(String text) {
        takeOutbox();
        executing = true;
        try {
            commands.execute(text);
        } finally {
            executing = false;
        }
        heard();
        Tarry.yieldNow();
    }

    private void heard() {
        asked = false;
        if (client.isRegistered()) {
            patience = Events.after(settings.ping());
        }
    }

    private void silence() {
        if (!client.isRegistered()) {
            close("Registration timed out");
        } else if (asked) {
            close("Ping timeout: " + settings.ping().toSeconds() + " seconds");
        } else {
            ask();
        }
    }

    private void ask() {
        asked = true;
        patience = Events.after(settings.ping());
        send(Message.encode("PING :" + IrcServer.NAME));
    }

    /**
     * The client will send no more. It may still want to read ({@code nc -N}), or it has gone
     * altogether: then its system will answer our question with a reset.
     */
    private void halfClosed() {
        halfClosed = true;
        ask();
    }

    /** Sends a line to this client, now or when it takes it. Any task; never waits. */
    void send(byte[] bytes) {
        if (executing) {
            next.writeBytes(bytes); // our own answers: bounded, as there is one command at a time
        } else if (!outbox.trySend(bytes)) {
            close("Max SendQ exceeded");
        }
    }

    /** Ends the connection, for the first reason that is given. Any task; never waits. */
    void close(String why) {
        if (outbox.isOpen()) {
            reason = why;
            outbox.close(); // which is an event that our task waits for
        }
    }

    private void flush() throws IOException {
        if (!unsent.hasRemaining()) {
            takeOutbox();
            unsent = ByteBuffer.wrap(next.toByteArray());
            next.reset();
        }
        stream.tryWrite(unsent);
    }

    private void takeOutbox() {
        Optional<byte[]> bytes;
        while ((bytes = outbox.tryReceive()).isPresent()) {
            next.writeBytes(bytes.get());
        }
    }

    // Closing while bytes of the client are on their way would be answered with a reset, and that
    // would overtake our words; so we say that this is all, and read until it has seen that.
    private void farewell() {
        try {
            Scope.within(
                    FAREWELL,
                    scope -> {
                        takeOutbox();
                        next.writeBytes(
                                Message.encode(
                                        "ERROR :Closing Link: "
                                                + client.host
                                                + " ("
                                                + reason
                                                + ")"));
                        stream.write(unsent);
                        stream.write(next.toByteArray());
                        stream.closeOutput();
                        ByteBuffer ignored = ByteBuffer.allocate(4096);
                        while (stream.read(ignored.clear()) >= 0) {}
                        return true;
                    });
        } catch (IOException | ScopeTimeoutException e) {
            // It does not listen.
        }
    }
}
