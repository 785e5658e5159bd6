package dev.tarry.demos.chat;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * What all connections share: who is here, and which rooms there are. These are plain maps, without
 * locks and without copies, though every client is served by a task of its own: one task runs at a
 * time, and it is followed by another one only where it waits. So what stands between two waits is
 * atomic, and one command is executed between two waits.
 */
final class IrcServer {
    static final String NAME = "tarry";
    static final String VERSION = "tarry-chat-0.1";

    final Instant started = Instant.now();
    private final Settings settings;
    private final Set<Connection> connections = new LinkedHashSet<>();
    private final Map<String, Client> clients = new HashMap<>();
    private final Map<String, Room> rooms = new HashMap<>();

    IrcServer(Settings settings) {
        this.settings = settings;
    }

    Settings settings() {
        return settings;
    }

    // ---- connections

    boolean isFull() {
        return connections.size() >= settings.clients();
    }

    void add(Connection connection) {
        connections.add(connection);
    }

    void remove(Connection connection) {
        connections.remove(connection);
    }

    /** How many there are, registered or not. */
    int connections() {
        return connections.size();
    }

    /** Tells everybody to go. Their tasks end by themselves, soon. */
    void closeAll(String reason) {
        connections.forEach(connection -> connection.close(reason));
    }

    // ---- clients, by nick

    Iterable<Client> clients() {
        return clients.values();
    }

    int nicks() {
        return clients.size();
    }

    @Nullable Client client(String nick) {
        return clients.get(Names.fold(nick));
    }

    /** Gives the nick to the client, who may have had another one. It must be free. */
    void rename(Client client, String nick) {
        forget(client);
        client.nick = nick;
        clients.put(Names.fold(nick), client);
    }

    /** Frees the nick. */
    void forget(Client client) {
        clients.remove(Names.fold(client.nick), client);
    }

    // ---- rooms, by name

    Iterable<Room> rooms() {
        return rooms.values();
    }

    int roomCount() {
        return rooms.size();
    }

    @Nullable Room room(String name) {
        return rooms.get(Names.fold(name));
    }

    /** Takes the client into a room, which is made if there is none. */
    Room enter(Client client, String name) {
        String key = Names.fold(name);
        Room room = rooms.computeIfAbsent(key, k -> new Room(name));
        room.members.add(client);
        client.rooms.put(key, room);
        return room;
    }

    /** Takes the client out of a room, which ends with its last member. */
    void leave(Client client, Room room) {
        String key = Names.fold(room.name);
        client.rooms.remove(key);
        room.members.remove(client);
        if (room.members.isEmpty()) {
            rooms.remove(key);
        }
    }
}
