package dev.tarry.stress.programs;

import dev.tarry.events.ClosedException;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;
import dev.tarry.runtime.TcpListener;
import dev.tarry.runtime.TcpStream;
import dev.tarry.stress.Run;
import dev.tarry.stress.Stress;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/** Connections over the loopback that end in every way: what was sent comes back, to the byte. */
public final class ConnectionStress implements Stress {
    private static final int CLIENTS = 64;
    private static final int MOST_BYTES = 20_000;

    @Override
    public String name() {
        return "connections";
    }

    @Override
    public String what() {
        return "TCP connections that end in every way: what was sent comes back, to the byte.";
    }

    @Override
    public long few() {
        return 4_000;
    }

    @Override
    public long many() {
        return 200_000;
    }

    @Override
    public boolean usesFds() {
        return true;
    }

    private static final class Account {
        private long begun;
        private long accepted;
        private long served;
    }

    @Override
    public void run(Run run) {
        Account account = new Account();
        run.tarry(
                () -> {
                    try (TcpListener listener = TcpListener.bind("127.0.0.1", 0)) {
                        var server = Tarry.spawn("server", () -> serve(listener, account));
                        Scope.run(
                                scope -> {
                                    for (int i = 0; i < CLIENTS; i++) {
                                        var unused =
                                                scope.spawn(() -> client(run, listener, account));
                                    }
                                });
                        server.cancel();
                    }
                });
        Run.check(
                account.served == account.accepted,
                "%d of %d handlers have ended",
                account.served,
                account.accepted);
        // Those that the backlog still held at the end are nobody's.
        Run.check(
                account.accepted <= account.begun,
                "%d accepted of %d",
                account.accepted,
                account.begun);
    }

    // ---- the server

    private static void serve(TcpListener listener, Account account) throws IOException {
        Scope.run(
                scope -> {
                    while (true) {
                        TcpStream stream = listener.accept();
                        account.accepted++;
                        var unused =
                                scope.spawn(
                                        () -> {
                                            try {
                                                echo(stream);
                                            } finally {
                                                account.served++;
                                            }
                                        });
                    }
                });
    }

    private static void echo(TcpStream stream) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(4096);
        try (stream) {
            while (stream.read(buffer.clear()) >= 0) {
                stream.write(buffer.flip());
            }
        } catch (IOException e) {
            // The client has left in the middle, which some do.
        }
    }

    // ---- the clients

    private static void client(Run run, TcpListener listener, Account account) throws IOException {
        while (account.begun < run.count()) {
            account.begun++;
            one(run.random(), listener);
            run.progress(account.begun);
        }
    }

    private static void one(Random random, TcpListener listener) throws IOException {
        byte[] data = new byte[random.nextInt(MOST_BYTES)];
        random.nextBytes(data);
        try (TcpStream stream = TcpStream.connect("127.0.0.1", listener.port())) {
            switch (random.nextInt(8)) {
                case 0 -> {} // closed at once
                case 1 -> stream.write(data); // closed with the answer unread: a reset
                case 2 -> closedWhileItReads(stream);
                default -> askAndCompare(stream, data);
            }
        }
    }

    /** Writes in one task and reads in another one, so that neither side's buffer can fill up. */
    private static void askAndCompare(TcpStream stream, byte[] data) throws IOException {
        var writer =
                Tarry.spawn(
                        () -> {
                            stream.write(data);
                            stream.closeOutput();
                        });
        byte[] answer = readAll(stream, data.length);
        writer.join();
        Run.check(
                Arrays.equals(answer, data),
                "%d bytes came back of %d",
                answer == null ? -1 : answer.length,
                data.length);
    }

    private static byte @Nullable [] readAll(TcpStream stream, int expected) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(expected + 1);
        while (buffer.hasRemaining()) {
            if (stream.read(buffer) < 0) {
                byte[] all = new byte[buffer.flip().remaining()];
                buffer.get(all);
                return all;
            }
        }
        return null; // more than was sent
    }

    private static void closedWhileItReads(TcpStream stream) {
        var reader =
                Tarry.spawn(
                        () -> {
                            try {
                                return stream.read(ByteBuffer.allocateDirect(1)) + " bytes";
                            } catch (ClosedException e) {
                                return "closed";
                            }
                        });
        Tarry.yieldNow();
        stream.close();
        String end = reader.join();
        Run.check(end.equals("closed"), "a reader of a closed connection: %s", end);
    }
}
