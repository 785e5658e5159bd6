package dev.tarry.scheduler;

import java.util.Iterator;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Whether the current virtual thread is pinned to its carrier: a native method or a static
 * initializer is on its stack. The JDK does not tell, so the stack is looked at, which takes
 * microseconds; a look at the classes alone takes a third of that. So stacks that were found fine
 * are remembered by their classes.
 *
 * <p>That a stack of the same classes is pinned after all is almost impossible: an initializer runs
 * only once, and before any other method of its class. Left is a class that calls the same class
 * both by a native method and by one in Java; its wait then holds the carrier, and is not refused.
 *
 * <p>For one thread at a time.
 */
final class Pinning {
    private static final StackWalker FRAMES =
            StackWalker.getInstance(StackWalker.Option.SHOW_HIDDEN_FRAMES);

    private static final StackWalker CLASSES =
            StackWalker.getInstance(
                    Set.of(
                            StackWalker.Option.SHOW_HIDDEN_FRAMES,
                            StackWalker.Option.RETAIN_CLASS_REFERENCE,
                            StackWalker.Option.DROP_METHOD_INFO),
                    32);

    /** A power of two. */
    private static final int REMEMBERED = 256;

    private final long[] fine = new long[REMEMBERED];

    boolean isPinned() {
        long classes = CLASSES.walk(Pinning::hash);
        int place = (int) (classes >>> 32) & REMEMBERED - 1;
        if (fine[place] == classes) {
            return false;
        }
        boolean pinned = FRAMES.walk(frames -> frames.anyMatch(Pinning::pins));
        if (!pinned) {
            fine[place] = classes;
        }
        return pinned;
    }

    private static long hash(Stream<StackWalker.StackFrame> frames) {
        long hash = 1;
        for (Iterator<StackWalker.StackFrame> all = frames.iterator(); all.hasNext(); ) {
            // The golden ratio, as in Fibonacci hashing: every bit of one class moves many.
            hash = (hash ^ all.next().getDeclaringClass().hashCode()) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 29;
        }
        return hash;
    }

    /** A call of a foreign function has no native frame, only hidden ones of the JDK's linker. */
    private static boolean pins(StackWalker.StackFrame frame) {
        return frame.isNativeMethod()
                || frame.getMethodName().equals("<clinit>")
                || frame.getClassName().startsWith("jdk.internal.foreign.abi.");
    }
}
