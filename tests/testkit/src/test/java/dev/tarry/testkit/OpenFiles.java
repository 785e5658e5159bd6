package dev.tarry.testkit;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * The descriptors that this process has open, as far as the system tells ({@code /proc/self/fd} or
 * {@code /dev/fd}).
 *
 * <p>The JVM opens jar files and the like whenever it pleases, so only what a program of tasks
 * opens is compared: sockets, pipes, pidfds and their like.
 */
final class OpenFiles {
    private static final Path DIRECTORY =
            Path.of(Files.isDirectory(Path.of("/proc/self/fd")) ? "/proc/self/fd" : "/dev/fd");

    private final Set<String> numbers;

    private OpenFiles(Set<String> numbers) {
        this.numbers = numbers;
    }

    static OpenFiles now() {
        return new OpenFiles(Set.of(list()));
    }

    private static String[] list() {
        String[] numbers = new File(DIRECTORY.toString()).list();
        return numbers == null ? new String[0] : numbers;
    }

    /** What is open now and was not then. */
    List<String> openedSince() {
        List<String> opened = new ArrayList<>();
        for (String number : list()) {
            if (!numbers.contains(number)) {
                String what = target(number);
                if (what.startsWith("socket:")
                        || what.startsWith("pipe:")
                        || what.matches("anon_inode:\\[?(pidfd|inotify|signalfd)\\]?")) {
                    opened.add("fd " + number + " (" + what + ")");
                }
            }
        }
        return opened;
    }

    private static String target(String number) {
        try {
            return Files.readSymbolicLink(DIRECTORY.resolve(number)).toString();
        } catch (IOException e) {
            return ""; // it has gone meanwhile: the listing itself was one
        }
    }

    @Override
    public String toString() {
        return Arrays.toString(numbers.toArray());
    }
}
