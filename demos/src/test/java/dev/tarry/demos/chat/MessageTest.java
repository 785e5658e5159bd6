package dev.tarry.demos.chat;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.List;

class MessageTest {
    private static Message message(String command, String... params) {
        return new Message(command, List.of(params));
    }

    @Test
    void lastParameter_keepsItsSpaces() {
        assertThat(Message.parse("privmsg #a :hello  you :)"))
                .isEqualTo(message("PRIVMSG", "#a", "hello  you :)"));
    }

    @Test
    void manySpaces_countAsOne() {
        assertThat(Message.parse("  USER  me 0   * :x "))
                .isEqualTo(message("USER", "me", "0", "*", "x "));
    }

    @Test
    void prefixAndTags_areSkipped() {
        assertThat(Message.parse("@id=1;x :me!me@there PING :a")).isEqualTo(message("PING", "a"));
    }

    @Test
    void nothing_isNoMessage() {
        assertThat(Message.parse("")).isNull();
        assertThat(Message.parse("   ")).isNull();
        assertThat(Message.parse(":prefix")).isNull();
        assertThat(Message.parse("\0\r")).isNull();
    }

    @Test
    void fifteenthParameter_isTheRest() {
        String line = "X 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 :17";
        assertThat(Message.parse(line).params()).hasSize(15).endsWith("15 16 :17");
    }

    @Test
    void emptyLastParameter_isThereButDoesNotCountAsGiven() {
        Message topic = Message.parse("TOPIC #a :");
        assertThat(topic.params()).containsExactly("#a", "");
        assertThat(topic.has(2)).isFalse();
    }

    @Test
    void nulAndCarriageReturn_areDropped() {
        assertThat(Message.parse("PRIVMSG #a :one\rQUIT\0!"))
                .isEqualTo(message("PRIVMSG", "#a", "oneQUIT!"));
    }

    @Test
    void encode_cutsToTheLongestLine_betweenCharacters() {
        for (int before = 500; before < 512; before++) {
            byte[] bytes = Message.encode("x".repeat(before) + "äöü€😀".repeat(20));
            String text = new String(bytes, StandardCharsets.UTF_8);
            assertThat(bytes.length).isBetween(509, 512);
            assertThat(text).endsWith("\r\n").doesNotContain("\ufffd");
        }
    }

    @Test
    void encode_keepsWhatFits() {
        assertThat(Message.encode("x".repeat(510))).hasSize(512);
        assertThat(Message.encode("ä")).isEqualTo("ä\r\n".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void word_isOneWordThatDoesNotLookLikeTheLast() {
        assertThat(Message.word("a b")).isEqualTo("a");
        assertThat(Message.word(":a")).isEqualTo("a");
        assertThat(Message.word("")).isEqualTo("*");
        assertThat(Message.word(":")).isEqualTo("*");
        assertThat(Message.word(" a")).isEqualTo("*");
        assertThat(Message.word("::a")).doesNotStartWith(":");
    }

    @Test
    void printable_showsControlCharacters() {
        assertThat(Message.printable("a\u001b[2Jü\n")).isEqualTo("a\\x1b[2Jü\\x0a");
    }
}
