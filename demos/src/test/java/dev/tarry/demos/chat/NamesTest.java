package dev.tarry.demos.chat;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NamesTest {
    @Test
    void fold_takesTheFinnishBracketsForCapitals() {
        assertThat(Names.fold("Nick[A]\\~")).isEqualTo("nick{a}|^");
        assertThat(Names.fold("{}|^_`@Ä09")).isEqualTo("{}|^_`@Ä09");
    }

    @Test
    void nick_beginsWithALetterOrSign() {
        assertThat(Names.isNick("anna-1")).isTrue();
        assertThat(Names.isNick("[x]\\`_^{|}")).isTrue();
        assertThat(Names.isNick("1anna")).isFalse();
        assertThat(Names.isNick("-anna")).isFalse();
    }

    @Test
    void nick_hasNoOtherCharacters() {
        for (String nick :
                new String[] {"", "a b", "a!b", "a@b", "a:b", "#a", "ä", "a\u0007", "a,b"}) {
            assertThat(Names.isNick(nick)).as(nick).isFalse();
        }
        assertThat(Names.isNick("n".repeat(30))).isTrue();
        assertThat(Names.isNick("n".repeat(31))).isFalse();
    }

    @Test
    void room_hasNoSpaceCommaColonOrControl() {
        for (String room :
                new String[] {"", "#", "a", "#a b", "#a,b", "#a:b", "#a\u0007", "#a\u0001"}) {
            assertThat(Names.isRoom(room)).as(room).isFalse();
        }
        assertThat(Names.isRoom("#tarry")).isTrue();
        assertThat(Names.isRoom("#münchen")).isTrue();
    }

    @Test
    void room_isMeasuredInBytes() {
        assertThat(Names.isRoom("#" + "a".repeat(49))).isTrue();
        assertThat(Names.isRoom("#" + "a".repeat(50))).isFalse();
        assertThat(Names.isRoom("#" + "ä".repeat(25))).isFalse();
    }

    @Test
    void user_keepsWhatCanStandInAPrefix() {
        assertThat(Names.user("a!b@c d")).isEqualTo("abcd");
        assertThat(Names.user("äöü")).isEqualTo("user");
        assertThat(Names.user("abcdefghijklmn")).hasSize(10);
    }

    @Test
    void cut_leavesNoHalfCharacter() {
        assertThat(Names.cut("ab😀", 3)).isEqualTo("ab");
        assertThat(Names.cut("ab😀", 4)).isEqualTo("ab😀");
        assertThat(Names.cut("abc", 2)).isEqualTo("ab");
    }
}
