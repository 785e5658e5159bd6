package dev.tarry.runtime;

import com.google.common.util.concurrent.Uninterruptibles;

import dev.tarry.scheduler.Choice;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Sleeps for a {@link Guest}, on a thread of its own, and asks the host for its turns. What sleeps
 * is a task that waits: for the guest's descriptor, for its next timer, and for the end.
 */
final class GuestDriver implements AutoCloseable {
    private final Guest guest;
    private final Executor host;
    private final int fd;
    private final CompletableFuture<Boolean> end = new CompletableFuture<>();
    private final Thread thread;

    private GuestDriver(Guest guest, Executor host) {
        this.guest = guest;
        this.host = host;
        this.fd = guest.fd();
        this.thread =
                Thread.ofPlatform().daemon().name("tarry-guest-driver").unstarted(this::drive);
    }

    static GuestDriver start(Guest guest, Executor host) {
        GuestDriver driver = new GuestDriver(guest, host);
        driver.thread.start();
        return driver;
    }

    private void drive() {
        try {
            Tarry.run(this::turnByTurn);
        } catch (Throwable t) {
            System.getLogger("dev.tarry")
                    .log(Level.ERROR, "the tasks of a guest do not run any more", t);
        }
    }

    private void turnByTurn() {
        var over = Events.done(end);
        var due = Events.readable(fd);
        var turned = Events.<Optional<Duration>>trigger();
        while (true) {
            host.execute(() -> turn(turned::fire));
            var next = Tarry.wait(over, turned);
            if (next.has(over)) {
                return;
            }
            Duration sleep = next.get(turned).orElseThrow().orElse(null);
            if (Tarry.wait(List.of(over, due), sleep, Choice.FAIR).has(over)) {
                return;
            }
        }
    }

    /** On the host's thread, which has closed the guest perhaps since it was asked. */
    private void turn(Consumer<Optional<Duration>> turned) {
        if (guest.isClosed()) {
            return;
        }
        try {
            turned.accept(guest.turn(Duration.ZERO));
        } catch (Throwable t) {
            end.complete(true);
            throw t; // the host's business
        }
    }

    /** Asks for no more turns. Its thread needs nothing of the host's to end. */
    @Override
    public void close() {
        end.complete(true);
        Uninterruptibles.joinUninterruptibly(thread);
    }
}
