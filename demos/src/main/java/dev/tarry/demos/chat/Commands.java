package dev.tarry.demos.chat;

import static dev.tarry.demos.chat.Numeric.*;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * What each command does: the client protocol of RFC 2812, for rooms without operators. Nothing in
 * here waits, so each command finds the server as it is and leaves it complete.
 */
final class Commands {
    private final IrcServer server;
    private final Client client;
    private final Registration registration;
    private final Queries queries;
    private final Modes modes;

    Commands(IrcServer server, Client client) {
        this.server = server;
        this.client = client;
        queries = new Queries(server, client);
        modes = new Modes(server, client);
        registration = new Registration(server, client, queries);
    }

    /** Executes one line of the client. */
    void execute(String line) {
        Message message = Message.parse(line);
        if (message == null || early(message)) {
            return;
        }
        int needed = paramsNeeded(message.command());
        if (needed < 0) {
            client.reply(ERR_UNKNOWNCOMMAND, message.command());
        } else if (!client.isRegistered()) {
            client.reply(ERR_NOTREGISTERED);
        } else if (needed > 0 && !message.has(needed)) {
            client.reply(ERR_NEEDMOREPARAMS, message.command());
        } else {
            late(message);
        }
    }

    /** What may come before registration. False if it is something else. */
    private boolean early(Message m) {
        switch (m.command()) {
            case "CAP" -> registration.cap(m);
            case "PASS" -> registration.pass(m);
            case "NICK" -> registration.nick(m);
            case "USER" -> registration.user(m);
            case "PING" -> ping(m);
            case "PONG" -> {} // that a line came is the answer
            case "QUIT" -> quit(m);
            default -> {
                return false;
            }
        }
        return true;
    }

    /** How many parameters it must have; negative if we do not know it. */
    private static int paramsNeeded(String command) {
        return switch (command) {
            case "INVITE", "KICK" -> 2;
            case "JOIN", "PART", "TOPIC", "MODE", "USERHOST", "ISON" -> 1;
            case "PRIVMSG", "NOTICE", "NAMES", "LIST", "WHO", "WHOIS", "WHOWAS" -> 0;
            case "AWAY", "LUSERS", "MOTD", "VERSION", "TIME" -> 0;
            default -> -1;
        };
    }

    private void late(Message m) {
        switch (m.command()) {
            case "JOIN" -> join(m);
            case "PART" -> m.list(0).forEach(name -> part(name, m.param(1)));
            case "TOPIC" -> topic(m);
            case "PRIVMSG" -> privmsg(m);
            case "NOTICE" -> notice(m);
            case "INVITE" -> invite(m);
            case "KICK" -> kick(m);
            case "MODE" -> modes.mode(m);
            case "AWAY" -> away(m.param(0));
            case "NAMES" -> queries.names(m);
            case "LIST" -> queries.list(m);
            case "WHO" -> queries.who(m);
            case "WHOIS" -> queries.whois(m);
            case "WHOWAS" -> queries.whowas(m);
            case "USERHOST" -> queries.userhost(m);
            case "ISON" -> queries.ison(m);
            case "LUSERS" -> queries.lusers();
            case "MOTD" -> queries.motd();
            case "VERSION" -> client.reply(RPL_VERSION, IrcServer.VERSION, IrcServer.NAME, "");
            case "TIME" -> queries.time();
            default -> throw new AssertionError(m.command());
        }
    }

    // ---- coming and going

    private void ping(Message m) {
        if (m.has(1)) {
            client.reply("PONG " + IrcServer.NAME + " :" + m.param(0));
        } else {
            client.reply(ERR_NOORIGIN);
        }
    }

    private void quit(Message m) {
        client.close(m.has(1) ? "Quit: " + m.param(0) : "Quit");
    }

    /** Takes the client out of everything, and tells those who saw it. */
    void leaveServer(String reason) {
        String line = ":" + client.prefix() + " QUIT :" + reason;
        byte[] bytes = Message.encode(line);
        Set<Client> company = client.company();
        company.remove(client);
        company.forEach(other -> other.send(bytes));
        List.copyOf(client.rooms.values()).forEach(room -> server.leave(client, room));
        server.forget(client);
    }

    // ---- rooms

    private void join(Message m) {
        if (m.param(0).equals("0")) { // an old way to say: leave them all
            List.copyOf(client.rooms.values()).forEach(room -> part(room.name, ""));
            return;
        }
        m.list(0).forEach(this::join); // the keys are in the next one, and no room has one
    }

    private void join(String name) {
        Room found = server.room(name);
        if (!Names.isRoom(name)) {
            client.reply(Names.isRoomLike(name) ? ERR_BADCHANMASK : ERR_NOSUCHCHANNEL, name);
        } else if (found != null && found.members.contains(client)) {
            return;
        } else if (client.rooms.size() >= Settings.ROOMS) {
            client.reply(ERR_TOOMANYCHANNELS, name);
        } else {
            Room room = server.enter(client, name);
            room.tell(":" + client.prefix() + " JOIN " + room.name);
            if (!room.topic.isEmpty()) {
                queries.topic(room);
            }
            queries.names(room);
        }
    }

    private void part(String name, String reason) {
        Room room = ownRoom(name);
        if (room != null) {
            String why = reason.isEmpty() ? "" : " :" + reason;
            room.tell(":" + client.prefix() + " PART " + room.name + why);
            server.leave(client, room);
        }
    }

    private void topic(Message m) {
        Room room = ownRoom(m.param(0));
        if (room == null) {
            return;
        }
        if (m.params().size() < 2) {
            queries.topic(room);
            return;
        }
        room.topic = Names.cut(m.param(1), Names.LONGEST_TOPIC);
        room.topicBy = client.prefix();
        room.topicAt = Instant.now();
        room.tell(":" + client.prefix() + " TOPIC " + room.name + " :" + room.topic);
    }

    private void invite(Message m) {
        Client guest = server.client(m.param(0));
        Room room = ownRoom(m.param(1));
        if (room == null) {
            return;
        }
        if (guest == null || !guest.isRegistered()) {
            client.reply(ERR_NOSUCHNICK, m.param(0));
        } else if (room.members.contains(guest)) {
            client.reply(ERR_USERONCHANNEL, guest.nick, room.name);
        } else {
            client.reply(RPL_INVITING, guest.nick, room.name);
            guest.send(":" + client.prefix() + " INVITE " + guest.nick + " :" + room.name);
        }
    }

    private void kick(Message m) {
        Room room = ownRoom(m.param(0));
        if (room != null) {
            client.reply(ERR_CHANOPRIVSNEEDED, room.name);
        }
    }

    /** The room, if it exists and the client is in it; else tells the client why not. */
    private @Nullable Room ownRoom(String name) {
        Room room = server.room(name);
        if (room == null) {
            client.reply(ERR_NOSUCHCHANNEL, name);
        } else if (!room.members.contains(client)) {
            client.reply(ERR_NOTONCHANNEL, room.name);
        } else {
            return room;
        }
        return null;
    }

    // ---- talking

    private void privmsg(Message m) {
        List<String> targets = m.list(0);
        if (targets.isEmpty()) {
            client.reply(ERR_NORECIPIENT, "No recipient given (PRIVMSG)");
        } else if (!m.has(2)) {
            client.reply(ERR_NOTEXTTOSEND);
        } else if (targets.size() > Settings.TARGETS) {
            client.reply(ERR_TOOMANYTARGETS, targets.get(Settings.TARGETS));
        } else {
            client.active = Instant.now();
            targets.forEach(target -> talk("PRIVMSG", target, m.param(1)));
        }
    }

    /** Like PRIVMSG, and never answered, so that two robots cannot keep each other busy. */
    private void notice(Message m) {
        if (m.has(2)) {
            m.list(0).stream()
                    .limit(Settings.TARGETS)
                    .forEach(target -> talk("NOTICE", target, m.param(1)));
        }
    }

    private void talk(String command, String target, String text) {
        boolean answer = command.equals("PRIVMSG");
        Room room = server.room(target);
        Client other = server.client(target);
        String line = ":" + client.prefix() + " " + command + " ";
        if (room != null && room.members.contains(client)) {
            room.tellOthers(client, line + room.name + " :" + text);
            echo(line + room.name + " :" + text);
        } else if (room != null) {
            answer(answer, ERR_CANNOTSENDTOCHAN, room.name);
        } else if (other != null && other.isRegistered()) {
            other.send(line + other.nick + " :" + text);
            echo(line + other.nick + " :" + text);
            if (answer && !other.away.isEmpty()) {
                client.reply(RPL_AWAY, other.nick, other.away);
            }
        } else {
            answer(answer, Names.isRoomLike(target) ? ERR_NOSUCHCHANNEL : ERR_NOSUCHNICK, target);
        }
    }

    private void echo(String line) {
        if (client.capabilities.contains(Registration.ECHO)) {
            client.send(line);
        }
    }

    private void answer(boolean wanted, Numeric numeric, String target) {
        if (wanted) {
            client.reply(numeric, target);
        }
    }

    private void away(String text) {
        client.away = text;
        client.reply(text.isEmpty() ? RPL_UNAWAY : RPL_NOWAWAY);
    }
}
