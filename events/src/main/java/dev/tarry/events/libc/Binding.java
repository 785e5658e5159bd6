package dev.tarry.events.libc;

import jnr.ffi.LibraryLoader;

/**
 * Loads the binding of libc. What stands between is a small native library, jffi, which comes in a
 * jar and has to be a file before it can be loaded.
 *
 * <p>Some facts about that: it is looked for in the folders of {@code jffi.boot.library.path} and
 * {@code java.library.path}; if it is in none, it is unpacked into {@code java.io.tmpdir}, or else
 * into the current folder. A system whose root is read-only, or that mounts these folders noexec,
 * has it load from nowhere, and what jnr then says is a page of traces inside the message of an
 * error.
 */
final class Binding {
    private static final String ORIGINAL = "original error message follows: ";

    private Binding() {}

    /**
     * The binding.
     *
     * @throws UnsatisfiedLinkError if the native library cannot be loaded; says what to do
     */
    static LibcFunctions load() {
        try {
            return LibraryLoader.create(LibcFunctions.class).failImmediately().load("c");
        } catch (UnsatisfiedLinkError e) {
            throw new UnsatisfiedLinkError(sentence(e)); // without the page
        }
    }

    private static String sentence(Throwable error) {
        return "jffi, by which Tarry calls the system, cannot load its native library ("
                + reason(error)
                + "): give the JVM a temporary folder that is writable and not mounted noexec, by"
                + " -Djava.io.tmpdir=..., or take the library out of the jar jffi-native, from"
                + " jni/, and name its folder, by -Djffi.boot.library.path=...";
    }

    /** The first sentence of what was wrong; jnr wraps it into messages of its own. */
    private static String reason(Throwable error) {
        String found = firstLine(error);
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            String line = firstLine(cause);
            int inside = line.indexOf(ORIGINAL);
            if (inside >= 0) {
                found = line.substring(inside + ORIGINAL.length());
                break;
            }
        }
        int end = found.indexOf(". ");
        return end >= 0 ? found.substring(0, end) : found;
    }

    private static String firstLine(Throwable error) {
        String message = error.getMessage();
        return message == null ? error.toString() : message.lines().findFirst().orElse("");
    }
}
