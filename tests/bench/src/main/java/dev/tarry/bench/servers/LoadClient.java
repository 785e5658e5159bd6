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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** What c/load.c does, where there is no C compiler. Same arguments, same words. */
final class LoadClient {
    private static final int PACE = 100;
    private static final int QUEUE = 512;

    private final Selector selector = Selector.open();
    private final List<Connection> connections = new ArrayList<>();
    private final ByteBuffer message;
    private final ByteBuffer answer = ByteBuffer.allocateDirect(1 << 16);
    private final Histogram delays = new Histogram();
    private final SplittableRandom random = new SplittableRandom(1);
    private final double rate;

    private long begin;
    private long last;
    private double due;
    private int sent;

    private LoadClient(int bytes, double rate) throws IOException {
        message = ByteBuffer.allocateDirect(bytes);
        this.rate = rate;
    }

    private static final class Connection {
        final SocketChannel channel;
        final ArrayDeque<Long> due = new ArrayDeque<>(); // of the messages under way
        int missing;

        Connection(SocketChannel channel) {
            this.channel = channel;
        }
    }

    public static void main(String[] arguments) throws IOException {
        int[] numbers = new int[6];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Integer.parseInt(arguments[i]);
        }
        LoadClient client = new LoadClient(numbers[3], Double.parseDouble(arguments[6]));
        client.connect(numbers[0], numbers[1]);
        client.run(numbers[2], numbers[4] * 1_000_000L, numbers[5] * 1_000_000L);
        client.delays.print(client.last - client.begin);
        int unused = System.in.read(); // the driver looks at the server while all are connected
    }

    private void connect(int port, int count) throws IOException {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        for (int i = 0; i < count; i++) {
            SocketChannel channel = SocketChannel.open(address);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            if (i % PACE == PACE - 1) { // so that no backlog overflows
                channel.write(message.clear());
                for (int n = 0; n < message.capacity(); ) {
                    n += channel.read(answer.clear());
                }
            }
            channel.configureBlocking(false);
            Connection connection = new Connection(channel);
            channel.register(selector, SelectionKey.OP_READ, connection);
            connections.add(connection);
        }
    }

    private void run(int active, long warmup, long measure) throws IOException {
        long start = System.nanoTime();
        last = start;
        due = start;
        if (rate == 0) {
            for (Connection connection : connections.subList(0, active)) {
                send(connection, start);
            }
        }
        while (begin == 0 || last - begin < measure) {
            if (rate == 0) {
                int unused = selector.select(this::receive);
            } else {
                sendDue(active);
                int unused = selector.selectNow(this::receive);
            }
            if (begin == 0 && last - start >= warmup) {
                System.out.println("BEGIN");
                begin = last;
            }
        }
    }

    private void sendDue(int active) throws IOException {
        long now = System.nanoTime();
        while (due <= now) {
            Connection connection = connections.get(sent % active);
            if (connection.due.size() == QUEUE) {
                return;
            }
            send(connection, (long) due);
            sent++;
            due -= Math.log(1 - random.nextDouble()) * 1e9 / rate;
        }
    }

    private void send(Connection connection, long now) throws IOException {
        if (connection.due.isEmpty()) {
            connection.missing = message.capacity();
        }
        connection.due.add(now);
        message.clear();
        while (message.hasRemaining()) {
            int unused = connection.channel.write(message);
        }
    }

    private void receive(SelectionKey key) {
        try {
            Connection connection = (Connection) key.attachment();
            int n = connection.channel.read(answer.clear());
            if (n < 0) {
                throw new EOFException("the server has closed a connection");
            }
            connection.missing -= n;
            while (connection.missing <= 0 && !connection.due.isEmpty()) {
                completed(connection);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void completed(Connection connection) throws IOException {
        last = System.nanoTime();
        long delay = last - connection.due.remove();
        if (begin != 0) {
            delays.record(delay);
        }
        connection.missing += message.capacity();
        if (rate == 0) {
            send(connection, last);
        }
    }
}
