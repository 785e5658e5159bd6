package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.events.Backend;
import dev.tarry.events.Poller;
import dev.tarry.events.Readiness;
import dev.tarry.runtime.Guest;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A host that sleeps in a poller of its own, and nowhere else. */
final class PollingHost implements AutoCloseable {
    private final Poller poller = Backend.EPOLL.open();
    final Guest guest;
    int turns;

    PollingHost(Guest guest) {
        this.guest = guest;
        assertThat(poller.addOneShot(guest.fd(), Readiness.READ, 1)).isZero();
    }

    void runUntil(CompletableFuture<?> done) {
        Optional<Duration> sleep = guest.turn(Duration.ZERO);
        while (!done.isDone()) {
            sleepAtMost(sleep);
            sleep = guest.turn(Duration.ZERO);
            turns++;
        }
    }

    /** Answers whether the guest's descriptor has ended the sleep. */
    boolean sleepAtMost(Optional<Duration> time) {
        boolean[] readable = {false};
        poller.poll(
                time.map(Duration::toNanos).orElse(-1L), (token, readiness) -> readable[0] = true);
        if (readable[0]) {
            poller.rearm(guest.fd(), Readiness.READ, 1);
        }
        return readable[0];
    }

    @Override
    public void close() {
        guest.close();
        poller.close();
    }
}
