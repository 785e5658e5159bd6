package dev.tarry.demos.chat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A client that follows a script. */
final class TestClient implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader in;
    private final OutputStream out;
    private int pings;

    TestClient(int port) throws IOException {
        this(new Socket("127.0.0.1", port));
    }

    TestClient(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(30_000);
        in =
                new BufferedReader(
                        new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        out = socket.getOutputStream();
    }

    /** A client that has registered. */
    static TestClient registered(int port, String nick) throws IOException {
        TestClient client = new TestClient(port);
        client.register(nick);
        return client;
    }

    void register(String nick) throws IOException {
        send("NICK " + nick, "USER " + nick + " 0 * :Name of " + nick);
        until(" 376 " + nick);
    }

    Socket socket() {
        return socket;
    }

    /** Sends lines, all of them in one piece. */
    void send(String... lines) throws IOException {
        raw((String.join("\r\n", lines) + "\r\n").getBytes(StandardCharsets.UTF_8));
    }

    void raw(byte[] bytes) throws IOException {
        out.write(bytes);
    }

    /** The next line, or null at the end. */
    String line() throws IOException {
        try {
            return in.readLine();
        } catch (SocketException e) {
            return null; // a reset
        }
    }

    /** Reads up to a line that contains {@code part}, and answers that line. */
    String until(String part) throws IOException {
        List<String> before = new ArrayList<>();
        for (String line; (line = line()) != null; before.add(line)) {
            if (line.contains(part)) {
                return line;
            }
        }
        throw new AssertionError("no '" + part + "' in " + before);
    }

    /** All that came until now, and what the server answers to {@code lines}. */
    List<String> ask(String... lines) throws IOException {
        if (lines.length > 0) {
            send(lines);
        }
        String token = "sync" + ++pings;
        send("PING " + token);
        List<String> all = new ArrayList<>();
        for (String line; !(line = line()).equals(":tarry PONG tarry :" + token); ) {
            all.add(line);
        }
        return all;
    }

    /** Everything up to the end of the connection. */
    List<String> rest() throws IOException {
        List<String> all = new ArrayList<>();
        for (String line; (line = line()) != null; ) {
            all.add(line);
        }
        return all;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
