package dev.tarry.demos.chat;

import static dev.tarry.demos.chat.Numeric.*;

/**
 * The MODE command. Rooms are +n (only members talk in them) and nobody can change that, as there
 * are no operators; clients can be +i (not found by strangers).
 */
final class Modes {
    private final IrcServer server;
    private final Client client;

    Modes(IrcServer server, Client client) {
        this.server = server;
        this.client = client;
    }

    void mode(Message m) {
        if (Names.isRoomLike(m.param(0))) {
            roomMode(m);
        } else if (Names.fold(m.param(0)).equals(Names.fold(client.nick))) {
            ownMode(m.param(1));
        } else {
            client.reply(
                    server.client(m.param(0)) == null ? ERR_NOSUCHNICK : ERR_USERSDONTMATCH,
                    m.param(0));
        }
    }

    private void roomMode(Message m) {
        Room room = server.room(m.param(0));
        String modes = m.param(1);
        if (room == null) {
            client.reply(ERR_NOSUCHCHANNEL, m.param(0));
        } else if (modes.isEmpty()) {
            client.reply(RPL_CHANNELMODEIS, room.name, "+n");
            client.reply(RPL_CREATIONTIME, room.name, Long.toString(room.created.getEpochSecond()));
        } else if (modes.matches("[+]?b") && m.params().size() == 2) {
            client.reply(RPL_ENDOFBANLIST, room.name);
        } else {
            modes.codePoints()
                    .filter(c -> "+-beIiklmnopstv".indexOf(c) < 0)
                    .distinct()
                    .forEach(c -> client.reply(ERR_UNKNOWNMODE, Character.toString(c)));
            if (modes.chars().anyMatch(c -> "beIiklmnopstv".indexOf(c) >= 0)) {
                client.reply(
                        room.members.contains(client) ? ERR_CHANOPRIVSNEEDED : ERR_NOTONCHANNEL,
                        room.name);
            }
        }
    }

    private void ownMode(String modes) {
        if (modes.isEmpty()) {
            client.reply(RPL_UMODEIS, client.invisible ? "+i" : "+");
            return;
        }
        boolean before = client.invisible;
        boolean plus = true;
        boolean unknown = false;
        for (char c : modes.toCharArray()) {
            switch (c) {
                case '+' -> plus = true;
                case '-' -> plus = false;
                case 'i' -> client.invisible = plus;
                default -> unknown = true;
            }
        }
        if (client.invisible != before) {
            String change = client.invisible ? "+i" : "-i";
            client.send(":" + client.nick + " MODE " + client.nick + " :" + change);
        }
        if (unknown) {
            client.reply(ERR_UMODEUNKNOWNFLAG);
        }
    }
}
