package dev.tarry.bench.servers;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What the load client does.
 *
 * @param connections how many there are
 * @param active how many of them have messages under way
 * @param bytes of each message
 * @param paced whether messages are due at moments of their own, whatever the server does
 */
record Load(int connections, int active, int bytes, boolean paced) {

    static Load of(int connections, int bytes) {
        return new Load(connections, connections, bytes, false);
    }

    /** The first {@code active} of the connections are in use. */
    static Load idle(int connections, int active, int bytes) {
        return new Load(connections, active, bytes, false);
    }

    static Load paced(int connections, int bytes) {
        return new Load(connections, connections, bytes, true);
    }

    String description() {
        return (bytes < 1024 ? bytes + " B, " : bytes / 1024 + " KiB, ")
                + String.format("%,d connection%s", connections, connections == 1 ? "" : "s")
                + (active < connections ? String.format(", %,d idle", connections - active) : "")
                + (paced ? ", at 70 % load" : "");
    }

    /**
     * Loads a server.
     *
     * @param rate how many messages are due in a second, if it is paced
     */
    double[] run(Server server, List<String> client, int warmupMillis, int millis, double rate)
            throws IOException {
        List<String> command = new ArrayList<>(client);
        for (int n : new int[] {server.port(), connections, active, bytes, warmupMillis, millis}) {
            command.add(String.valueOf(n));
        }
        command.add(paced ? String.valueOf(Math.round(rate)) : "0");
        return Measurement.of(server, command);
    }
}
