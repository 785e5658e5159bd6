package dev.tarry.stress;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;

import javax.management.JMException;
import javax.management.ObjectName;

/** What the kernel and the JVM know about this process. */
public final class Proc {
    private Proc() {}

    /** The descriptors, and what they are; without the files, which the JVM opens as it likes. */
    public static TreeMap<Integer, String> descriptors() {
        TreeMap<Integer, String> all = new TreeMap<>();
        try (var links = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path link : links) {
                try {
                    String target = Files.readSymbolicLink(link).toString();
                    if (!target.startsWith("/")) {
                        all.put(Integer.parseInt(link.getFileName().toString()), target);
                    }
                } catch (IOException e) {
                    // closed meanwhile, by another thread
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all;
    }

    /** The children of this process that ended, and that nobody has reaped. */
    public static List<Long> zombies() {
        return ProcessHandle.current()
                .children()
                .map(ProcessHandle::pid)
                .filter(Proc::isZombie)
                .toList();
    }

    private static boolean isZombie(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.startsWith("Z", stat.lastIndexOf(')') + 2);
        } catch (IOException e) {
            return false; // reaped
        }
    }

    /**
     * The loops and programs that still run. Threads of a pool stay for a while, and are none; the
     * reaper of children stays for ever.
     */
    public static List<String> ourThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("tarry-") || name.startsWith("stress-"))
                .filter(name -> !name.startsWith("tarry-blocking-"))
                .filter(name -> !name.equals("tarry-reaper"))
                .toList();
    }

    /** A line of /proc/self/status: VmRSS and Threads are counts, ShdPnd is a set of signals. */
    public static String status(String key) {
        try (var lines = Files.lines(Path.of("/proc/self/status"))) {
            String line = lines.filter(l -> l.startsWith(key + ":")).findFirst().orElseThrow();
            return line.substring(key.length() + 1).replace("kB", "").strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What this process has had of the processors. */
    public static long cpuMillis() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toMillis();
    }

    /** What the epoll instances of this process watch, as far as we may look. */
    public static long watchedByEpoll() {
        return descriptors().entrySet().stream()
                .filter(fd -> fd.getValue().equals("anon_inode:[eventpoll]"))
                .mapToLong(fd -> targets(fd.getKey()))
                .sum();
    }

    private static long targets(int epoll) {
        try (var lines = Files.lines(Path.of("/proc/self/fdinfo/" + epoll))) {
            return lines.filter(line -> line.startsWith("tfd:")).count();
        } catch (IOException e) {
            return 0; // closed meanwhile
        }
    }

    /** Has malloc give back what is free: it keeps that for long, which looks like a leak. */
    public static void trimNativeHeap() throws JMException {
        var unused =
                ManagementFactory.getPlatformMBeanServer()
                        .invoke(
                                new ObjectName("com.sun.management:type=DiagnosticCommand"),
                                "systemTrimNativeHeap",
                                null,
                                null);
    }

    /** Bytes of the heap that are in use, once what is garbage has gone. */
    public static long heapAfterGc() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) { // weak references take a second collection
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}
