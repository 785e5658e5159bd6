package dev.tarry.demos.chat;

import dev.tarry.events.Event;
import dev.tarry.events.FiredEvents;
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
    /** How long the last words may take. */
    private static final Duration FAREWELL = Duration.ofSeconds(1);

    private final TcpStream stream;
    private final Settings settings;
    private final Client client;
    private final Commands commands;

    /** What others send here. Who lets it fill up is dropped; nobody waits for him. */
    private final Channel<byte[]> outbox;

    private final Event<String> line;

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
        line = stream.readingLine();
        stream.lineLimit(Message.LONGEST - 2);
        patience = Events.after(settings.registration());
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
        while (outbox.isOpen()) {
            FiredEvents<?> fired = Tarry.wait(awaited());
            if (fired.has(outbox.closed()) || fired.has(stream.hangup())) {
                return;
            }
            fired.get(outbox.receiving()).ifPresent(next::writeBytes);
            if (fired.has(line)) {
                input(fired.outcome(line).orElseThrow());
            }
            if (fired.has(patience)) {
                silence();
            }
            flush();
        }
    }

    private List<Event<?>> awaited() {
        if (unsent.hasRemaining()) {
            return List.of(stream.writable(), outbox.closed(), patience);
        }
        // The end of the input stays, so after it only the end of everything is news.
        Event<?> input = halfClosed ? stream.hangup() : line;
        return List.of(input, outbox.receiving(), outbox.closed(), patience);
    }

    private void input(Outcome<String> read) throws IOException {
        switch (read) {
            case Outcome.Value<String>(String text) -> execute(text);
            case Outcome.Failed<String>(LineTooLongException e) ->
                    client.reply(Numeric.ERR_INPUTTOOLONG);
            case Outcome.Failed<String>(Throwable e) -> throw new IOException(e);
            case Outcome.Closed<String> end -> halfClosed();
        }
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
        Tarry.yield();
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
