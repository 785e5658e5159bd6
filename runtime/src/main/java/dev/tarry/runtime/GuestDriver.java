package dev.tarry.runtime;

import com.google.common.util.concurrent.Uninterruptibles;

import dev.tarry.events.Order;
import dev.tarry.events.Outcome;

import org.jspecify.annotations.Nullable;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sleeps for a {@link Guest}, on a thread of its own, and asks the host for its turns. What sleeps
 * is a task that waits: for the guest's descriptor, for its next timer, and for the end.
 *
 * <p>If the host refuses a turn, the guest is over. Its cleanup belongs on the host's thread, so
 * the host is asked to close it, some times. If it refuses that, too, and its thread is outside the
 * guest, this thread takes that one's place, and closes.
 */
final class GuestDriver implements AutoCloseable {
    /** How often a host that refuses is asked to close the guest: for about a second. */
    private static final int MOST_TRIES = 20;

    private static final long LONGEST_PAUSE = 64; // milliseconds

    private final Guest guest;
    private final Executor host;
    private final int fd;
    private final CompletableFuture<Boolean> end = new CompletableFuture<>();
    private final Thread thread;

    // This thread only.
    private @Nullable Throwable refusal;

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
            refusal = t;
        }
        Throwable why = refusal;
        if (why != null && !guest.isClosed()) {
            giveUp(why);
        }
    }

    // ---- turns

    private void turnByTurn() {
        var over = Events.done(end);
        var due = Events.readable(fd);
        while (true) {
            CompletableFuture<Optional<Duration>> turned = new CompletableFuture<>();
            try {
                host.execute(() -> turn(turned));
            } catch (Throwable t) {
                refusal = t;
                return;
            }
            var turn = Events.done(turned);
            var next = Tarry.wait(over, turn);
            if (next.has(over)) {
                return;
            }
            Duration sleep;
            switch (next.get(turn).orElseThrow()) {
                case Outcome.Value(var time) -> sleep = time.orElse(null);
                case Outcome.Failed(var cause) -> {
                    refusal = cause;
                    return;
                }
                case Outcome.Closed(var what) -> throw new AssertionError(what);
            }
            if (Tarry.wait(List.of(over, due), sleep, Order.FAIR).has(over)) {
                return;
            }
        }
    }

    /**
     * On the host's thread, which has closed the guest perhaps since it was asked. What tasks have
     * for that thread comes last, since it may hold it for long: in a dialog, whose own loop shall
     * run the next turns.
     */
    private void turn(CompletableFuture<Optional<Duration>> turned) {
        if (guest.isClosed()) {
            return;
        }
        try {
            turned.complete(guest.turnOnly(Duration.ZERO));
        } catch (Throwable t) {
            turned.completeExceptionally(t);
            throw t; // the host's business as well
        }
        guest.runCalls();
    }

    // ---- a host that runs no turns any more

    private void giveUp(Throwable why) {
        guest.fail(why);
        System.getLogger("dev.tarry")
                .log(
                        Level.WARNING,
                        guest + " is closed, since its host has refused to run a turn",
                        why);
        boolean asked = false;
        for (int tries = 0; !isOver(tries); tries++) {
            asked = asked || askToClose(why);
            boolean hopeless = !guest.hostIsAlive() || !asked && tries >= MOST_TRIES;
            if (hopeless && takeOver(why)) {
                return;
            }
        }
    }

    /** Waits a little, longer each time, whether the host closes the guest. */
    private boolean isOver(int tries) {
        try {
            long pause = tries == 0 ? 0 : Math.min(1L << Math.min(tries, 30), LONGEST_PAUSE);
            return end.get(pause, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return false;
        } catch (Exception e) {
            throw new AssertionError(e); // nobody fails it, or interrupts this thread
        }
    }

    private boolean askToClose(Throwable why) {
        if (why instanceof WrongThreadException) {
            return false; // it would close on a wrong thread
        }
        try {
            host.execute(guest::close);
            return true;
        } catch (Throwable t) {
            return false;
        }
    }

    private boolean takeOver(Throwable why) {
        try {
            return guest.takeOver(why);
        } catch (Throwable t) {
            System.getLogger("dev.tarry").log(Level.ERROR, guest + " has failed", t);
            return true;
        }
    }

    /** Asks for no more turns. Its thread needs nothing of the host's to end. */
    @Override
    public void close() {
        end.complete(true);
        Uninterruptibles.joinUninterruptibly(thread);
    }
}
