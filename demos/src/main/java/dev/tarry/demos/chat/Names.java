package dev.tarry.demos.chat;

import java.nio.charset.StandardCharsets;

/** What may be a name, and which names are the same. */
final class Names {
    static final int LONGEST_NICK = 30;
    static final int LONGEST_ROOM = 50;
    static final int LONGEST_USER = 10;
    static final int LONGEST_TOPIC = 300;

    private static final String NICK_SIGNS = "[]\\`_^{|}";

    private Names() {}

    /**
     * The key of a name. Capitals do not count; and as the protocol comes from Finland, where
     * {@code []\~} were once typed with the keys of ÄÅÖ and so on, they are the capitals of {@code
     * {}|^}.
     */
    static String fold(String name) {
        StringBuilder s = new StringBuilder(name);
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if (c >= 'A' && c <= ']') { // [ \ ] follow Z, as { | } follow z
                s.setCharAt(i, (char) (c + 32));
            } else if (c == '~') {
                s.setCharAt(i, '^');
            }
        }
        return s.toString();
    }

    /** Letters, digits, some signs, and no digit or hyphen in front. */
    static boolean isNick(String name) {
        if (name.isEmpty() || name.length() > LONGEST_NICK) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean inFront = isLetter(c) || NICK_SIGNS.indexOf(c) >= 0;
            if (!inFront && (i == 0 || !isDigit(c) && c != '-')) {
                return false;
            }
        }
        return true;
    }

    /** Whether it looks as if it were to be a room's name. */
    static boolean isRoomLike(String name) {
        return name.startsWith("#");
    }

    /** A # and then anything but spaces, commas, colons and control characters. */
    static boolean isRoom(String name) {
        return isRoomLike(name)
                && name.length() > 1
                && name.getBytes(StandardCharsets.UTF_8).length <= LONGEST_ROOM
                && name.chars().noneMatch(c -> " ,:".indexOf(c) >= 0 || Character.isISOControl(c));
    }

    /** The user name that goes between ! and @: what can stand there of what was asked for. */
    static String user(String wanted) {
        StringBuilder s = new StringBuilder();
        wanted.chars()
                .filter(c -> isLetter(c) || isDigit(c) || "-_.".indexOf(c) >= 0)
                .limit(LONGEST_USER)
                .forEach(c -> s.append((char) c));
        return s.isEmpty() ? "user" : s.toString();
    }

    /** The beginning of a text, without half a character at its end. */
    static String cut(String text, int longest) {
        if (text.length() <= longest) {
            return text;
        }
        boolean inside = Character.isHighSurrogate(text.charAt(longest - 1));
        return text.substring(0, inside ? longest - 1 : longest);
    }

    private static boolean isLetter(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }
}
