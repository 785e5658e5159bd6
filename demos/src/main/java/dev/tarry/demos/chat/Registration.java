package dev.tarry.demos.chat;

import static dev.tarry.demos.chat.Numeric.*;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** How a client says who it is: PASS, NICK, USER, and CAP, which holds the welcome back. */
final class Registration {
    /** Clients with this one get to see what they have said as others see it. */
    static final String ECHO = "echo-message";

    private static final List<String> CAPABILITIES = List.of(ECHO);

    private final IrcServer server;
    private final Client client;
    private final Queries queries;

    Registration(IrcServer server, Client client, Queries queries) {
        this.server = server;
        this.client = client;
        this.queries = queries;
    }

    void pass(Message m) {
        if (client.isRegistered()) {
            client.reply(ERR_ALREADYREGISTERED);
        } else if (!m.has(1)) {
            client.reply(ERR_NEEDMOREPARAMS, "PASS");
        } else {
            client.password = m.param(0);
        }
    }

    void nick(Message m) {
        String nick = m.param(0);
        Client owner = server.client(nick);
        if (nick.isEmpty()) {
            client.reply(ERR_NONICKNAMEGIVEN);
        } else if (!Names.isNick(nick)) {
            client.reply(ERR_ERRONEUSNICKNAME, nick);
        } else if (owner != null && owner != client) {
            client.reply(ERR_NICKNAMEINUSE, nick);
        } else if (!nick.equals(client.nick)) {
            byte[] line = Message.encode(":" + client.prefix() + " NICK :" + nick);
            if (client.isRegistered()) {
                client.company().forEach(other -> other.send(line));
            }
            server.rename(client, nick);
            proceed();
        }
    }

    void user(Message m) {
        if (client.isRegistered()) {
            client.reply(ERR_ALREADYREGISTERED);
        } else if (!m.has(4)) {
            client.reply(ERR_NEEDMOREPARAMS, "USER");
        } else {
            client.user = Names.user(m.param(0));
            client.realName = m.param(3);
            proceed();
        }
    }

    void cap(Message m) {
        switch (m.param(0).toUpperCase(Locale.ROOT)) {
            case "LS" -> {
                negotiate();
                answer("LS", String.join(" ", CAPABILITIES));
            }
            case "LIST" -> answer("LIST", String.join(" ", client.capabilities));
            case "REQ" -> {
                negotiate();
                request(m.param(1));
            }
            case "END" -> {
                client.negotiating = false;
                proceed();
            }
            case "" -> client.reply(ERR_NEEDMOREPARAMS, "CAP");
            default -> client.reply(ERR_INVALIDCAPCMD, m.param(0));
        }
    }

    private void negotiate() {
        client.negotiating = !client.isRegistered();
    }

    /** All of it or nothing; a hyphen in front switches off. */
    private void request(String wanted) {
        List<String> words = Arrays.stream(wanted.split(" ")).filter(w -> !w.isEmpty()).toList();
        if (!words.stream().allMatch(w -> CAPABILITIES.contains(name(w)))) {
            answer("NAK", wanted);
            return;
        }
        for (String word : words) {
            if (word.startsWith("-")) {
                client.capabilities.remove(name(word));
            } else {
                client.capabilities.add(word);
            }
        }
        answer("ACK", wanted);
    }

    private static String name(String word) {
        return word.startsWith("-") ? word.substring(1) : word;
    }

    private void answer(String subcommand, String list) {
        client.reply("CAP " + client.target() + " " + subcommand + " :" + list);
    }

    private void proceed() {
        if (client.isRegistered()
                || client.nick.isEmpty()
                || client.user.isEmpty()
                || client.negotiating) {
            return;
        }
        String password = server.settings().password();
        if (password != null && !password.equals(client.password)) {
            client.reply(ERR_PASSWDMISMATCH);
            client.close("Bad password");
            return;
        }
        client.register();
        welcome();
    }

    private void welcome() {
        client.reply(RPL_WELCOME, "Welcome to the Tarry chat, " + client.prefix());
        client.reply(
                RPL_YOURHOST,
                "Your host is " + IrcServer.NAME + ", running version " + IrcServer.VERSION);
        client.reply(RPL_CREATED, "This server was started " + server.started);
        client.reply(RPL_MYINFO, IrcServer.NAME, IrcServer.VERSION, "i", "n");
        client.reply(
                RPL_ISUPPORT,
                "CASEMAPPING=rfc1459",
                "CHANTYPES=#",
                "PREFIX=",
                "CHANMODES=b,,,n",
                "CHANLIMIT=#:" + Settings.ROOMS,
                "CHANNELLEN=" + Names.LONGEST_ROOM,
                "NICKLEN=" + Names.LONGEST_NICK,
                "USERLEN=" + Names.LONGEST_USER,
                "TOPICLEN=" + Names.LONGEST_TOPIC,
                "TARGMAX=PRIVMSG:" + Settings.TARGETS + ",NOTICE:" + Settings.TARGETS,
                "NETWORK=Tarry");
        queries.lusers();
        queries.motd();
    }
}
