package dev.tarry.events.libc;

import jnr.ffi.LibraryLoader;

import java.util.HashMap;
import java.util.Map;

/**
 * Where kqueue(2) comes from: libc on macOS and FreeBSD. On another system it is a library that
 * emulates it (libkqueue on Linux), and the system property {@code tarry.kqueue.library} names it,
 * best with its whole path.
 */
public final class Kqueue {
    public static final boolean MAC = System.getProperty("os.name", "").equals("Mac OS X");
    public static final boolean FREE_BSD = System.getProperty("os.name", "").equals("FreeBSD");

    // Guarded by the class: by library, the functions, or the error that loading it gave.
    private static final Map<String, Object> LOADED = new HashMap<>();

    private Kqueue() {}

    /** Whether it is an emulation and not the system's own. */
    public static boolean isEmulated() {
        return !MAC && !FREE_BSD;
    }

    /** Whether there is one here. */
    public static boolean isAvailable() {
        return load() instanceof KqueueFunctions;
    }

    /**
     * The functions.
     *
     * @throws UnsupportedOperationException if there are none here; says why
     */
    public static KqueueFunctions functions() {
        Object loaded = load();
        if (loaded instanceof KqueueFunctions functions) {
            return functions;
        }
        throw new UnsupportedOperationException(lacking(), (Throwable) loaded);
    }

    /** Why there is none, and what to do. */
    public static String lacking() {
        String library = System.getProperty("tarry.kqueue.library", "");
        return "there is no kqueue here; on Linux the system property tarry.kqueue.library names"
                + " the file of libkqueue"
                + (library.isEmpty() ? "" : ", and '" + library + "' cannot be loaded");
    }

    private static synchronized Object load() {
        String library = isEmulated() ? System.getProperty("tarry.kqueue.library", "") : "c";
        return LOADED.computeIfAbsent(library, Kqueue::load);
    }

    private static Object load(String library) {
        try {
            if (library.isEmpty()) {
                throw new UnsatisfiedLinkError("tarry.kqueue.library is not set");
            }
            return LibraryLoader.create(KqueueFunctions.class).failImmediately().load(library);
        } catch (LinkageError e) {
            return e;
        }
    }
}
