package dev.tarry.events.libc;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * posix_spawn(3): starts one program, in a thread of ours that sleeps until the program has been
 * loaded.
 *
 * <p>Some facts about it:
 *
 * <ul>
 *   <li>The functions answer the error, and do not set errno.
 *   <li>File actions are done in their order, and those that name a directory or a file are done in
 *       the child: an error there is the error of the whole, and does not say of what.
 *   <li>A descriptor that is put onto itself stays open in the child, whatever its flags.
 *   <li>posix_spawnp looks the program up in the PATH of the parent, after the child has changed
 *       its directory. Since glibc 2.15 it gives a file without {@code #!} to nobody: ENOEXEC.
 *   <li>The mask of signals is inherited, and so is what is ignored; handlers are not.
 *   <li>glibc has addchdir_np since 2.29 and addclosefrom_np since 2.34; musl has only the first.
 * </ul>
 *
 * The child gets all signals at their defaults and none blocked, and no descriptors but 0, 1 and 2.
 * The native memory that it is told in lives until {@link #close}. For one thread.
 */
public final class PosixSpawn implements AutoCloseable {
    // Opaque: glibc and musl have 80 and 336 bytes.
    private static final long FILE_ACTIONS = 256;
    private static final long ATTRIBUTES = 512;
    private static final long SIGSET = 128;

    private static final int POSIX_SPAWN_SETPGROUP = 0x02;
    private static final int POSIX_SPAWN_SETSIGDEF = 0x04;
    private static final int POSIX_SPAWN_SETSIGMASK = 0x08;

    private static final int LOWEST_NOT_INHERITED = 3;
    private static final String INIT = "posix_spawn_file_actions_init";
    private static final String INIT_ATTRIBUTES = "posix_spawnattr_init";

    private static final LibcFunctions C = Libc.functions();

    private final Arena arena = Arena.ofConfined();
    private final long actions = allocate(FILE_ACTIONS).address();
    private final long attributes = allocate(ATTRIBUTES).address();
    private final long noSignals = allocate(SIGSET).address();
    private final long allSignals = allocate(SIGSET).fill((byte) 0xFF).address();
    private int flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;

    // The first call that was refused: the rest is then left undone.
    private @Nullable String refused;
    private int errno;

    /** To be told what to start, and then closed. */
    public PosixSpawn() {
        check(INIT, C.posix_spawn_file_actions_init(actions));
        if (refused == null) {
            check(INIT_ATTRIBUTES, C.posix_spawnattr_init(attributes));
        }
    }

    private MemorySegment allocate(long size) {
        return arena.allocate(size, 16);
    }

    private void check(String call, int result) {
        if (result != 0 && refused == null) {
            refused = call;
            errno = result;
        }
    }

    /**
     * What this libc lacks for it, as the loader says it; null if nothing. Starts nothing, but
     * makes each of the calls that come before.
     */
    public static @Nullable String lacking() {
        try (PosixSpawn spawn = new PosixSpawn()) {
            spawn.dup2(0, 0);
            spawn.directory("/");
            spawn.ownGroup();
            spawn.prepare();
            return null;
        } catch (LinkageError e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** The child's descriptor {@code to} is the file of our {@code from}. */
    public void dup2(int from, int to) {
        if (refused == null) {
            String call = "posix_spawn_file_actions_adddup2";
            check(call, C.posix_spawn_file_actions_adddup2(actions, from, to));
        }
    }

    /** The child runs there. */
    public void directory(String path) {
        if (refused == null) {
            String call = "posix_spawn_file_actions_addchdir_np";
            check(call, C.posix_spawn_file_actions_addchdir_np(actions, string(Libc.bytes(path))));
        }
    }

    /** The child leads a process group of its own. */
    public void ownGroup() {
        flags |= POSIX_SPAWN_SETPGROUP;
    }

    /**
     * Starts it.
     *
     * @param file looked up in our PATH if it has no slash
     * @param arguments the first is the name
     * @param environment each {@code NAME=value}
     * @return its pid, or -errno; then {@link #call} tells of which call
     */
    public int start(String file, List<byte[]> arguments, List<byte[]> environment) {
        prepare();
        if (refused != null) {
            return -errno;
        }
        MemorySegment pid = allocate(Integer.BYTES);
        int result =
                C.posix_spawnp(
                        pid.address(),
                        string(Libc.bytes(file)),
                        actions,
                        attributes,
                        strings(arguments),
                        strings(environment),
                        0);
        return result == 0 ? pid.get(ValueLayout.JAVA_INT, 0) : -result;
    }

    private void prepare() {
        if (refused != null) {
            return;
        }
        check(
                "posix_spawn_file_actions_addclosefrom_np",
                C.posix_spawn_file_actions_addclosefrom_np(actions, LOWEST_NOT_INHERITED));
        check(
                "posix_spawnattr_setsigdefault",
                C.posix_spawnattr_setsigdefault(attributes, allSignals));
        check("posix_spawnattr_setsigmask", C.posix_spawnattr_setsigmask(attributes, noSignals));
        check("posix_spawnattr_setpgroup", C.posix_spawnattr_setpgroup(attributes, 0));
        check("posix_spawnattr_setflags", C.posix_spawnattr_setflags(attributes, (short) flags));
    }

    /** The call that was refused. */
    public String call() {
        return refused != null ? refused : "posix_spawnp";
    }

    private long string(byte[] bytes) {
        MemorySegment string = arena.allocate(bytes.length + 1L); // zeros
        MemorySegment.copy(bytes, 0, string, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return string.address();
    }

    /** An array of pointers that ends with NULL. */
    private long strings(List<byte[]> all) {
        MemorySegment pointers = arena.allocate(ValueLayout.JAVA_LONG, all.size() + 1L); // zeros
        for (int i = 0; i < all.size(); i++) {
            pointers.setAtIndex(ValueLayout.JAVA_LONG, i, string(all.get(i)));
        }
        return pointers.address();
    }

    @Override
    public void close() {
        if (!INIT.equals(refused)) {
            C.posix_spawn_file_actions_destroy(actions);
            if (!INIT_ATTRIBUTES.equals(refused)) {
                C.posix_spawnattr_destroy(attributes);
            }
        }
        arena.close();
    }
}
