package dev.tarry.demos.chat;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Somebody who is connected: who it is, and where. */
final class Client {
    private final Connection connection;

    final String host;
    final Instant since = Instant.now();

    /** The rooms it is in, by the key of their names. */
    final Map<String, Room> rooms = new LinkedHashMap<>();

    /** The extensions that it has switched on. */
    final Set<String> capabilities = new LinkedHashSet<>();

    String nick = "";
    String user = "";
    String realName = "";
    String password = "";
    String away = "";
    Instant active = since;
    boolean invisible;
    boolean negotiating;
    private boolean registered;

    Client(Connection connection, InetAddress address) {
        this.connection = connection;
        String text = address.getHostAddress();
        // No word in a line may begin with a colon.
        host = address instanceof Inet6Address && text.startsWith(":") ? "0" + text : text;
    }

    boolean isRegistered() {
        return registered;
    }

    void register() {
        registered = true;
    }

    /** How answers address it. */
    String target() {
        return nick.isEmpty() ? "*" : nick;
    }

    /** How others see it. */
    String prefix() {
        return nick + "!" + user + "@" + host;
    }

    /** Everybody in its rooms, each once, and itself. */
    Set<Client> company() {
        Set<Client> all = new LinkedHashSet<>(Set.of(this));
        rooms.values().forEach(room -> all.addAll(room.members));
        return all;
    }

    boolean sees(Client other) {
        return other == this
                || !other.invisible
                || rooms.values().stream().anyMatch(room -> room.members.contains(other));
    }

    /** Sends an answer of the server. */
    void reply(Numeric numeric, String... params) {
        reply(numeric.line(target(), params));
    }

    /** Sends a line of the server. */
    void reply(String line) {
        send(":" + IrcServer.NAME + " " + line);
    }

    /** Sends a whole line. */
    void send(String line) {
        send(Message.encode(line));
    }

    void send(byte[] bytes) {
        connection.send(bytes);
    }

    /** Ends the connection. */
    void close(String reason) {
        connection.close(reason);
    }
}
