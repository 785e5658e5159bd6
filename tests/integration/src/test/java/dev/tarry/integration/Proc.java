package dev.tarry.integration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** What the kernel knows about processes, from /proc. */
final class Proc {
    private Proc() {}

    /** The descriptors of this process, and what they are. */
    static TreeMap<Integer, String> descriptors() {
        TreeMap<Integer, String> all = new TreeMap<>();
        try (var links = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path link : links) {
                try {
                    String target = Files.readSymbolicLink(link).toString();
                    if (!target.startsWith("/proc/")) { // the directory that we read here
                        all.put(Integer.parseInt(link.getFileName().toString()), target);
                    }
                } catch (IOException e) {
                    // closed meanwhile, by a thread of the JVM
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all;
    }

    /**
     * Waits until all children that ended have been reaped: the JDK does so a moment after their
     * end, which we may have seen first.
     */
    static void awaitNoZombies() {
        while (!zombies().isEmpty()) {
            Thread.yield();
        }
    }

    /** The children of this process that nobody has reaped. */
    private static List<Long> zombies() {
        long me = ProcessHandle.current().pid();
        List<Long> all = new ArrayList<>();
        ProcessHandle.allProcesses()
                .forEach(
                        p -> {
                            String[] stat = stat(p.pid());
                            if (stat.length > 1
                                    && stat[0].equals("Z")
                                    && stat[1].equals(Long.toString(me))) {
                                all.add(p.pid());
                            }
                        });
        return all;
    }

    /** The fields of /proc/pid/stat from the state on: state, ppid, ... Empty if it has gone. */
    static String[] stat(long pid) {
        try {
            String line = Files.readAllLines(Path.of("/proc/" + pid + "/stat")).getFirst();
            return line.substring(line.lastIndexOf(')') + 2).split(" ");
        } catch (IOException e) {
            return new String[0];
        }
    }

    /** The CPU time of a process in hundredths of a second. */
    static long cpuTicks(long pid) {
        String[] stat = stat(pid);
        return Long.parseLong(stat[11]) + Long.parseLong(stat[12]);
    }
}
