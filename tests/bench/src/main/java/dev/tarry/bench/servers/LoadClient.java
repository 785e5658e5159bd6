package dev.tarry.bench.servers;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Locale;

/** What c/load.c does, where there is no C compiler. Same arguments, same words. */
final class LoadClient {
    private static final int PACE = 100;

    private final Selector selector = Selector.open();
    private final ByteBuffer message;
    private final ByteBuffer answer = ByteBuffer.allocateDirect(1 << 16);

    /** How often each delay came: 32 buckets for each power of two. */
    private final long[] histogram = new long[64 * 32];

    private long messages;
    private long begin;
    private long last;

    private LoadClient(int bytes) throws IOException {
        message = ByteBuffer.allocateDirect(bytes);
    }

    private static final class Connection {
        long sent;
        int missing;
    }

    public static void main(String[] arguments) throws IOException {
        int[] numbers = new int[6];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Integer.parseInt(arguments[i]);
        }
        LoadClient client = new LoadClient(numbers[3]);
        client.connect(numbers[0], numbers[1], numbers[2]);
        client.run(numbers[4] * 1_000_000L, numbers[5] * 1_000_000L);
        System.out.println("END");
        System.out.printf(
                Locale.ROOT,
                "%d %.6f %.3f %.3f %.3f%n",
                client.messages,
                (client.last - client.begin) / 1e9,
                client.percentile(.5),
                client.percentile(.99),
                client.percentile(.999));
        int unused = System.in.read(); // the driver looks at the server while all are connected
    }

    private void connect(int port, int connections, int active) throws IOException {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        for (int i = 0; i < connections; i++) {
            SocketChannel channel = SocketChannel.open(address);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            if (i % PACE == PACE - 1) { // so that no backlog overflows
                channel.write(message.clear());
                for (int n = 0; n < message.capacity(); ) {
                    n += channel.read(answer.clear());
                }
            }
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, new Connection());
        }
        for (SelectionKey key : selector.keys().stream().limit(active).toList()) {
            send(key);
        }
    }

    private void run(long warmup, long measure) throws IOException {
        long start = System.nanoTime();
        last = start;
        while (begin == 0 || last - begin < measure) {
            int unused = selector.select(this::receive);
            if (begin == 0 && last - start >= warmup) {
                System.out.println("BEGIN");
                begin = last;
            }
        }
    }

    private void send(SelectionKey key) throws IOException {
        Connection connection = (Connection) key.attachment();
        connection.missing = message.capacity();
        connection.sent = System.nanoTime();
        message.clear();
        while (message.hasRemaining()) {
            int unused = ((SocketChannel) key.channel()).write(message);
        }
    }

    private void receive(SelectionKey key) {
        try {
            Connection connection = (Connection) key.attachment();
            int n = ((SocketChannel) key.channel()).read(answer.clear());
            if (n < 0) {
                throw new EOFException("the server has closed a connection");
            }
            connection.missing -= n;
            if (connection.missing == 0) {
                last = System.nanoTime();
                if (begin != 0) {
                    record(last - connection.sent);
                }
                send(key);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void record(long nanos) {
        messages++;
        int exponent = Math.max(0, 58 - Long.numberOfLeadingZeros(nanos));
        histogram[exponent * 32 + (int) (nanos >> exponent)]++;
    }

    private double percentile(double share) {
        long left = (long) (share * messages);
        int i = 0;
        while ((left -= histogram[i]) >= 0 && i < histogram.length - 1) {
            i++;
        }
        int exponent = i < 64 ? 0 : i / 32 - 1;
        return ((long) (i - exponent * 32) << exponent) / 1000.0;
    }
}
