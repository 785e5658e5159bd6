package dev.tarry.demos.chat;

import static dev.tarry.demos.chat.Numeric.*;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The commands that only ask. */
final class Queries {
    private static final List<String> MOTD =
            List.of(
                    "This server is one small program: a task for each of you,",
                    "and in each task one wait for everything.",
                    "Say JOIN #tarry, and then PRIVMSG #tarry :hello");

    /** How much of a list of nicks goes into one line. */
    private static final int NAMES_PER_LINE = 400;

    private final IrcServer server;
    private final Client client;

    Queries(IrcServer server, Client client) {
        this.server = server;
        this.client = client;
    }

    // ---- rooms

    void topic(Room room) {
        if (room.topic.isEmpty()) {
            client.reply(RPL_NOTOPIC, room.name);
            return;
        }
        client.reply(RPL_TOPIC, room.name, room.topic);
        String when = Long.toString(room.topicAt.getEpochSecond());
        client.reply(RPL_TOPICWHOTIME, room.name, room.topicBy, when);
    }

    void names(Message m) {
        List<String> names = m.list(0);
        if (names.isEmpty()) {
            client.reply(RPL_ENDOFNAMES, "*");
        }
        for (String name : names.subList(0, Math.min(names.size(), Settings.TARGETS))) {
            Room room = server.room(name);
            if (room == null) {
                client.reply(RPL_ENDOFNAMES, name);
            } else {
                names(room);
            }
        }
    }

    void names(Room room) {
        StringBuilder names = new StringBuilder();
        for (Client member : room.members) {
            if (names.length() + member.nick.length() > NAMES_PER_LINE) {
                client.reply(RPL_NAMREPLY, "=", room.name, names.toString());
                names.setLength(0);
            }
            names.append(names.isEmpty() ? "" : " ").append(member.nick);
        }
        client.reply(RPL_NAMREPLY, "=", room.name, names.toString());
        client.reply(RPL_ENDOFNAMES, room.name);
    }

    void list(Message m) {
        client.reply(RPL_LISTSTART, "Channel");
        if (m.has(1)) {
            for (String name : m.list(0)) {
                Room room = server.room(name);
                if (room != null) {
                    list(room);
                }
            }
        } else {
            server.rooms().forEach(this::list);
        }
        client.reply(RPL_LISTEND);
    }

    private void list(Room room) {
        String members = Integer.toString(room.members.size());
        client.reply(RPL_LIST, room.name, members, room.topic);
    }

    // ---- people

    void who(Message m) {
        String mask = m.has(1) ? m.param(0) : "*";
        Room room = server.room(mask);
        if (room != null) {
            room.members.forEach(member -> who(room.name, member));
        } else {
            for (Client other : matching(mask)) {
                if (other.isRegistered() && client.sees(other)) {
                    who("*", other);
                }
            }
        }
        client.reply(RPL_ENDOFWHO, mask);
    }

    private Collection<Client> matching(String mask) {
        List<Client> found = new ArrayList<>();
        if (mask.equals("*") || mask.equals("0")) {
            server.clients().forEach(found::add);
        } else {
            Client one = server.client(mask);
            if (one != null) {
                found.add(one);
            }
        }
        return found;
    }

    private void who(String where, Client other) {
        client.reply(
                RPL_WHOREPLY,
                where,
                other.user,
                other.host,
                IrcServer.NAME,
                other.nick,
                other.away.isEmpty() ? "H" : "G",
                "0 " + other.realName);
    }

    void whois(Message m) {
        String nick = m.has(2) ? m.param(1) : m.param(0); // WHOIS server nick
        Client other = server.client(nick);
        if (nick.isEmpty()) {
            client.reply(ERR_NONICKNAMEGIVEN);
            return;
        }
        if (other == null || !other.isRegistered()) {
            client.reply(ERR_NOSUCHNICK, nick);
        } else {
            whois(other);
        }
        client.reply(RPL_ENDOFWHOIS, nick);
    }

    private void whois(Client other) {
        client.reply(RPL_WHOISUSER, other.nick, other.user, other.host, "*", other.realName);
        if (!other.rooms.isEmpty()) {
            List<String> names = other.rooms.values().stream().map(room -> room.name).toList();
            client.reply(RPL_WHOISCHANNELS, other.nick, String.join(" ", names));
        }
        client.reply(RPL_WHOISSERVER, other.nick, IrcServer.NAME, "Tarry's chat demo");
        if (!other.away.isEmpty()) {
            client.reply(RPL_AWAY, other.nick, other.away);
        }
        long idle = Duration.between(other.active, Instant.now()).toSeconds();
        client.reply(
                RPL_WHOISIDLE,
                other.nick,
                Long.toString(Math.max(idle, 0)),
                Long.toString(other.since.getEpochSecond()));
    }

    void whowas(Message m) {
        if (!m.has(1)) {
            client.reply(ERR_NONICKNAMEGIVEN);
            return;
        }
        client.reply(ERR_WASNOSUCHNICK, m.param(0)); // we do not remember
        client.reply(RPL_ENDOFWHOWAS, m.param(0));
    }

    void userhost(Message m) {
        List<String> found = new ArrayList<>();
        for (String nick : m.params().subList(0, Math.min(m.params().size(), 5))) {
            Client other = server.client(nick);
            if (other != null && other.isRegistered()) {
                String here = other.away.isEmpty() ? "=+" : "=-";
                found.add(other.nick + here + other.user + "@" + other.host);
            }
        }
        client.reply(RPL_USERHOST, String.join(" ", found));
    }

    void ison(Message m) {
        List<String> found = new ArrayList<>();
        for (String nick : String.join(" ", m.params()).split(" ")) {
            Client other = server.client(nick);
            if (other != null && other.isRegistered()) {
                found.add(other.nick);
            }
        }
        client.reply(RPL_ISON, String.join(" ", found));
    }

    // ---- the server

    void lusers() {
        int registered = 0;
        for (Client other : server.clients()) {
            registered += other.isRegistered() ? 1 : 0;
        }
        int unknown = server.connections() - registered;
        client.reply(
                RPL_LUSERCLIENT, "There are " + registered + " users and 0 services on 1 servers");
        client.reply(RPL_LUSEROP, "0");
        client.reply(RPL_LUSERUNKNOWN, Integer.toString(Math.max(unknown, 0)));
        client.reply(RPL_LUSERCHANNELS, Integer.toString(server.roomCount()));
        client.reply(RPL_LUSERME, "I have " + registered + " clients and 0 servers");
        String most = registered + ", max " + server.settings().clients();
        client.reply(RPL_LOCALUSERS, "Current local users " + most);
        client.reply(RPL_GLOBALUSERS, "Current global users " + most);
    }

    void motd() {
        client.reply(RPL_MOTDSTART, "- " + IrcServer.NAME + " Message of the day -");
        MOTD.forEach(line -> client.reply(RPL_MOTD, "- " + line));
        client.reply(RPL_ENDOFMOTD);
    }

    void time() {
        client.reply(RPL_TIME, IrcServer.NAME, Instant.now().toString());
    }
}
