package dev.tarry.integration.regress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.runtime.LineTooLongException;
import dev.tarry.runtime.Tarry;
import dev.tarry.runtime.TcpListener;
import dev.tarry.runtime.TcpStream;
import dev.tarry.scheduler.Task;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A peer that never stops sending keeps neither the other tasks from running nor its own end. */
@Timeout(60)
class StreamFairnessTest {
    /** What one task does with the stream until it is cancelled. */
    private interface Reader {
        void read(TcpStream stream) throws IOException;
    }

    @Test
    void readsThatNeverHaveToWait_letTheOthersRun() {
        whileFlooded(
                stream -> {
                    ByteBuffer buffer = ByteBuffer.allocateDirect(16);
                    while (stream.read(buffer.clear()) >= 0) {}
                });
    }

    @Test
    void lineWithoutAnEnd_letsTheOthersRun() {
        whileFlooded(
                stream -> {
                    while (true) {
                        try {
                            var unused = stream.readLine();
                        } catch (LineTooLongException e) {
                            // goes on to look for its end
                        }
                    }
                });
    }

    private static void whileFlooded(Reader reader) {
        Tarry.run(
                () -> {
                    Process flood = null;
                    try (var listener = TcpListener.bind("127.0.0.1", 0)) {
                        String port = Integer.toString(listener.port());
                        String script = "exec cat /dev/zero > /dev/tcp/127.0.0.1/" + port;
                        flood = new ProcessBuilder("bash", "-c", script).start();
                        try (var stream = listener.accept()) {
                            Task<?> task = Tarry.spawn(() -> reader.read(stream));
                            for (int i = 0; i < 100; i++) {
                                Tarry.yieldNow();
                            }
                            assertThat(task.outcome()).isNull();
                            task.cancel();
                            var unused = Tarry.await(task.done());
                        }
                    } finally {
                        if (flood != null) {
                            flood.destroyForcibly();
                        }
                    }
                });
    }
}
