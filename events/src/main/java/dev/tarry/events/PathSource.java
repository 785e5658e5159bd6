package dev.tarry.events;

import dev.tarry.events.internal.Reports;
import dev.tarry.events.internal.Settings;
import dev.tarry.events.libc.Libc;

import java.io.IOException;

/** Where a {@link PathWatch} hears of changes: {@link Inotify}, or {@link PathScan}. Loop only. */
interface PathSource {

    /** From now on {@code watch} is {@linkplain PathWatch#tell told} what happens to its path. */
    void add(PathWatch watch) throws IOException;

    /** No longer. */
    void remove(PathWatch watch);

    /**
     * Begins: with what the system has, unless the property {@code tarry.inotify} is false, or the
     * system does not let us.
     */
    static PathSource begin(Reactor reactor, PathWatch watch) throws IOException {
        boolean linux = System.getProperty("os.name", "").equals("Linux");
        if (Settings.inotify() && linux) {
            try {
                PathSource inotify = Inotify.of(reactor);
                inotify.add(watch);
                return inotify;
            } catch (ErrnoException e) {
                if (!isForWantOfInotify(e)) {
                    throw e;
                }
                announce(e);
            }
        }
        PathScan scan = PathScan.of(reactor);
        scan.add(watch);
        return scan;
    }

    /**
     * Whether the system has inotify and does not let us use it, or has no more of it: a filter of
     * system calls, or a limit. EMFILE may be the limit of descriptors as well, which a comparison
     * would need, too.
     */
    static boolean isForWantOfInotify(ErrnoException e) {
        int errno = e.errno();
        return errno == Libc.EPERM
                || errno == Libc.ENOSYS
                || errno == Libc.ENOSPC
                || errno == Libc.EMFILE && ErrnoException.hasDescriptors();
    }

    /** Once for each reason: a thousand watches have the same one. */
    static void announce(ErrnoException why) {
        if (PathScan.isNews(why.call() + why.errno())) {
            Reports.warn(
                    "paths are compared once a second instead of watched, since inotify is not to"
                            + " be had: "
                            + why.getMessage());
        }
    }
}
