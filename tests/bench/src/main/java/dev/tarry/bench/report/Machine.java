package dev.tarry.bench.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** On what, and of what, something was measured. */
final class Machine {
    private Machine() {}

    /** One line. Its first part is from before the measurement, so that a busy machine shows. */
    static String describe(Path home, String loadBefore) {
        return "Measured on "
                + LocalDate.now(ZoneOffset.UTC)
                + ", commit "
                + commit(home)
                + ", "
                + Runtime.getRuntime().availableProcessors()
                + " cores of "
                + find("/proc/cpuinfo", "model name\\s*: (.*)", System.getProperty("os.arch"))
                + ", "
                + System.getProperty("os.name")
                + " "
                + System.getProperty("os.version").replaceFirst("-.*", "")
                + ", Java "
                + Runtime.version()
                + "; load "
                + loadBefore
                + " before, "
                + load()
                + " after.";
    }

    /** The load of the last minute: what else the machine had to do. */
    static String load() {
        return find("/proc/loadavg", "(\\S+)", "unknown");
    }

    private static String find(String file, String pattern, String otherwise) {
        try {
            Matcher m = Pattern.compile(pattern).matcher(Files.readString(Path.of(file)));
            return m.find() ? m.group(1).strip() : otherwise;
        } catch (IOException e) {
            return otherwise;
        }
    }

    private static String commit(Path home) {
        String id = git(home, "rev-parse", "--short", "HEAD");
        if (id.isEmpty()) {
            return "unknown";
        }
        String changed = git(home, "status", "--porcelain", "--", "*.java", "*.xml", "*.c", "*.go");
        return changed.isEmpty() ? id : id + " with changes";
    }

    private static String git(Path home, String... arguments) {
        try {
            ProcessBuilder builder = new ProcessBuilder("git");
            builder.command().addAll(Arrays.asList(arguments));
            Process git =
                    builder.directory(home.toFile())
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            String out = new String(git.getInputStream().readAllBytes(), UTF_8).strip();
            return git.waitFor() == 0 ? out : "";
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
