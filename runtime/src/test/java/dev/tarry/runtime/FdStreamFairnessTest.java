package dev.tarry.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.events.Pipe;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;

/** A stream that always has something must not keep its task on the loop for ever. */
@Timeout(60)
class FdStreamFairnessTest {
    private static ProcessBuilder endless() {
        return new ProcessBuilder("cat", "/dev/zero");
    }

    @Test
    void lineWithoutEnd_letsOthersRun() {
        Tarry.run(
                () -> {
                    try (Child child = Child.start(endless())) {
                        var reader = Tarry.spawn(() -> readLines(child.stdout()));
                        Tarry.sleep(Duration.ofMillis(100));
                        assertThat(reader.outcome()).isNull();
                        reader.cancel();
                    }
                });
    }

    private static void readLines(FdStream stream) throws IOException {
        while (true) {
            try {
                var unused = stream.readLine();
            } catch (LineTooLongException e) {
                // told once; the rest of it is skipped, and that has no end
            }
        }
    }

    @Test
    void readThatNeverHasToWait_letsOthersRun() {
        Tarry.run(
                () -> {
                    try (Child child = Child.start(endless())) {
                        var reader = Tarry.spawn(() -> readBytes(child.stdout()));
                        Tarry.sleep(Duration.ofMillis(100));
                        assertThat(reader.outcome()).isNull();
                        reader.cancel();
                    }
                });
    }

    private static void readBytes(FdStream stream) throws IOException {
        ByteBuffer few = ByteBuffer.allocate(16);
        while (stream.read(few.clear()) > 0) {}
    }

    @Test
    void writeThatNeverHasToWait_letsOthersRun() {
        Tarry.run(
                () -> {
                    try (Pipe pipe = Pipe.open()) {
                        var writer = Tarry.spawn(() -> writeAndTakeBack(pipe));
                        Tarry.sleep(Duration.ofMillis(100));
                        assertThat(writer.outcome()).isNull();
                        writer.cancel();
                    }
                });
    }

    private static void writeAndTakeBack(Pipe pipe) throws IOException {
        FdStream sink = new FdStream(null, pipe.sink());
        ByteBuffer back = ByteBuffer.allocateDirect(16);
        while (true) {
            sink.write(new byte[1]);
            assertThat(pipe.source().read(back.clear())).isEqualTo(1);
        }
    }
}
