package dev.tarry.events;

import java.io.IOException;
import java.nio.file.Path;

/** Where a {@link PathWatch} hears of changes: {@link Inotify}, or {@link PathScan}. Loop only. */
interface PathSource {

    /** From now on {@code watch} is {@linkplain PathWatch#tell told} what happens to the path. */
    void add(Path path, PathWatch watch) throws IOException;

    /** No longer. */
    void remove(PathWatch watch);

    /** That of the system, where it has one and the property {@code tarry.inotify} is not false. */
    static PathSource of(Reactor reactor) throws ErrnoException {
        boolean wanted = Boolean.parseBoolean(System.getProperty("tarry.inotify", "true"));
        boolean linux = System.getProperty("os.name", "").equals("Linux");
        return wanted && linux
                ? Inotify.of(reactor)
                : reactor.companion(PathScan.class, PathScan.class, k -> new PathScan(reactor));
    }
}
