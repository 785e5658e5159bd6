package dev.tarry.demos.chat;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What the server answers, by scripted clients. */
@Timeout(60)
class ProtocolTest {
    private TestServer server;
    private TestClient anna;
    private TestClient bob;

    @BeforeEach
    void start() throws IOException {
        server = TestServer.start();
        anna = TestClient.registered(server.port(), "anna");
        bob = TestClient.registered(server.port(), "bob");
    }

    @AfterEach
    void stop() throws Exception {
        anna.close();
        bob.close();
        server.awaitEmpty();
        server.close();
    }

    private TestClient stranger() throws IOException {
        return new TestClient(server.port());
    }

    private void bothIn(String room) throws IOException {
        anna.ask("JOIN " + room);
        bob.ask("JOIN " + room);
        anna.ask();
    }

    /** The number of each answer to {@code line}, or its command. */
    private static List<String> codes(TestClient client, String line) throws IOException {
        return client.ask(line).stream().map(l -> l.split(" ")[1]).toList();
    }

    // ---- registration

    @Test
    void welcome_hasAllItsParts() throws IOException {
        try (TestClient c = stranger()) {
            assertThat(c.ask("NICK c", "USER c 0 * :C").stream().map(l -> l.split(" ")[1]))
                    .containsExactly(
                            "001", "002", "003", "004", "005", "251", "252", "253", "254", "255",
                            "265", "266", "375", "372", "372", "372", "376");
        }
    }

    @Test
    void isupport_saysWhichNamesAreTheSame() throws IOException {
        try (TestClient c = stranger()) {
            c.send("USER c 0 * :C", "NICK c");
            assertThat(c.until(" 005 ")).contains(" CASEMAPPING=rfc1459 ").contains("CHANTYPES=# ");
        }
    }

    @Test
    void lineFeedOnly_isEnough() throws IOException {
        try (TestClient c = stranger()) {
            c.raw("NICK c\nUSER c 0 * :C\nJOIN #x\n".getBytes(StandardCharsets.US_ASCII));
            c.until(" 366 c #x ");
        }
    }

    @Test
    void unregistered_is451_evenWithoutParameters() throws IOException {
        try (TestClient c = stranger()) {
            assertThat(codes(c, "JOIN")).containsExactly("451");
            assertThat(codes(c, "PRIVMSG")).containsExactly("451");
            assertThat(codes(c, "NOSUCH")).containsExactly("421");
        }
    }

    @Test
    void registrationErrors() throws IOException {
        try (TestClient c = stranger()) {
            assertThat(codes(c, "NICK")).containsExactly("431");
            assertThat(codes(c, "NICK 1x")).containsExactly("432");
            assertThat(c.ask("NICK ANNA"))
                    .containsExactly(":tarry 433 * ANNA :Nickname is already in use");
            assertThat(codes(c, "USER c")).containsExactly("461");
            assertThat(codes(c, "PASS")).containsExactly("461");
        }
        assertThat(codes(anna, "USER a 0 * :A")).containsExactly("462");
        assertThat(codes(anna, "PASS x")).containsExactly("462");
    }

    @Test
    void capNegotiation_holdsTheWelcomeBack() throws IOException {
        try (TestClient c = stranger()) {
            assertThat(c.ask("CAP LS 302", "NICK c", "USER c 0 * :C"))
                    .containsExactly(":tarry CAP * LS :echo-message");
            assertThat(c.ask("CAP REQ :echo-message sasl"))
                    .containsExactly(":tarry CAP c NAK :echo-message sasl");
            assertThat(c.ask("CAP LIST")).containsExactly(":tarry CAP c LIST :");
            assertThat(c.ask("CAP REQ :echo-message"))
                    .containsExactly(":tarry CAP c ACK :echo-message");
            assertThat(c.ask("CAP LIST")).containsExactly(":tarry CAP c LIST :echo-message");
            assertThat(codes(c, "CAP NOSUCH")).containsExactly("410");
            assertThat(codes(c, "CAP END")).startsWith("001").endsWith("376");
            c.ask("JOIN #x");
            assertThat(c.ask("PRIVMSG #x :me")).containsExactly(":c!c@127.0.0.1 PRIVMSG #x :me");
        }
    }

    @Test
    void capListAfterRegistration_holdsNothingBack() throws IOException {
        assertThat(codes(anna, "CAP LS")).containsExactly("CAP");
        assertThat(codes(anna, "JOIN #x")).contains("366");
    }

    @Test
    void password_isAskedForWhereOneIsSet() throws Exception {
        Settings u = TestServer.USUAL;
        Settings withPassword =
                new Settings(u.ping(), u.registration(), u.clients(), u.queue(), "secret");
        try (TestServer closed = TestServer.start(withPassword)) {
            for (String first : List.of("PASS wrong", "PING x")) {
                try (TestClient c = new TestClient(closed.port())) {
                    c.send(first, "NICK c", "USER c 0 * :C");
                    assertThat(c.until(" 464 ")).contains("464 c :Password incorrect");
                    assertThat(c.rest()).last().asString().contains("(Bad password)");
                }
            }
            closed.awaitEmpty();
            try (TestClient c = new TestClient(closed.port())) {
                c.send("PASS :secret");
                c.register("c");
            }
        }
    }

    // ---- rooms

    @Test
    void join_isToldToAll_andAnsweredWithNames() throws IOException {
        assertThat(anna.ask("JOIN #a"))
                .containsExactly(
                        ":anna!anna@127.0.0.1 JOIN #a",
                        ":tarry 353 anna = #a :anna",
                        ":tarry 366 anna #a :End of NAMES list");
        bob.ask("TOPIC #a", "JOIN #A key,key");
        assertThat(anna.ask()).containsExactly(":bob!bob@127.0.0.1 JOIN #a");
        assertThat(bob.ask("NAMES #a")).first().asString().endsWith(" :anna bob");
        assertThat(bob.ask("JOIN #a")).isEmpty();
    }

    @Test
    void joinOfSeveral_andOfZero() throws IOException {
        assertThat(anna.ask("JOIN #a,#b k1,k2")).filteredOn(l -> l.contains(" 366 ")).hasSize(2);
        assertThat(anna.ask("JOIN 0"))
                .containsExactly(":anna!anna@127.0.0.1 PART #a", ":anna!anna@127.0.0.1 PART #b");
        assertThat(server.counts().rooms()).isZero();
    }

    @Test
    void roomErrors() throws IOException {
        bob.ask("JOIN #b");
        assertThat(codes(anna, "JOIN")).containsExactly("461");
        assertThat(codes(anna, "JOIN #a:b")).containsExactly("476");
        assertThat(codes(anna, "JOIN b")).containsExactly("403");
        assertThat(codes(anna, "PART #none")).containsExactly("403");
        assertThat(codes(anna, "PART #b")).containsExactly("442");
        assertThat(codes(anna, "TOPIC #b :x")).containsExactly("442");
        assertThat(codes(anna, "TOPIC #none")).containsExactly("403");
        assertThat(codes(anna, "KICK #b bob")).containsExactly("442");
        assertThat(codes(bob, "KICK #b anna")).containsExactly("482");
        assertThat(codes(bob, "INVITE bob #b")).containsExactly("443");
        assertThat(codes(bob, "INVITE nobody #b")).containsExactly("401");
        assertThat(codes(anna, "NAMES #none")).containsExactly("366");
    }

    @Test
    void partAndQuit_areToldToTheRoom() throws IOException {
        bothIn("#a");
        assertThat(bob.ask("PART #a :so long"))
                .containsExactly(":bob!bob@127.0.0.1 PART #a :so long");
        assertThat(anna.ask()).containsExactly(":bob!bob@127.0.0.1 PART #a :so long");
        bob.ask("JOIN #a");
        bob.send("QUIT :good bye");
        assertThat(bob.rest()).containsExactly("ERROR :Closing Link: 127.0.0.1 (Quit: good bye)");
        assertThat(anna.until("QUIT")).isEqualTo(":bob!bob@127.0.0.1 QUIT :Quit: good bye");
    }

    @Test
    void topic_isToldKeptAndShown() throws IOException {
        bothIn("#a");
        assertThat(codes(anna, "TOPIC #a")).containsExactly("331");
        assertThat(bob.ask("TOPIC #a :On tea"))
                .containsExactly(":bob!bob@127.0.0.1 TOPIC #a :On tea");
        assertThat(anna.ask()).containsExactly(":bob!bob@127.0.0.1 TOPIC #a :On tea");
        assertThat(codes(anna, "TOPIC #a")).containsExactly("332", "333");
        try (TestClient c = TestClient.registered(server.port(), "c")) {
            assertThat(codes(c, "JOIN #a")).containsExactly("JOIN", "332", "333", "353", "366");
        }
    }

    @Test
    void twentyRooms_areEnough() throws IOException {
        String rooms =
                IntStream.range(0, 21).mapToObj(i -> "#" + i).collect(Collectors.joining(","));
        assertThat(anna.ask("JOIN " + rooms))
                .last()
                .isEqualTo(":tarry 405 anna #20 :You have joined too many channels");
    }

    @Test
    void longListOfNames_comesInSeveralLines() throws IOException {
        List<TestClient> many = new java.util.ArrayList<>();
        for (int i = 0; i < 30; i++) {
            TestClient c = TestClient.registered(server.port(), "n" + i + "x".repeat(26));
            c.ask("JOIN #a");
            many.add(c);
        }
        List<String> names = anna.ask("NAMES #a");
        assertThat(names).hasSize(4).allMatch(l -> l.length() <= 510);
        assertThat(String.join(" ", names).split(" n\\d|:n\\d")).hasSize(31);
        for (TestClient c : many) {
            c.close();
        }
    }

    // ---- talking

    @Test
    void privmsg_goesToTheOthers() throws IOException {
        bothIn("#a");
        assertThat(anna.ask("PRIVMSG #A,bob :hello :)")).isEmpty();
        assertThat(bob.ask())
                .containsExactly(
                        ":anna!anna@127.0.0.1 PRIVMSG #a :hello :)",
                        ":anna!anna@127.0.0.1 PRIVMSG bob :hello :)");
    }

    @Test
    void privmsgErrors() throws IOException {
        bob.ask("JOIN #b");
        assertThat(codes(anna, "PRIVMSG")).containsExactly("411");
        assertThat(codes(anna, "PRIVMSG bob")).containsExactly("412");
        assertThat(codes(anna, "PRIVMSG bob :")).containsExactly("412");
        assertThat(codes(anna, "PRIVMSG nobody :x")).containsExactly("401");
        assertThat(codes(anna, "PRIVMSG #none :x")).containsExactly("403");
        assertThat(codes(anna, "PRIVMSG #b :x")).containsExactly("404");
        assertThat(codes(anna, "PRIVMSG 1,2,3,4,5,6,7,8,9 :x")).containsExactly("407");
    }

    @Test
    void notice_isNeverAnswered() throws IOException {
        bob.ask("JOIN #b", "AWAY :gone");
        for (String notice :
                List.of(
                        "NOTICE",
                        "NOTICE bob",
                        "NOTICE nobody :x",
                        "NOTICE #none :x",
                        "NOTICE #b :x")) {
            assertThat(anna.ask(notice)).as(notice).isEmpty();
        }
        assertThat(anna.ask("NOTICE bob :psst")).isEmpty();
        assertThat(bob.ask()).containsExactly(":anna!anna@127.0.0.1 NOTICE bob :psst");
    }

    @Test
    void nickChange_isToldOnceToWhoSharesARoom() throws IOException {
        bothIn("#a");
        bothIn("#b");
        try (TestClient c = TestClient.registered(server.port(), "c")) {
            assertThat(anna.ask("NICK Anna[1]"))
                    .containsExactly(":anna!anna@127.0.0.1 NICK :Anna[1]");
            assertThat(bob.ask()).containsExactly(":anna!anna@127.0.0.1 NICK :Anna[1]");
            assertThat(c.ask()).isEmpty();
            assertThat(codes(c, "NICK aNNA{1}")).containsExactly("433");
            assertThat(anna.ask("NICK anna{1}")).hasSize(1); // the same one, in other letters
            assertThat(codes(c, "NICK anna")).containsExactly("NICK");
        }
    }

    @Test
    void longMessage_isCutNotSplit() throws IOException {
        bothIn("#a");
        anna.ask("PRIVMSG #a :" + "€".repeat(165));
        String got = bob.ask().getFirst();
        assertThat(got.getBytes(StandardCharsets.UTF_8).length).isBetween(508, 510);
        assertThat(got).endsWith("€€€");
    }

    @Test
    void tooLongLine_is417_andTheNextOneCounts() throws IOException {
        assertThat(codes(anna, "PRIVMSG bob :" + "x".repeat(498))).containsExactly("417");
        assertThat(anna.ask("PRIVMSG bob :" + "x".repeat(497))).isEmpty();
        assertThat(bob.ask()).hasSize(1);
    }

    // ---- questions

    @Test
    void modes() throws IOException {
        anna.ask("JOIN #a");
        assertThat(anna.ask("MODE #a").getFirst()).isEqualTo(":tarry 324 anna #a :+n");
        assertThat(codes(anna, "MODE #a")).containsExactly("324", "329");
        assertThat(codes(anna, "MODE #a b")).containsExactly("368");
        assertThat(codes(anna, "MODE #a +b")).containsExactly("368");
        assertThat(codes(anna, "MODE #a +o bob")).containsExactly("482");
        assertThat(codes(bob, "MODE #a +m")).containsExactly("442");
        assertThat(codes(anna, "MODE #a +X")).containsExactly("472");
        assertThat(codes(anna, "MODE #none")).containsExactly("403");
        assertThat(anna.ask("MODE anna")).containsExactly(":tarry 221 anna :+");
        assertThat(anna.ask("MODE anna +i")).containsExactly(":anna MODE anna :+i");
        assertThat(anna.ask("MODE anna")).containsExactly(":tarry 221 anna :+i");
        assertThat(codes(anna, "MODE anna +z")).containsExactly("501");
        assertThat(codes(anna, "MODE bob +i")).containsExactly("502");
        assertThat(codes(anna, "MODE nobody")).containsExactly("401");
    }

    @Test
    void who_showsTheRoomAndHidesTheInvisible() throws IOException {
        bothIn("#a");
        assertThat(anna.ask("WHO #a"))
                .contains(":tarry 352 anna #a bob 127.0.0.1 tarry bob H :0 Name of bob")
                .hasSize(3);
        bob.ask("PART #a", "MODE bob +i");
        anna.ask();
        assertThat(codes(anna, "WHO *")).containsExactly("352", "315");
        assertThat(codes(anna, "WHO")).containsExactly("352", "315");
        assertThat(codes(anna, "WHO nobody")).containsExactly("315");
    }

    @Test
    void whoisAndAway() throws IOException {
        bob.ask("JOIN #b", "AWAY :at lunch");
        assertThat(codes(anna, "WHOIS bob"))
                .containsExactly("311", "319", "312", "301", "317", "318");
        assertThat(codes(anna, "WHOIS nobody")).containsExactly("401", "318");
        assertThat(codes(anna, "WHOIS")).containsExactly("431");
        assertThat(anna.ask("PRIVMSG bob :hi")).containsExactly(":tarry 301 anna bob :at lunch");
        bob.ask();
        assertThat(codes(bob, "AWAY")).containsExactly("305");
    }

    @Test
    void theOtherQuestions() throws IOException {
        anna.ask("JOIN #a");
        assertThat(codes(bob, "LIST")).containsExactly("321", "322", "323");
        assertThat(codes(bob, "LIST #none")).containsExactly("321", "323");
        assertThat(bob.ask("USERHOST anna nobody"))
                .containsExactly(":tarry 302 bob :anna=+anna@127.0.0.1");
        assertThat(bob.ask("ISON nobody anna BOB")).containsExactly(":tarry 303 bob :anna bob");
        assertThat(codes(bob, "LUSERS")).startsWith("251").contains("255");
        assertThat(codes(bob, "VERSION")).containsExactly("351");
        assertThat(codes(bob, "TIME")).containsExactly("391");
        assertThat(codes(bob, "WHOWAS x")).containsExactly("406", "369");
        assertThat(codes(bob, "OPER a b")).containsExactly("421");
        assertThat(codes(bob, "PING")).containsExactly("409");
        assertThat(bob.ask("PONG x")).isEmpty();
    }
}
