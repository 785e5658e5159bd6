package dev.tarry.demos.chat;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A command as a client sends it: {@code [@tags] [:prefix] COMMAND param param :the rest}.
 *
 * @param command in upper case
 * @param params at most 15; only the last one may contain spaces
 */
record Message(String command, List<String> params) {
    /** The longest line, with its CR LF, that the protocol allows in either direction. */
    static final int LONGEST = 512;

    private static final int MOST_PARAMS = 15;

    /** Understands a line, or answers null if there is nothing in it. */
    static @Nullable Message parse(String line) {
        String rest = withoutForbidden(line).stripLeading();
        rest = skip('@', rest); // tags: we have offered none, so they mean nothing to us
        rest = skip(':', rest); // a client's prefix could only be a lie
        if (rest.isEmpty()) {
            return null;
        }
        int end = endOfWord(rest);
        String command = rest.substring(0, end).toUpperCase(Locale.ROOT);
        return new Message(command, params(rest.substring(end)));
    }

    private static List<String> params(String text) {
        List<String> params = new ArrayList<>();
        String rest = stripSpaces(text);
        while (!rest.isEmpty()) {
            if (rest.charAt(0) == ':' || params.size() == MOST_PARAMS - 1) {
                params.add(rest.charAt(0) == ':' ? rest.substring(1) : rest);
                break;
            }
            int end = endOfWord(rest);
            params.add(rest.substring(0, end));
            rest = stripSpaces(rest.substring(end));
        }
        return List.copyOf(params);
    }

    private static String skip(char sign, String text) {
        return text.isEmpty() || text.charAt(0) != sign
                ? text
                : stripSpaces(text.substring(endOfWord(text)));
    }

    private static int endOfWord(String text) {
        int space = text.indexOf(' ');
        return space < 0 ? text.length() : space;
    }

    private static String stripSpaces(String text) {
        int i = 0;
        while (i < text.length() && text.charAt(i) == ' ') {
            i++;
        }
        return text.substring(i);
    }

    /** NUL and CR are not allowed in a line; others would see them as the end of ours. */
    private static String withoutForbidden(String line) {
        return line.indexOf('\0') < 0 && line.indexOf('\r') < 0
                ? line
                : line.replace("\0", "").replace("\r", "");
    }

    /** Whether there are so many parameters, and the last of those is not empty. */
    boolean has(int n) {
        return params.size() >= n && !params.get(n - 1).isEmpty();
    }

    /** A parameter, or the empty string if there are not so many. */
    String param(int i) {
        return i < params.size() ? params.get(i) : "";
    }

    /** The words of a parameter that is a list: {@code #a,#b}. Each once. */
    List<String> list(int i) {
        return Arrays.stream(param(i).split(",")).filter(s -> !s.isEmpty()).distinct().toList();
    }

    /**
     * What goes over the wire: UTF-8 with CR LF, cut to the longest line, but never inside a
     * character.
     */
    static byte[] encode(String line) {
        byte[] text = line.getBytes(StandardCharsets.UTF_8);
        int n = Math.min(text.length, LONGEST - 2);
        while (n < text.length && n > 0 && (text[n] & 0xc0) == 0x80) {
            n--;
        }
        byte[] bytes = Arrays.copyOf(text, n + 2);
        bytes[n] = '\r';
        bytes[n + 1] = '\n';
        return bytes;
    }

    /** {@code text} in the form of a parameter that others can follow: one word, not empty. */
    static String word(String text) {
        int start = 0;
        while (start < text.length() && text.charAt(start) == ':') {
            start++;
        }
        String rest = text.substring(start);
        String word = rest.substring(0, endOfWord(rest));
        return word.isEmpty() ? "*" : word;
    }

    /** {@code text} fit for a terminal: control characters as \xNN. */
    static String printable(String text) {
        StringBuilder s = new StringBuilder();
        text.codePoints()
                .forEach(
                        c -> {
                            if (Character.isISOControl(c)) {
                                s.append(String.format("\\x%02x", c));
                            } else {
                                s.appendCodePoint(c);
                            }
                        });
        return s.toString();
    }
}
