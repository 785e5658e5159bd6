package dev.tarry.testkit;

import dev.tarry.events.Fd;
import dev.tarry.scheduler.Scheduler;
import dev.tarry.scheduler.Task;

import org.jspecify.annotations.Nullable;

import java.lang.StackWalker.StackFrame;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The descriptors that the tasks of one simulation have opened, and where. What the rest of the
 * process opens meanwhile (other tests, the JVM itself) is none of its business, so only what is
 * opened through Tarry counts: sockets, pipes, and what a handle takes over. Loop only.
 */
final class OpenFds {
    private static final Set<String> LIBRARY =
            Set.of("dev.tarry.events", "dev.tarry.scheduler", "dev.tarry.runtime");
    private static final Set<Class<?>> KIT =
            Set.of(MemoryNetwork.class, MemoryLink.class, OpenFds.class);
    private static final StackWalker STACK =
            StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

    static {
        Fd.onOpen(OpenFds::opened);
    }

    /**
     * @param fd its handle
     * @param place where somebody opened it, in code that is not ours
     */
    private record Opening(Fd fd, String place) {}

    /** By number: the system gives one again only when it is closed, under whatever handle. */
    private final Map<Integer, Opening> openings = new HashMap<>();

    /** In the thread that opens; which may be anybody's. */
    private static void opened(Fd fd) {
        Task<?> task = Scheduler.currentTask();
        Simulation simulation = task == null ? null : Simulation.of(task.scheduler());
        if (simulation != null) {
            simulation.openFds().add(fd);
        }
    }

    private void add(Fd fd) {
        openings.put(fd.number(), new Opening(fd, place()));
    }

    private static String place() {
        @Nullable StackFrame found =
                STACK.walk(
                        frames ->
                                frames.filter(frame -> !isOurs(frame.getDeclaringClass()))
                                        .findFirst()
                                        .orElse(null));
        return found == null ? "" : ", opened at " + found;
    }

    private static boolean isOurs(Class<?> type) {
        return LIBRARY.contains(type.getPackageName()) || KIT.contains(type);
    }

    /** What is open still, for people. */
    List<String> leaks() {
        List<String> leaks = new ArrayList<>();
        for (Opening opening : openings.values()) {
            if (opening.fd.isOpen()) {
                leaks.add("open: " + opening.fd + opening.place);
            }
        }
        return leaks;
    }
}
