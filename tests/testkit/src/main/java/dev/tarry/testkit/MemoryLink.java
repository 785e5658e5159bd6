package dev.tarry.testkit;

import dev.tarry.events.ClosedException;
import dev.tarry.events.Fd;
import dev.tarry.events.Sockets;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Scope;

import java.io.IOException;

/**
 * A connection of a {@link MemoryNetwork}: two socket pairs, whose outer ends the programs have,
 * and between the inner ones a task for each direction.
 */
final class MemoryLink {
    private final MemoryNetwork network;
    private final String name;
    private final MemoryStream here;
    private final MemoryStream there;
    private final Fd innerHere;
    private final Fd innerThere;
    private final Channel<Integer> broken = Channel.rendezvous();
    private int directions = 2;

    MemoryLink(MemoryNetwork network, String name) throws IOException {
        this.network = network;
        this.name = name;
        Fd[] near = Sockets.pair();
        Fd[] far;
        try {
            far = Sockets.pair();
        } catch (IOException e) {
            near[0].close();
            near[1].close();
            throw e;
        }
        here = new MemoryStream(near[0], "connection to " + name);
        innerHere = near[1];
        there = new MemoryStream(far[1], "connection from a client of " + name);
        innerThere = far[0];
    }

    MemoryStream here() {
        return here;
    }

    MemoryStream there() {
        return there;
    }

    void carry(Scope scope) {
        var up = scope.spawn("network to " + name, () -> carry(innerHere, innerThere));
        var down = scope.spawn("network from " + name, () -> carry(innerThere, innerHere));
        assert up != down;
    }

    private void carry(Fd from, Fd to) {
        try {
            new MemoryPipe(network, from, to, broken.closed()).carry();
        } catch (IOException | ClosedException e) {
            close(); // one end has gone, or all was cut: so has the connection
        } finally {
            if (--directions == 0) {
                close();
                network.ended(this);
            }
        }
    }

    /** Breaks it: both programs see the end. */
    void close() {
        broken.close();
        innerHere.close();
        innerThere.close();
    }

    /** Nobody has accepted it. */
    void abandon() {
        close();
        here.close();
        there.close();
    }
}
