package dev.tarry.bench.servers;

import dev.tarry.runtime.Tarry;
import dev.tarry.runtime.TcpListener;
import dev.tarry.runtime.TcpStream;

import java.io.IOException;
import java.nio.ByteBuffer;

/** With Tarry: a task for each connection. The carrier is a property of the JVM. */
final class TarryEcho {
    private TarryEcho() {}

    public static void main(String[] arguments) {
        Tarry.run(
                () -> {
                    try (TcpListener listener = TcpListener.bind("127.0.0.1", 0)) {
                        System.out.println("PORT " + listener.port());
                        while (true) {
                            TcpStream stream = listener.accept();
                            Tarry.spawn(() -> echo(stream));
                        }
                    }
                });
    }

    private static void echo(TcpStream stream) {
        try (stream) {
            ByteBuffer buffer = ByteBuffer.allocateDirect(16 * 1024);
            while (stream.read(buffer.clear()) >= 0) {
                stream.write(buffer.flip());
            }
        } catch (IOException e) {
            // the client has gone
        }
    }
}
