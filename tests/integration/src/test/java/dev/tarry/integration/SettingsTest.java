package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.events.SettingException;
import dev.tarry.runtime.Guest;
import dev.tarry.runtime.Tarry;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Properties that make no sense: one sentence, before anything runs. */
@Timeout(90)
class SettingsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tarry.backend | select | tarry.backend is epoll or kqueue or poll, not 'select'",
                "tarry.carrier | bus | tarry.carrier is loop or handoff, not 'bus'",
                "tarry.watchdog | soon | tarry.watchdog is a number of milliseconds, 1 or more",
                "tarry.watchdog | 0 | not '0'",
                "tarry.watchdog | 99999999999999999999 | tarry.watchdog is a number",
                "tarry.blocking.threads | -1 | tarry.blocking.threads is a number of threads",
                "tarry.inotify | no | tarry.inotify is true or false, not 'no'",
                "tarry.pathScanMillis | 1s | tarry.pathScanMillis is a number of milliseconds",
                "tarry.pidfd | 0 | tarry.pidfd is true or false, not '0'",
                "tarry.spawn | never | tarry.spawn is true or false, not 'never'",
                "tarry.libc | java.lang.String | tarry.libc is a class that implements",
                "tarry.libc | no.such.Class | not 'no.such.Class'",
            })
    void valueThatMakesNoSense_isRefusedByAllWaysIn(String name, String value, String why) {
        String before = System.getProperty(name);
        System.setProperty(name, value);
        try {
            assertThatThrownBy(() -> Tarry.run(() -> {}))
                    .isInstanceOf(SettingException.class)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(why)
                    .hasNoCause()
                    .satisfies(e -> assertThat(e.getStackTrace()).isEmpty());
            assertThatThrownBy(Tarry::start).isInstanceOf(SettingException.class);
            assertThatThrownBy(() -> Guest.on(Runnable::run)).isInstanceOf(SettingException.class);
        } finally {
            if (before == null) {
                System.clearProperty(name);
            } else {
                System.setProperty(name, before);
            }
        }
    }

    @Test
    void emptyValue_isAsGoodAsNone() {
        for (String name : List.of("tarry.inotify", "tarry.watchdog", "tarry.pathScanMillis")) {
            System.setProperty(name, "");
            Tarry.run(() -> {});
            System.clearProperty(name);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "-Dtarry.backend=select, epoll or kqueue or poll",
        "-Dtarry.backend=kqueue, tarry.kqueue.library names the file",
        "-Dtarry.watchdog=soon, a number of milliseconds",
    })
    void program_saysOneLine(String option, String why) throws Exception {
        List<String> options = new ArrayList<>(ChildJvm.FLAGS);
        options.add(option);
        var result = ChildJvm.run(options, Hello.class);
        assertThat(result.exit()).isNotZero();
        assertThat(result.out()).isEmpty();
        assertThat(result.err().lines().toList()).hasSize(1).first().asString().contains(why);
    }

    /** A property that is read elsewhere would be checked by nobody. */
    @Test
    void allPropertiesOfOurs_areReadInOnePlace() throws IOException {
        Path root = Path.of("").toAbsolutePath().getParent().getParent();
        TreeSet<String> elsewhere = new TreeSet<>();
        for (String module : List.of("events", "scheduler", "runtime", "demos")) {
            try (Stream<Path> files = Files.walk(root.resolve(module + "/src/main/java"))) {
                for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                    Matcher read =
                            Pattern.compile(
                                            "get(?:Property|Long|Integer|Boolean)\\(\\s*\"tarry[^\"]*")
                                    .matcher(Files.readString(file));
                    while (read.find()) {
                        elsewhere.add(file.getFileName() + " " + read.group());
                    }
                }
            }
        }
        assertThat(elsewhere).containsExactly("Kqueue.java getProperty(\"tarry.kqueue.library");
    }
}
