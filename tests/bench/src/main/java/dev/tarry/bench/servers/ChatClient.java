package dev.tarry.bench.servers;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * The load client of {@code ./tarry bench chat}: many clients in one channel, some of whom talk.
 * Who talks says the next line when all others have the one before.
 *
 * <p>Arguments: port, clients, how many of them talk, milliseconds to warm up and to measure. What
 * it prints is told in {@link Measurement}; a message is a line that has come to one client.
 */
final class ChatClient {
    private static final int AT_ONCE = 25; // that connect
    private static final String WORDS = "some words as people say them, not so very many of them ";
    private static final int STAMP = "T000 0000000000000000000".length();

    private final Selector selector = Selector.open();
    private final List<Member> members = new ArrayList<>();
    private final Histogram delays = new Histogram();
    private int joined;
    private boolean begun;
    private long now;

    private ChatClient() throws IOException {}

    /** One of the clients. */
    private static final class Member {
        final SocketChannel channel;
        final int number;
        final ByteBuffer in = ByteBuffer.allocate(16 * 1024);
        int missing; // others who have not heard yet what it said last

        Member(SocketChannel channel, int number) {
            this.channel = channel;
            this.number = number;
        }

        void write(String text) throws IOException {
            ByteBuffer out = ByteBuffer.wrap(text.getBytes(US_ASCII));
            while (out.hasRemaining()) {
                int unused = channel.write(out);
            }
        }
    }

    public static void main(String[] arguments) throws IOException {
        int[] numbers = new int[arguments.length];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Integer.parseInt(arguments[i]);
        }
        ChatClient client = new ChatClient();
        client.join(numbers[0], numbers[1]);
        client.run(numbers[2], numbers[3] * 1_000_000L, numbers[4] * 1_000_000L);
        int unused = System.in.read(); // the driver looks at the server while all are connected
    }

    private void join(int port, int clients) throws IOException {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        for (int i = 0; i < clients; i++) {
            SocketChannel channel = SocketChannel.open(address);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            Member member = new Member(channel, i);
            members.add(member);
            channel.register(selector, SelectionKey.OP_READ, member);
            member.write("NICK b" + i + "\r\nUSER bench 0 * :Bench\r\n");
            while (joined <= i - AT_ONCE || (i == clients - 1 && joined < clients)) {
                turn();
            }
        }
    }

    private void run(int talkers, long warmup, long measure) throws IOException {
        long start = System.nanoTime();
        now = start;
        for (Member member : members.subList(0, talkers)) {
            say(member);
        }
        while (now - start < warmup) {
            turn();
        }
        System.out.println("BEGIN");
        begun = true;
        long begin = now;
        while (now - begin < measure) {
            turn();
        }
        delays.print(now - begin);
    }

    private void turn() throws IOException {
        int unused =
                selector.select(
                        key -> {
                            try {
                                read((Member) key.attachment());
                            } catch (IOException e) {
                                throw new IllegalStateException(e);
                            }
                        });
    }

    private void read(Member member) throws IOException {
        ByteBuffer in = member.in;
        if (member.channel.read(in) < 0) {
            throw new EOFException("the server has closed a connection");
        }
        now = System.nanoTime();
        int from = 0;
        for (int i = 0; i < in.position(); i++) {
            if (in.get(i) == '\n') {
                line(member, from, in.get(i - 1) == '\r' ? i - 1 : i);
                from = i + 1;
            }
        }
        in.limit(in.position()).position(from).compact();
    }

    /** Most lines are what others say; they end with who said it, and when. */
    private void line(Member member, int from, int to) throws IOException {
        int stamp = to - STAMP;
        if (stamp > from && member.in.get(stamp) == 'T') {
            heard((int) number(member.in, stamp + 1, 3), number(member.in, stamp + 5, 19));
            return;
        }
        String text = new String(member.in.array(), from, to - from, US_ASCII);
        String[] words = text.split(" ", 3);
        switch (words.length < 3 || text.startsWith("ERROR") ? "ERROR" : words[1]) {
            case "001" -> member.write("JOIN #bench\r\n");
            case "366" -> joined++; // the end of the names in the channel
            case "404", "432", "433", "ERROR" -> throw new IOException(text);
            default -> {} // what servers tell
        }
    }

    private static long number(ByteBuffer in, int from, int digits) {
        long number = 0;
        for (int i = from; i < from + digits; i++) {
            number = 10 * number + in.get(i) - '0';
        }
        return number;
    }

    private void heard(int talker, long said) throws IOException {
        if (begun) {
            delays.record(now - said);
        }
        Member member = members.get(talker);
        if (--member.missing == 0) {
            say(member);
        }
    }

    private void say(Member member) throws IOException {
        member.missing = members.size() - 1;
        long time = System.nanoTime();
        member.write(
                String.format("PRIVMSG #bench :%sT%03d %019d\r\n", WORDS, member.number, time));
    }
}
