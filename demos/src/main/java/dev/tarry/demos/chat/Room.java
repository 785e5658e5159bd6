package dev.tarry.demos.chat;

import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Set;

/** A channel of IRC. (The library has channels, too, so ours is called a room.) */
final class Room {
    final String name;
    final Instant created = Instant.now();
    final Set<Client> members = new LinkedHashSet<>();

    String topic = "";
    String topicBy = "";
    Instant topicAt = created;

    Room(String name) {
        this.name = name;
    }

    /** Sends a line to all members. */
    void tell(String line) {
        byte[] bytes = Message.encode(line);
        for (Client member : members) {
            member.send(bytes);
        }
    }

    /** Sends a line to all members but one. */
    void tellOthers(Client but, String line) {
        byte[] bytes = Message.encode(line);
        for (Client member : members) {
            if (member != but) {
                member.send(bytes);
            }
        }
    }
}
