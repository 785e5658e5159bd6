package dev.tarry.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.events.Fd;
import dev.tarry.events.Pipe;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;

/** A stream that always has something must not keep its task on the loop for ever. */
@Timeout(60)
class FdStreamFairnessTest {
    /** Fills a pipe; answers how much that was. */
    private static int fill(FdStream sink) throws IOException {
        return sink.tryWrite(ByteBuffer.allocate(1 << 20));
    }

    @Test
    void lineWithoutEnd_letsOthersRun_andGoesOnByItself() {
        Tarry.run(
                () -> {
                    try (Pipe pipe = Pipe.open()) {
                        FdStream sink = new FdStream(null, pipe.sink());
                        FdStream source = new FdStream(pipe.source(), null);
                        source.lineLimit(100); // so it reads 4 KiB at a time
                        int size = fill(sink);
                        var reader = Tarry.spawn(() -> lineAfterTooLong(source));
                        Tarry.yieldNow();
                        int room = fill(sink);
                        assertThat(room).isPositive().isLessThan(size);

                        var rest = Fd.borrow(pipe.source().number()).readable();
                        while (Tarry.await(rest, Duration.ZERO).isPresent()) {
                            Tarry.yieldNow(); // nothing is written meanwhile: no edge wakes it
                        }
                        sink.write("\nnext\n");
                        assertThat(reader.join()).isEqualTo("next");
                    }
                });
    }

    private static String lineAfterTooLong(FdStream stream) throws IOException {
        while (true) {
            try {
                return stream.readLine();
            } catch (LineTooLongException e) {
                // told once; the next one is the line after it
            }
        }
    }

    @Test
    void readThatNeverHasToWait_letsOthersRun() {
        Tarry.run(
                () -> {
                    try (Pipe pipe = Pipe.open()) {
                        FdStream source = new FdStream(pipe.source(), null);
                        int size = fill(new FdStream(null, pipe.sink()));
                        int[] taken = {0};
                        var reader =
                                Tarry.spawn(
                                        () -> {
                                            ByteBuffer few = ByteBuffer.allocate(16);
                                            while (true) {
                                                taken[0] += source.read(few.clear());
                                            }
                                        });
                        Tarry.yieldNow();
                        assertThat(taken[0]).isPositive().isLessThan(size / 2);
                        reader.cancel();
                    }
                });
    }

    @Test
    void writeThatNeverHasToWait_letsOthersRun() {
        Tarry.run(
                () -> {
                    try (Pipe pipe = Pipe.open()) {
                        FdStream sink = new FdStream(null, pipe.sink());
                        int[] written = {0};
                        var writer =
                                Tarry.spawn(
                                        () -> {
                                            while (true) {
                                                sink.write(new byte[1]);
                                                written[0]++;
                                            }
                                        });
                        Tarry.yieldNow();
                        assertThat(written[0]).isPositive().isLessThan(2000);
                        writer.cancel();
                    }
                });
    }
}
