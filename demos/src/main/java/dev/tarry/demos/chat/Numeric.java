package dev.tarry.demos.chat;

/** The answers that have a number, by the names of RFC 2812 and of what has become usual since. */
enum Numeric {
    RPL_WELCOME(1),
    RPL_YOURHOST(2),
    RPL_CREATED(3),
    RPL_MYINFO(4),
    RPL_ISUPPORT(5, "are supported by this server"),
    RPL_UMODEIS(221),
    RPL_LUSERCLIENT(251),
    RPL_LUSEROP(252, "operators online"),
    RPL_LUSERUNKNOWN(253, "unknown connections"),
    RPL_LUSERCHANNELS(254, "channels formed"),
    RPL_LUSERME(255),
    RPL_LOCALUSERS(265),
    RPL_GLOBALUSERS(266),
    RPL_AWAY(301),
    RPL_USERHOST(302),
    RPL_ISON(303),
    RPL_UNAWAY(305, "You are no longer marked as being away"),
    RPL_NOWAWAY(306, "You have been marked as being away"),
    RPL_WHOISUSER(311),
    RPL_WHOISSERVER(312),
    RPL_ENDOFWHO(315, "End of WHO list"),
    RPL_WHOISIDLE(317, "seconds idle, signon time"),
    RPL_ENDOFWHOIS(318, "End of WHOIS list"),
    RPL_WHOISCHANNELS(319),
    RPL_LISTSTART(321, "Users  Name"),
    RPL_LIST(322),
    RPL_LISTEND(323, "End of LIST"),
    RPL_CHANNELMODEIS(324),
    RPL_CREATIONTIME(329),
    RPL_NOTOPIC(331, "No topic is set"),
    RPL_TOPIC(332),
    RPL_TOPICWHOTIME(333),
    RPL_INVITING(341),
    RPL_VERSION(351),
    RPL_WHOREPLY(352),
    RPL_NAMREPLY(353),
    RPL_ENDOFNAMES(366, "End of NAMES list"),
    RPL_ENDOFBANLIST(368, "End of channel ban list"),
    RPL_ENDOFWHOWAS(369, "End of WHOWAS"),
    RPL_MOTD(372),
    RPL_MOTDSTART(375),
    RPL_ENDOFMOTD(376, "End of MOTD command"),
    RPL_TIME(391),
    ERR_NOSUCHNICK(401, "No such nick/channel"),
    ERR_NOSUCHCHANNEL(403, "No such channel"),
    ERR_CANNOTSENDTOCHAN(404, "Cannot send to channel"),
    ERR_TOOMANYCHANNELS(405, "You have joined too many channels"),
    ERR_WASNOSUCHNICK(406, "There was no such nickname"),
    ERR_TOOMANYTARGETS(407, "Too many targets"),
    ERR_NOORIGIN(409, "No origin specified"),
    ERR_INVALIDCAPCMD(410, "Invalid CAP command"),
    ERR_NORECIPIENT(411),
    ERR_NOTEXTTOSEND(412, "No text to send"),
    ERR_INPUTTOOLONG(417, "Input line was too long"),
    ERR_UNKNOWNCOMMAND(421, "Unknown command"),
    ERR_NONICKNAMEGIVEN(431, "No nickname given"),
    ERR_ERRONEUSNICKNAME(432, "Erroneous nickname"),
    ERR_NICKNAMEINUSE(433, "Nickname is already in use"),
    ERR_NOTONCHANNEL(442, "You're not on that channel"),
    ERR_USERONCHANNEL(443, "is already on channel"),
    ERR_NOTREGISTERED(451, "You have not registered"),
    ERR_NEEDMOREPARAMS(461, "Not enough parameters"),
    ERR_ALREADYREGISTERED(462, "You may not reregister"),
    ERR_PASSWDMISMATCH(464, "Password incorrect"),
    ERR_UNKNOWNMODE(472, "is unknown mode char to me"),
    ERR_BADCHANMASK(476, "Bad channel name"),
    ERR_CHANOPRIVSNEEDED(482, "You're not channel operator"),
    ERR_UMODEUNKNOWNFLAG(501, "Unknown MODE flag"),
    ERR_USERSDONTMATCH(502, "Cannot change mode for other users");

    private final String code;
    private final String text;

    Numeric(int number) {
        this(number, "");
    }

    Numeric(int number, String text) {
        this.code = String.format("%03d", number);
        this.text = text;
    }

    /**
     * The line after the server's name.
     *
     * @param target the nick of who gets it
     * @param params one word each, except the last one of a numeric that has no text of its own
     */
    String line(String target, String... params) {
        StringBuilder s = new StringBuilder(code).append(' ').append(target);
        int words = text.isEmpty() ? params.length - 1 : params.length;
        for (int i = 0; i < words; i++) {
            s.append(' ').append(Message.word(params[i]));
        }
        return s.append(" :").append(text.isEmpty() ? params[words] : text).toString();
    }
}
