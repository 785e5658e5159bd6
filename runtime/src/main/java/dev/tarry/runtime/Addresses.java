package dev.tarry.runtime;

import com.google.common.net.InetAddresses;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Host names and addresses. */
final class Addresses {
    private Addresses() {}

    /** An address as it is, and a name by way of the resolver, which blocks, on another thread. */
    static InetSocketAddress resolve(String host, int port) throws IOException {
        if (InetAddresses.isInetAddress(host)) {
            return new InetSocketAddress(InetAddresses.forString(host), port);
        }
        try {
            // The resolver ignores interrupts, may take a minute, and leaves nothing behind.
            InetAddress address =
                    Tarry.blockingAbandonable(() -> InetAddress.getByName(host), late -> {});
            return new InetSocketAddress(address, port);
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError(e); // the resolver throws nothing else
        }
    }
}
