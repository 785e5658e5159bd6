package dev.tarry.events;

import org.jspecify.annotations.Nullable;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

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
    private static final String ENDING = "Threads:\t0";

    static SignalMasks ofThisProcess() {
        Long first = blockedIn(Path.of("/proc/self"));
        if (first == null) {
            return new SignalMasks(0, 0);
        }
        // Not by a DirectoryStream: that needs fcntl(2), which may be forbidden.
        String[] threads = new File("/proc/self/task").list();
        if (threads == null) {
            return new SignalMasks(0, first);
        }
        long all = first;
        for (String thread : threads) {
            Long mask = blockedIn(Path.of("/proc/self/task", thread));
            if (mask != null) {
                all &= mask;
            }
        }
        return new SignalMasks(all, first);
    }

    private static @Nullable Long blockedIn(Path thread) {
        try {
            return blocked(Files.readAllLines(thread.resolve("status")));
        } catch (IOException e) {
            return null; // it has just ended
        }
    }

    /**
     * What a thread blocks by its {@code /proc/.../status}; null if that does not say. A thread
     * that is ending has given up what the kernel keeps about signals, and is shown with no threads
     * in its process and nothing blocked: it will get no signal, and its mask tells nothing.
     */
    static @Nullable Long blocked(List<String> status) {
        if (status.contains(ENDING)) {
            return null;
        }
        for (String line : status) {
            if (line.startsWith(FIELD)) {
                return Long.parseUnsignedLong(line.substring(FIELD.length()).trim(), 16);
            }
        }
        return null;
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
