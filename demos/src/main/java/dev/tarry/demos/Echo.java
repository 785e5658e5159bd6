package dev.tarry.demos;

import static dev.tarry.events.Signal.INT;
import static dev.tarry.events.Signal.TERM;

import dev.tarry.events.Sockets;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Signals;
import dev.tarry.runtime.Tarry;
import dev.tarry.runtime.TcpListener;
import dev.tarry.runtime.TcpStream;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A task for each connection, which reads as if it were alone in the world. */
@Command(
        name = "echo",
        description = "A server that sends back what it gets.",
        mixinStandardHelpOptions = true)
final class Echo implements Runnable {
    @Mixin private final ListenOptions listen = new ListenOptions(7777);

    @Override
    public void run() {
        Tarry.run(
                () -> {
                    try (var listener = TcpListener.bind(listen.address(), listen.port());
                            var stop = Signals.subscribe(TERM, INT)) {
                        System.out.println("Listening on " + Sockets.text(listener.localAddress()));
                        Scope.supervise(
                                (task, failure) -> System.out.println(task.name() + ": " + failure),
                                scope -> {
                                    var connection = listener.accepting();
                                    var stopping = stop.receiving();
                                    while (true) {
                                        var fired = Tarry.wait(connection, stopping);
                                        if (fired.has(stopping)) {
                                            scope.cancel();
                                            return;
                                        }
                                        fired.get(connection)
                                                .ifPresent(s -> scope.spawn(() -> echo(s)));
                                    }
                                });
                    }
                });
    }

    private static void echo(TcpStream stream) throws IOException {
        try (stream) {
            ByteBuffer bytes = ByteBuffer.allocate(8192);
            while (stream.read(bytes.clear()) >= 0) {
                stream.write(bytes.flip());
            }
        }
    }
}
