package dev.tarry.events;

import org.jspecify.annotations.Nullable;

import java.io.IOException;

/**
 * A child process of this JVM, from its start to its end.
 *
 * <p>Where the system can, we start it ourselves: it then inherits three descriptors and no more,
 * and since nobody else may reap it, how it ended is known exactly. Elsewhere the JDK does (no
 * pidfds, see {@link ProcessExit}; a libc that lacks a part of posix_spawn, such as musl and glibc
 * before 2.34; the system property {@code tarry.spawn} is {@code false}), which cannot always tell
 * how it ended: then the status is an {@link ExitStatus.ExitedOrKilled}.
 *
 * <p>Either way it is reaped as soon as it has ended, whether anybody waits for it or not, and no
 * child of other code ever is. It outlives the loop that started it, and this JVM.
 *
 * <p>Any thread, unless a method says otherwise.
 */
public abstract sealed class ChildProcess permits SpawnedChild, JdkChild {

    ChildProcess() {}

    /**
     * The child's ends of its pipes, one for each stream that its builder leaves as {@code PIPE}.
     *
     * @param stdin to be read by the child; null if that is redirected
     * @param stdout to be written by the child; null if that is redirected
     * @param stderr the same, or null if it goes where {@code stdout} goes
     */
    public record Pipes(@Nullable Fd stdin, @Nullable Fd stdout, @Nullable Fd stderr) {}

    /**
     * Starts a child. That takes as long as its program takes to be loaded: not for a loop.
     *
     * @param builder what to start; not to be used by anybody after this
     * @param pipes stay open here
     * @param ownGroup whether it leads a process group of its own
     * @throws IOException if there is no such program, or the system refuses
     */
    public static ChildProcess start(ProcessBuilder builder, Pipes pipes, boolean ownGroup)
            throws IOException {
        String lacking = SpawnedChild.lacking();
        if (lacking == null) {
            ChildProcess child = SpawnedChild.spawn(builder, pipes, ownGroup);
            if (child != null) {
                return child;
            }
            lacking = "posix_spawn is forbidden";
        }
        if (ownGroup) {
            throw new IOException(
                    "a child that the JDK starts gets no process group of its own, and we cannot"
                            + " start it here: "
                            + lacking);
        }
        return JdkChild.of(builder, pipes);
    }

    /** Its pid. Another process may have it once this one has ended. */
    public abstract long pid();

    /** A level event: it has ended. */
    public abstract Event<ExitStatus> exit();

    /**
     * A level event that fires when {@link #exit} does, and needs no descriptor to be waited for:
     * there may be none left.
     */
    public abstract Event<?> ended();

    /** Whether it has not ended yet, as far as is known at this moment. */
    public abstract boolean isAlive();

    /**
     * Sends it TERM, or the whole group that it leads. Nothing happens if it has ended.
     *
     * @throws java.io.UncheckedIOException if the system forbids it
     */
    public abstract void terminate();

    /** Sends it KILL; otherwise like {@link #terminate}. */
    public abstract void kill();

    /** Gives up what is needed to wait for it. The process is left alone. */
    public abstract void close();
}
