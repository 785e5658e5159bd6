package dev.tarry.demos;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

@Timeout(60)
class MainTest {
    private static List<String> output(int code, String... args) throws Exception {
        try (Jvm tarry = Jvm.start(args)) {
            List<String> all = tarry.rest();
            assertThat(tarry.process().waitFor()).as(String.join("\n", all)).isEqualTo(code);
            return all;
        }
    }

    @Test
    void wrongUse_isOneSentenceAndExitsWith2() throws Exception {
        assertThat(output(2, "demo", "nope"))
                .containsExactly("tarry: no demo is called 'nope' (see: tarry demos)");
        assertThat(output(2, "chat", "--port", "65536"))
                .singleElement()
                .asString()
                .contains("65535");
        assertThat(output(2)).hasSize(1);
    }

    @Test
    void help_isThereForEveryCommand() throws Exception {
        assertThat(output(0, "demo", "echo", "--help")).anyMatch(l -> l.contains("--port"));
        assertThat(output(0, "chat", "--help")).anyMatch(l -> l.contains("--ping-seconds"));
    }

    @Test
    void demos_areListed() throws Exception {
        assertThat(output(0, "demos"))
                .anyMatch(l -> l.startsWith("everything "))
                .anyMatch(l -> l.startsWith("echo "));
    }

    @Test
    void portInUse_isOneLineAndExitsWith1() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            int port = taken.getLocalPort();
            String refused =
                    "tarry: bind on 127.0.0.1:" + port + ": Address already in use (EADDRINUSE)";
            assertThat(output(1, "chat", "--port", "" + port)).containsExactly(refused);
            assertThat(output(1, "demo", "echo", "--port", "" + port)).containsExactly(refused);
        }
    }

    @Test
    void settingThatMakesNoSense_isOneLine() throws Exception {
        List<String> option = List.of("env", "JDK_JAVA_OPTIONS=-Dtarry.backend=select");
        String classPath = System.getProperty("java.class.path");
        try (Jvm demo = Jvm.start(option, classPath, "demo", "everything")) {
            List<String> lines = new ArrayList<>(demo.rest());
            lines.removeIf(line -> line.startsWith("NOTE: ")); // the JVM's, of the option
            assertThat(lines)
                    .containsExactly(
                            "tarry: tarry.backend is epoll or kqueue or poll, not 'select'");
            assertThat(demo.process().waitFor()).isEqualTo(1);
        }
    }

    @Test
    void everything_fires() throws Exception {
        List<String> lines = output(0, "demo", "everything");
        assertThat(lines.stream().map(l -> l.replaceAll(":.*", "")))
                .containsExactlyInAnyOrder(
                        "fd", "child", "thread", "timer", "signal", "task", "channel");
        assertThat(lines).contains("child: Exited[code=3]");
    }

    @Test
    void echo_sendsBack_andEndsWithTerm() throws Exception {
        try (Jvm echo = Jvm.start("demo", "echo", "--port", "0")) {
            int port = echo.port();
            try (Socket one = new Socket("127.0.0.1", port);
                    Socket two = new Socket("127.0.0.1", port)) {
                assertThat(sent(two, "two")).isEqualTo("two");
                assertThat(sent(one, "one")).isEqualTo("one");
                echo.signal("TERM");
                assertThat(one.getInputStream().read()).isEqualTo(-1);
            }
            assertThat(echo.process().waitFor()).isZero();
        }
    }

    private static String sent(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes());
        return new String(socket.getInputStream().readNBytes(text.length()));
    }
}
