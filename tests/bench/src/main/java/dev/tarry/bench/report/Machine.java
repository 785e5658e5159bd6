package dev.tarry.bench.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * On what, and of what, something is measured.
 *
 * @param home the root of the project
 */
public record Machine(Path home) {
    /** What the figures depend on: a commit that changes something else leaves them as they are. */
    private static final List<String> MEASURED =
            List.of(
                    "pom.xml",
                    "events/src/main",
                    "scheduler/src/main",
                    "runtime/src/main",
                    "demos/src/main",
                    "tests/bench/src/main",
                    "tests/bench/pom.xml");

    /** The processor and the system. */
    String hardware() {
        return Runtime.getRuntime().availableProcessors()
                + " cores of "
                + find("/proc/cpuinfo", "model name\\s*: (.*)", System.getProperty("os.arch"))
                + ", "
                + find("/proc/meminfo", "MemTotal:\\s*(\\d+)\\d{6} kB", "?")
                + " GB, "
                + System.getProperty("os.name")
                + " "
                + System.getProperty("os.version").replaceFirst("-.*", "");
    }

    /** Of the JVM, the libraries and the tools; what is not here is said to be so. */
    String versions() {
        StringJoiner all = new StringJoiner(", ");
        all.add("Java " + Runtime.version());
        all.add("Netty " + ofJar("io.netty.channel.Channel"));
        all.add("Jox " + ofJar("com.softwaremill.jox.Channel"));
        all.add("kotlinx.coroutines " + ofJar("kotlinx.coroutines.BuildersKt"));
        all.add("Go " + ofTool("go(\\d\\S*)", "go", "version"));
        all.add("gcc " + ofTool("(\\d+\\.\\S+)", "gcc", "-dumpfullversion"));
        all.add("GNU Pth " + ofTool("Pth (\\S+)", "pth-config", "--version"));
        all.add("ngIRCd " + ofTool("ngIRCd ([^-\\s]+)", "ngircd", "--version"));
        return all.toString();
    }

    private static String ofJar(String type) {
        try {
            var jar = Class.forName(type).getProtectionDomain().getCodeSource().getLocation();
            Matcher m = Pattern.compile("-(\\d[^/]*)\\.jar$").matcher(jar.getPath());
            return m.find() ? m.group(1) : "unknown";
        } catch (ClassNotFoundException e) {
            return "unknown";
        }
    }

    private String ofTool(String pattern, String... command) {
        Matcher m = Pattern.compile(pattern).matcher(output(command));
        return m.find() ? m.group(1) : "(not installed)";
    }

    /** The last commit that changed what the figures depend on. */
    public String source() {
        String id = git("log", "-1", "--format=%h");
        if (id.isEmpty()) {
            return "unknown";
        }
        return git("status", "--porcelain").isEmpty() ? id : id + " with changes";
    }

    private String git(String... arguments) {
        List<String> command = new ArrayList<>(List.of("git"));
        command.addAll(Arrays.asList(arguments));
        command.add("--");
        command.addAll(MEASURED);
        return output(command.toArray(String[]::new)).strip();
    }

    /** One sentence for the page: when, and how busy the machine was, so that it shows. */
    public static String measured(String loadBefore, String effort) {
        return "Measured at "
                + Instant.now().truncatedTo(ChronoUnit.MINUTES).toString().replace(":00Z", "Z")
                + ", "
                + effort
                + "; load of the machine "
                + loadBefore
                + " before, "
                + load()
                + " after.";
    }

    /** The load of the last minute: what else the machine had to do. */
    public static String load() {
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

    /** Empty if the command is not there, or fails. */
    private String output(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command)
                            .directory(home.toFile())
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            String out = new String(process.getInputStream().readAllBytes(), UTF_8);
            return process.waitFor() == 0 ? out : "";
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
