package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Tasks that use real windows, on an X server of their own that nobody sees. */
class WindowsTest {
    private static Process xvfb;
    private static String display;

    @BeforeAll
    static void startAnXServer() throws IOException {
        assumeTrue(
                Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "Xvfb"))),
                "no windows are tested: there is no Xvfb (the package xvfb of Debian)");
        assumeTrue(
                Files.exists(Path.of(System.getProperty("java.home"), "lib", "libawt_xawt.so")),
                "no windows are tested: this JDK is one without windows");
        xvfb =
                new ProcessBuilder(
                                "Xvfb",
                                "-displayfd",
                                "1",
                                "-screen",
                                "0",
                                "800x600x24",
                                "-nolisten",
                                "tcp")
                        .redirectError(Redirect.DISCARD)
                        .start();
        display = xvfb.inputReader().readLine(); // as soon as it listens
        assertThat(display).as("the number of the display").isNotNull();
    }

    @AfterAll
    static void stopIt() throws InterruptedException {
        if (xvfb != null) {
            xvfb.destroy();
            xvfb.waitFor();
        }
    }

    @BothCarriers
    void tasksOpenAndDisposeWindows(String carrier) throws Exception {
        List<String> options = new ArrayList<>(ChildJvm.FLAGS);
        options.add("-Djava.awt.headless=false");
        options.add("-Dtarry.carrier=" + carrier);
        List<String> command = new ArrayList<>(List.of("env", "DISPLAY=:" + display));
        command.addAll(ChildJvm.command(options, WindowsProgram.class));

        ChildJvm.Result result = ChildJvm.run(command, 120);

        assertThat(result.exit()).as(result.toString()).isZero();
        assertThat(result.out().lines())
                .containsExactly("news: 120", "windows left: 0", "next event thread: true");
        assertThat(result.err()).doesNotContain("Exception");
    }
}
