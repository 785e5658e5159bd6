package dev.tarry.stress;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Signals, in a JVM of their own: by its handlers, and by signalfd. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SignalsTest {
    private static final String BLOCKED = "--block-signal=TERM,INT,HUP,USR1,WINCH,RTMIN+3";

    @ParameterizedTest
    @ValueSource(strings = {"loop", "handoff"})
    void byTheHandlerOfTheJvm(String carrier) throws Exception {
        run(List.of(), List.of(), "--few", "--carrier", carrier);
    }

    @ParameterizedTest
    @ValueSource(strings = {"loop", "handoff"})
    void bySignalfd(String carrier) throws Exception {
        run(List.of("env", BLOCKED), List.of("-Xrs"), "--few", "--carrier", carrier);
    }

    @Tag("stress")
    @Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    @ParameterizedTest
    @ValueSource(strings = {"loop", "handoff"})
    void manyByTheHandlerOfTheJvm(String carrier) throws Exception {
        run(List.of(), List.of(), "--carrier", carrier);
    }

    @Tag("stress")
    @Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    @ParameterizedTest
    @ValueSource(strings = {"loop", "handoff"})
    void manyBySignalfd(String carrier) throws Exception {
        run(List.of("env", BLOCKED), List.of("-Xrs"), "--carrier", carrier);
    }

    private static void run(List<String> before, List<String> options, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(before);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("--add-opens=java.base/java.lang=ALL-UNNAMED");
        command.add("-cp");
        command.add(
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path")));
        command.addAll(List.of(Main.class.getName(), "signals"));
        command.addAll(List.of(arguments));
        File out = File.createTempFile("tarry", ".out");
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectInput(new File("/dev/null"))
                        .redirectOutput(out)
                        .redirectErrorStream(true);
        Process process = builder.start();
        try {
            int exit = process.waitFor();
            String said = Files.readString(out.toPath());
            System.out.print(said);
            assertThat(exit).as(said).isZero();
        } finally {
            process.destroyForcibly();
            Files.delete(out.toPath());
        }
    }
}
