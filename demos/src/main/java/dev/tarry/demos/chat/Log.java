package dev.tarry.demos.chat;

import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.Task;

import java.io.PrintStream;
import java.time.Duration;

/**
 * Lines for whoever runs the server. A terminal that is stopped with Ctrl-S blocks who writes to
 * it, so a task of its own does that, off the loop; what it cannot keep up with is dropped.
 */
final class Log implements AutoCloseable {
    private static final int KEPT = 1000;

    private final Channel<String> lines = Channel.buffered(KEPT);
    private final Task<?> writer;

    private Log(PrintStream to) {
        writer = Tarry.spawn("log", () -> write(to));
    }

    /** Starts the task that writes. */
    static Log open(PrintStream to) {
        return new Log(to);
    }

    private void write(PrintStream to) throws Exception {
        for (String line : lines) {
            Tarry.blockingAbandonable( // a stopped terminal must not keep the server from its end
                    () -> {
                        to.println(line);
                        return true;
                    },
                    written -> {});
        }
    }

    void line(String line) {
        lines.trySend(Message.printable(line));
    }

    void failure(String where, Throwable failure) {
        line(where + " failed: " + failure);
    }

    /** Gives the last lines a moment. */
    @Override
    public void close() {
        lines.close();
        if (Tarry.await(writer.done(), Duration.ofMillis(500)).isEmpty()) {
            writer.cancel();
        }
    }
}
