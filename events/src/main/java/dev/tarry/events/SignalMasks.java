package dev.tarry.events;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Which signals the threads of this process block at this moment. Bit n - 1 stands for signal n.
 * Where there is no /proc, none.
 *
 * <p>Whether a signal was blocked when the program was started, the first thread tells. Not just
 * any thread: one that the C library is creating, or that starts a process, blocks all for a
 * moment.
 *
 * @param all blocked in every thread
 * @param first blocked in the first thread
 */
record SignalMasks(long all, long first) {
    private static final String FIELD = "SigBlk:";

    static SignalMasks ofThisProcess() {
        long all = -1;
        Long first = blockedIn(Path.of("/proc/self"));
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (Path thread : threads) {
                Long mask = blockedIn(thread);
                if (mask != null) {
                    all &= mask;
                }
            }
        } catch (IOException e) {
            return new SignalMasks(0, 0);
        }
        return first == null ? new SignalMasks(0, 0) : new SignalMasks(all & first, first);
    }

    private static @Nullable Long blockedIn(Path thread) {
        try {
            for (String line : Files.readAllLines(thread.resolve("status"))) {
                if (line.startsWith(FIELD)) {
                    return Long.parseUnsignedLong(line.substring(FIELD.length()).trim(), 16);
                }
            }
            return null;
        } catch (IOException e) {
            return null; // it has just ended
        }
    }

    boolean inAll(Signal signal) {
        return contains(all, signal);
    }

    boolean inFirst(Signal signal) {
        return contains(first, signal);
    }

    private static boolean contains(long mask, Signal signal) {
        return signal.number() <= Long.SIZE && (mask >>> (signal.number() - 1) & 1) != 0;
    }
}
